// What can be done to a member: what the register declares, what two people do together (member_change), and where it leads.
import { Ban, BadgeCheck, CalendarPlus, DoorOpen, KeyRound, Pencil, RotateCcw, UsersRound } from 'lucide-vue-next'
import { defineAsyncComponent } from 'vue'
import { useSession } from '@/composables/useSession'
import { mt } from '@/i18n/member'
import type { Act } from '@/model/acts'
import { valueOf, type Row } from '@/model/row'
import { verbWord } from '@/model/words'
import { isOneOf, KEEPERS } from '@/shell/readers'
import type { StandingKind } from '../member_change/acts'
import { member_profile } from './gen'

const StandingDialog = defineAsyncComponent(() => import('../member_change/StandingDialog.vue'))

export const keepsRegister = (): boolean => isOneOf(useSession().session.value?.person.roles ?? [], KEEPERS)

export const isSelf = (row: Row): boolean => valueOf(row, 'person') === useSession().session.value?.person.id

export const TONES = { candidate: 'attention', active: 'good', suspended: 'attention', left: 'danger' } as const

/** From which states each is asked for. */
const FROM: Readonly<Record<StandingKind, readonly string[]>> = { suspend: ['active'], restore: ['suspended'], leave: ['candidate', 'active', 'suspended'] }
const ICONS = { suspend: Ban, restore: RotateCcw, leave: DoorOpen } as const

/** Another person confirms it. */
const standing = (kind: StandingKind): Act => ({
  name: kind,
  verb: '',
  label: () => mt(`standing.ask_${kind}`),
  icon: ICONS[kind],
  danger: kind !== 'restore',
  when: (row) => keepsRegister() && FROM[kind].includes(String(row['state'])),
  dialog: StandingDialog,
})

/** The same people are members for the next term. */
const renew: Act = {
  name: 'renew',
  verb: 'renew',
  form: 'renew',
  label: () => verbWord(member_profile, 'renew'),
  hint: () => mt('member.renew_text'),
  icon: CalendarPlus,
  aside: true,
  bulk: true,
}

/** Whose account is set up needs no invitation. */
const isUninvited = (row: Row) => row['account'] !== 'ready'

/** invite: he is to set up his account. */
export function memberActs(invite: (row: Row) => void): Act[] {
  return [
    { name: 'admit', verb: 'admit', form: 'admit', label: () => mt('member.admit'), icon: BadgeCheck, when: ({ state }) => state === 'candidate' || state === 'left' },
    renew,
    { name: 'invite', verb: 'invite', label: () => verbWord(member_profile, 'invite'), icon: KeyRound, when: isUninvited, run: async (row) => invite(row) },
    standing('restore'),
    { name: 'edit', verb: 'edit', form: 'edit', label: () => verbWord(member_profile, 'edit'), icon: Pencil },
    standing('suspend'),
    standing('leave'),
  ]
}

/** What many can share. */
const SHARED = ['unit_kind', 'in_system', 'scored', 'not_scored_reason']

/** Of many at once. merge: the two that were chosen are one person; invite: each of them gets a link. */
export const bulkActs = (merge: (rows: readonly Row[]) => void, invite: (rows: readonly Row[]) => void): Act[] => [
  renew,
  { name: 'invite', verb: 'invite', label: () => verbWord(member_profile, 'invite'), icon: KeyRound, when: isUninvited, together: { run: invite } },
  { name: 'edit', verb: 'edit', form: 'edit', fields: SHARED, label: () => verbWord(member_profile, 'edit'), icon: Pencil, undo: SHARED, bulk: true },
  { name: 'merge', verb: '', label: () => mt('merge.start'), icon: UsersRound, when: ({ state }) => state !== 'merged', together: { count: 2, run: merge } },
]
