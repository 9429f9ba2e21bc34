// What can be done to a change that a member asked for.
import { Check, Undo2, X } from 'lucide-vue-next'
import { mt } from '@/i18n/member'
import { actsOf, type Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import { change_request } from './gen'

const own: readonly Act[] = [
  { name: 'accept', verb: 'accept', form: 'accept', label: () => verbWord(change_request, 'accept'), icon: Check, bulk: true, when: ({ state }) => state === 'pending' },
  { name: 'refuse', verb: 'refuse', form: 'refuse', label: () => mt('change.refuse'), icon: X, danger: true, when: ({ state }) => state === 'pending' },
  {
    name: 'withdraw', verb: 'withdraw', form: 'withdraw', label: () => verbWord(change_request, 'withdraw'), icon: Undo2, danger: true, when: ({ state }) => state === 'pending',
    question: () => ({ title: mt('change.withdraw_title'), text: mt('change.withdraw_text') }),
  },
]

export const changeActs: readonly Act[] = actsOf(change_request, own)

export const TONES = { pending: 'attention', accepted: 'good', refused: 'danger' } as const
