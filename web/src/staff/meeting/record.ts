// The record of a meeting: what all its tabs share, and its state in one line: what it is, since when, and what is next.
import { inject, provide, type InjectionKey, type Ref } from 'vue'
import { isUnconfirmed } from '@/home/todos'
import { dateTime, day, duration, span } from '@/i18n/format'
import { st, type StaffKey } from '@/i18n/staff'
import type { Meeting } from '@/domain/meeting/gen'

export interface MeetingRecord {
  meeting: Readonly<Ref<Meeting>>
  /** Staff, its host, and who may host it. */
  canManage: Readonly<Ref<boolean>>
  reload: () => Promise<void>
  edit: () => void
}

const KEY: InjectionKey<MeetingRecord> = Symbol('meeting record')

export const provideRecord = (record: MeetingRecord): void => provide(KEY, record)

/** Of the record that the tab stands in. */
export function useRecord(): MeetingRecord {
  const record = inject(KEY)
  if (!record) throw new Error('a tab stands in the record of a meeting')
  return record
}

export interface StateLine {
  word: string
  tone: '' | 'primary' | 'good' | 'attention' | 'danger'
  since: string
  next: string
  /** What is next should have been done by now. */
  isLate: boolean
}

type Shown = Pick<Meeting, 'state' | 'counts' | 'planned_start' | 'planned_end' | 'opened_at' | 'ended_at' | 'recordings'>

function scheduled({ planned_start, planned_end }: Shown, now: number): StateLine {
  const isLate = planned_start < now
  const next = isLate ? st('record.next_begin_late') : st('record.next_begin', { time: duration(planned_start - now) })
  const since = `${day(planned_start)} ${span(planned_start, planned_end)}`
  return { word: st('record.scheduled'), tone: 'primary', since, next, isLate }
}

function live({ planned_start, planned_end, opened_at }: Shown, now: number): StateLine {
  const begun = opened_at ?? planned_start
  const since = st('record.since_for', { time: dateTime(begun), length: duration(now - begun) })
  const isLate = planned_end < now
  const next = isLate
    ? st('record.next_end_late', { time: duration(now - planned_end) })
    : st('record.next_end', { time: duration(planned_end - now) })
  return { word: st('record.live'), tone: 'good', since, next, isLate }
}

function ended(meeting: Shown, now: number): StateLine {
  const { counts, ended_at, planned_end } = meeting
  const at = ended_at ?? planned_end
  const line = { since: st('record.since_for', { time: dateTime(at), length: duration(now - at) }), isLate: false }
  if (isUnconfirmed(meeting)) {
    return { ...line, word: st('record.to_confirm'), tone: 'attention', next: st('record.next_confirm', { count: counts.expected }) }
  }
  const next = counts.attended === null ? st('record.nobody_came') : st('record.confirmed', { count: counts.attended })
  return { ...line, word: st('record.ended'), tone: '', next }
}

export function stateLine(meeting: Shown, now: number): StateLine {
  if (meeting.state === 'scheduled') return scheduled(meeting, now)
  if (meeting.state === 'live') return live(meeting, now)
  if (meeting.state === 'ended') return ended(meeting, now)
  const { planned_start, planned_end } = meeting
  const since = st('record.was_planned', { time: `${day(planned_start)} ${span(planned_start, planned_end)}` })
  return { word: st('record.cancelled'), tone: 'danger', since, next: '', isLate: false }
}

export interface Tab {
  name: string
  word: StaffKey
  path: string
  count?: number
}

export function tabsOf({ id, state, counts, recordings }: Shown & Pick<Meeting, 'id'>): Tab[] {
  const base = `/staff/meetings/${id}`
  const tabs: Tab[] = [
    { name: 'overview', word: 'record.tab_overview', path: base },
    { name: 'people', word: 'record.tab_people', path: `${base}/people`, count: counts.expected },
  ]
  // Of what has not begun there is nothing to see yet.
  if (state === 'live' || state === 'ended') tabs.push({ name: 'live', word: 'record.tab_live', path: `${base}/live` })
  if (recordings > 0) tabs.push({ name: 'recordings', word: 'record.tab_recordings', path: `${base}/recordings` })
  if (state === 'live' || state === 'ended') {
    tabs.push({ name: 'attendance', word: 'record.tab_attendance', path: `${base}/attendance` })
  }
  return tabs
}
