// What can be done to a merge that was proposed: another of those who keep the register confirms it.
import { Check, Undo2, X } from 'lucide-vue-next'
import { mt } from '@/i18n/member'
import { actsOf, type Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import { person_merge } from './gen'

const proposed: Act['when'] = ({ state }) => state === 'proposed'

export const mergeActs: readonly Act[] = actsOf(person_merge, [
  {
    name: 'confirm', verb: 'confirm', form: 'confirm', label: () => verbWord(person_merge, 'confirm'), icon: Check, when: proposed,
    question: (name) => ({ title: mt('merge.confirm_title', { name }), text: mt('merge.confirm_text') }), lasting: () => true,
  },
  { name: 'refuse', verb: 'refuse', form: 'refuse', label: () => mt('change.refuse'), icon: X, danger: true, when: proposed },
  { name: 'withdraw', verb: 'withdraw', form: 'withdraw', label: () => verbWord(person_merge, 'withdraw'), icon: Undo2, danger: true, when: proposed },
])

export const TONES = { proposed: 'attention', merged: 'good', refused: 'danger' } as const
