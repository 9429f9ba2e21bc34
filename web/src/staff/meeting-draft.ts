// What the form of a meeting holds, and how it becomes what the server takes.
import { serverNow } from '@/composables/useNow'
import type { InvitationCreate } from '@/domain/invitation/gen'
import type { Meeting } from '@/domain/meeting/gen'
import { atWallTime, pickerDate } from '@/i18n/zone'
import type { Capacity } from '@/sdk/protocol'

/** day, start and end: as a picker holds them, in the fields of the configured zone (zone.ts). */
export interface MeetingDraft {
  title: string
  topic: string
  day: Date
  start: Date
  end: Date
  host: string
  /** For the form to show before it has searched. */
  host_name: string
  auto_record: boolean
}

export interface GuestDraft {
  name: string
  organisation: string
  capacity: Capacity
}

const HOUR_MS = 3_600_000

/** Tomorrow-like defaults: the next full hour, two hours long. */
export function emptyDraft(host: { id: string; name: string }, now = serverNow()): MeetingDraft {
  const first = Math.ceil(now / HOUR_MS) * HOUR_MS
  const start = pickerDate(first)
  const end = pickerDate(first + 2 * HOUR_MS)
  return {
    title: '',
    topic: '',
    day: new Date(start),
    start,
    end,
    host: host.id,
    host_name: host.name,
    auto_record: true,
  }
}

export function draftOf(meeting: Meeting): MeetingDraft {
  return {
    title: meeting.title,
    topic: meeting.topic,
    day: pickerDate(meeting.planned_start),
    start: pickerDate(meeting.planned_start),
    end: pickerDate(meeting.planned_end),
    host: meeting.host.id,
    host_name: meeting.host.name,
    auto_record: meeting.auto_record,
  }
}

function at(day: Date, time: Date): number {
  return atWallTime({
    year: day.getFullYear(),
    month: day.getMonth() + 1,
    day: day.getDate(),
    hour: time.getHours(),
    minute: time.getMinutes(),
  })
}

/** An end before the start is the next day's: an evening's meeting may cross midnight. */
export function timesOf(draft: MeetingDraft): { planned_start: number; planned_end: number } {
  const planned_start = at(draft.day, draft.start)
  let planned_end = at(draft.day, draft.end)
  if (planned_end < planned_start && planned_start - planned_end > 12 * HOUR_MS) {
    const next = new Date(draft.day)
    next.setDate(next.getDate() + 1)
    planned_end = at(next, draft.end)
  }
  return { planned_start, planned_end }
}

export type DraftProblem = 'form.need_title' | 'form.need_host' | 'form.need_times'

export function draftProblem(draft: MeetingDraft): DraftProblem | null {
  const { planned_start, planned_end } = timesOf(draft)
  if (!draft.title.trim()) return 'form.need_title'
  if (!(planned_end > planned_start)) return 'form.need_times'
  if (!draft.host) return 'form.need_host'
  return null
}

export const emptyGuest = (): GuestDraft => ({ name: '', organisation: '', capacity: 'invited' })

/** null: no name was entered. */
export function guestInvitation({ name, organisation, capacity }: GuestDraft): InvitationCreate | null {
  if (!name.trim()) return null
  const invitation: InvitationCreate = { guest_name: name.trim(), capacity }
  return organisation.trim() ? { ...invitation, organisation: organisation.trim() } : invitation
}

/** A draft as it was kept as JSON: dates are texts there. */
export function revived(kept: MeetingDraft): MeetingDraft {
  return { ...kept, day: new Date(kept.day), start: new Date(kept.start), end: new Date(kept.end) }
}
