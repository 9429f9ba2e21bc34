// What can be done to a change of how a member stands: who decides is another than who asked.
import { Check, Undo2, X } from 'lucide-vue-next'
import { mt } from '@/i18n/member'
import { actsOf, type Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import { member_change } from './gen'

export const KINDS = ['suspend', 'restore', 'leave'] as const
export type StandingKind = (typeof KINDS)[number]

const asked: Act['when'] = ({ state }) => state === 'asked'

const own: readonly Act[] = [
  {
    name: 'confirm', verb: 'confirm', form: 'confirm', label: () => mt('standing.confirm'), icon: Check, when: asked,
    question: (name) => ({ title: mt('standing.confirm_title', { name }), text: mt('standing.confirm_text') }), lasting: () => true,
  },
  { name: 'refuse', verb: 'refuse', form: 'refuse', label: () => mt('change.refuse'), icon: X, danger: true, when: asked },
  { name: 'withdraw', verb: 'withdraw', form: 'withdraw', label: () => verbWord(member_change, 'withdraw'), icon: Undo2, danger: true, when: asked },
]

export const standingActs: readonly Act[] = actsOf(member_change, own)

export const TONES = { asked: 'attention', done: 'good', refused: 'danger' } as const
