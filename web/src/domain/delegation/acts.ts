// What can be done to a delegation, by who gave it and by who acts by it.
import { Undo2, UserRoundCog } from 'lucide-vue-next'
import { serverNow } from '@/composables/useNow'
import { dayOf } from '@/i18n/zone'
import { mt } from '@/i18n/member'
import type { Act } from '@/model/acts'
import type { Row } from '@/model/row'
import { verbWord } from '@/model/words'
import { acting, beginActing } from './behalf'
import { delegation, type Delegation } from './gen'

export type SpanStanding = 'on' | 'coming' | 'over' | 'off'

/** off: it was taken back. */
export function spanState(row: Row, off: boolean, today = dayOf(serverNow())): SpanStanding {
  if (off) return 'off'
  if (String(row['starts_on']) > today) return 'coming'
  return String(row['ends_on']) < today ? 'over' : 'on'
}

export const delegationState = (row: Row): SpanStanding => spanState(row, row['is_revoked'] === true)

export const delegationActs: readonly Act[] = [
  {
    name: 'revoke', verb: 'revoke', form: 'revoke', label: () => verbWord(delegation, 'revoke'), icon: Undo2, danger: true,
    when: (row) => ['on', 'coming'].includes(delegationState(row)),
    question: (name) => ({ title: mt('behalf.revoke_title', { name }), text: mt('behalf.revoke_text') }),
  },
]

export const takenActs: readonly Act[] = [
  {
    name: 'act', verb: '', label: () => mt('behalf.begin'), icon: UserRoundCog,
    when: (row) => delegationState(row) === 'on' && acting.value?.person.id !== (row['giver'] as { id: string }).id,
    run: (row) => beginActing(row as unknown as Delegation),
  },
]
