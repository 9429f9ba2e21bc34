// What waits for somebody: each system gives its part (TodoSource), the page shows them together by their due times.
import { serverNow } from '@/composables/useNow'
import { api } from '@/composables/useSession'
import { day, span, time } from '@/i18n/format'
import { sh } from '@/i18n/shell'
import { dayNumber } from '@/i18n/zone'
import { change_request, type ChangeRequest, type ChangeRequestTypes } from '@/domain/change_request/gen'
import { member_change, type MemberChange, type MemberChangeTypes } from '@/domain/member_change/gen'
import { person_merge, type PersonMerge, type PersonMergeTypes } from '@/domain/person_merge/gen'
import { KEEPERS } from '@/shell/readers'
import { role_holder, type RoleHolder, type RoleHolderTypes } from '@/domain/role_holder/gen'
import { client } from '@/model/client'
import { registerWords, word } from '@/model/dictionary'
import type { Meeting } from '@/domain/meeting/gen'
import type { PersonRole } from '@/domain/person/gen'
import type { Session } from '@/sdk/api.gen'

export interface Todo {
  key: string
  /** Words are made when they are shown: the language may change meanwhile. */
  title: () => string
  why: () => string
  act: () => string
  to: string
  /** null: it has none. */
  due: number | null
}

export interface TodoSource {
  who?: readonly PersonRole[]
  load(session: Session): Promise<Todo[]>
}

export type Bucket = 'overdue' | 'today' | 'week' | 'later'
export const BUCKETS: readonly Bucket[] = ['overdue', 'today', 'week', 'later']
const WEEK_DAYS = 7

export function bucketOf({ due }: Pick<Todo, 'due'>, now: number): Bucket {
  if (due === null) return 'later'
  if (due < now) return 'overdue'
  const days = dayNumber(due) - dayNumber(now)
  return days === 0 ? 'today' : days <= WEEK_DAYS ? 'week' : 'later'
}

/** The longest overdue first, what has no due time last. */
export const byDue = (a: Pick<Todo, 'due'>, b: Pick<Todo, 'due'>): number => {
  if (a.due === null || b.due === null) return Number(a.due === null) - Number(b.due === null)
  return a.due - b.due
}

/** A meeting that was not opened when it was to begin is somebody's to do. */
const LATE_AFTER_MS = 5 * 60_000

function confirmation({ id, title, counts, ended_at, planned_end }: Meeting): Todo {
  return {
    key: `confirm-${id}`,
    title: () => sh('todo.confirm', { date: day(ended_at ?? planned_end), title }),
    why: () => sh('todo.confirm_why', { came: counts.came ?? 0, expected: counts.expected }),
    act: () => sh('todo.confirm_act'),
    to: `/staff/meetings/${id}/attendance`,
    due: null,
  }
}

function notBegun({ id, title, planned_start, host }: Meeting): Todo {
  return {
    key: `begin-${id}`,
    title: () => sh('todo.begin', { title }),
    why: () => sh('todo.begin_why', { time: time(planned_start), name: host.name }),
    act: () => sh('todo.begin_act'),
    to: `/staff/meetings/${id}`,
    due: planned_start,
  }
}

function presiding({ id, title, planned_start, planned_end, counts }: Meeting): Todo {
  return {
    key: `preside-${id}`,
    title: () => sh('todo.preside', { title }),
    why: () => sh('todo.preside_why', { span: span(planned_start, planned_end), expected: counts.expected }),
    act: () => sh('todo.preside_act'),
    to: `/meetings/${id}`,
    due: planned_start,
  }
}

function askedRole({ id, person, role, asked_by, reason }: RoleHolder): Todo {
  registerWords(role_holder)
  return {
    key: `role-${id}`,
    title: () => sh('todo.role', { name: person.name, role: word(`role_holder.role.${role}`) }),
    why: () => sh('todo.role_why', { name: asked_by?.name ?? '', reason: reason ?? '' }),
    act: () => sh('todo.role_act'),
    to: `/roles/${id}`,
    due: null,
  }
}

function askedChange({ id, person, field, reason, due }: ChangeRequest): Todo {
  registerWords(change_request)
  return {
    key: `request-${id}`,
    title: () => sh('todo.request', { name: person.name, what: word(`change_request.field.${field}`) }),
    why: () => sh('todo.request_why', { reason }),
    act: () => sh('todo.request_act'),
    to: `/members/requests/${id}`,
    due: (due as { at: number | null } | null)?.at ?? null,
  }
}

function askedStanding({ id, member_profile, kind, reason, asked_by }: MemberChange): Todo {
  registerWords(member_change)
  return {
    key: `standing-${id}`,
    title: () => sh('todo.standing', { name: member_profile.name, what: word(`member_change.kind.${kind}`) }),
    why: () => sh('todo.standing_why', { name: asked_by?.name ?? '', reason }),
    act: () => sh('todo.standing_act'),
    to: `/members/standing/${id}`,
    due: null,
  }
}

function proposedMerge({ id, survivor, reason, proposed_by }: PersonMerge): Todo {
  return {
    key: `merge-${id}`,
    title: () => sh('todo.merge', { name: survivor.name }),
    why: () => sh('todo.merge_why', { name: proposed_by?.name ?? '', reason }),
    act: () => sh('todo.merge_act'),
    to: `/members/merges/${id}`,
    due: null,
  }
}

/** Somebody came, and it was confirmed of nobody. */
export const isUnconfirmed = ({ state, counts }: Pick<Meeting, 'state' | 'counts'>): boolean =>
  state === 'ended' && counts.attended === null && (counts.came ?? 0) > 0

export const TODO_SOURCES: readonly TodoSource[] = [
  {
    async load({ person }) {
      const { items } = await api.meetings({ when: 'today', whose: 'mine', limit: 100 })
      const mine = items.filter(({ state, host }) => state === 'scheduled' && host.id === person.id)
      return mine.map(presiding)
    },
  },
  {
    who: ['staff'],
    async load({ person }) {
      const now = serverNow()
      const { items } = await api.meetings({ when: 'today', limit: 100 })
      const late = ({ state, host, planned_start, planned_end }: Meeting) =>
        state === 'scheduled' && host.id !== person.id && planned_start + LATE_AFTER_MS < now && planned_end > now
      return items.filter(late).map(notBegun)
    },
  },
  {
    who: ['staff'],
    async load() {
      const { items } = await api.meetings({ when: 'past', limit: 100 })
      return items.filter(isUnconfirmed).map(confirmation)
    },
  },
  {
    who: ['security_admin', 'leader'],
    async load() {
      const roles = client<RoleHolderTypes>(role_holder, api)
      const { items } = await roles.list('role_holders', { state: 'asked', limit: 100 })
      // Not what he asked for himself, nor what is about him.
      return items.filter(({ may }) => may.includes('confirm')).map(askedRole)
    },
  },
  {
    who: KEEPERS,
    async load() {
      const { items } = await client<ChangeRequestTypes>(change_request, api).list('pending', { limit: 100 })
      return items.filter(({ may }) => may.includes('accept')).map(askedChange)
    },
  },
  {
    who: ['leader'],
    async load() {
      const { items } = await client<MemberChangeTypes>(member_change, api).list('member_changes', { state: 'asked', limit: 100 })
      return items.filter(({ may }) => may.includes('confirm')).map(askedStanding)
    },
  },
  {
    who: KEEPERS,
    async load() {
      const { items } = await client<PersonMergeTypes>(person_merge, api).list('person_merges', { state: 'proposed', limit: 100 })
      return items.filter(({ may }) => may.includes('confirm')).map(proposedMerge)
    },
  },
]

export interface Todos {
  items: Todo[]
  /** Some of the sources did not answer. */
  partly: boolean
}

export async function loadTodos(session: Session, sources: readonly TodoSource[] = TODO_SOURCES): Promise<Todos> {
  const open = sources.filter(({ who }) => !who || who.some((role) => session.person.roles.includes(role)))
  const parts = await Promise.all(open.map((source) => source.load(session).catch(() => null)))
  const items = parts.flatMap((part) => part ?? [])
  return { items: items.sort(byDue), partly: parts.includes(null) }
}

