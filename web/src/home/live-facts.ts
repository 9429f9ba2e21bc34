// The four facts of a meeting's card, always in the same places: who is there, who presides, how the time stands, whether
// it is recorded.
import { clock, duration, span } from '@/i18n/format'
import { sh } from '@/i18n/shell'
import { api } from '@/composables/useSession'
import type { Meeting } from '@/domain/meeting/gen'
import type { Recording } from '@/domain/recording/gen'

export interface Fact {
  name: string
  value: string
  text: string
  tone?: 'good' | 'attention'
  /** The text, not the value, is what to look at. */
  textTone?: 'attention'
  /** Where the number is counted. */
  to?: string
}

type Shown = Pick<Meeting, 'id' | 'state' | 'counts' | 'host' | 'planned_start' | 'planned_end' | 'auto_record'>

/** Since when it is recorded now, or null. */
export function recordingSince(recording: Pick<Recording, 'state' | 'started_at'> | null): number | null {
  return recording?.state === 'recording' ? recording.started_at : null
}

/** The same, of the meeting, as the server says it now; undefined: it does not answer. */
export const askRecordingSince = (meeting: string): Promise<number | null | undefined> =>
  api.recordings({ meeting, limit: 1 }).then(
    ({ items }) => recordingSince(items[0] ?? null),
    () => undefined,
  )

function presence({ id, state, counts }: Shown, isStaff: boolean): Fact {
  const { here, expected } = counts
  const missing = Math.max(0, expected - here)
  const text = state !== 'live' ? sh('live.not_begun') : missing ? sh('live.missing', { count: missing }) : sh('live.all_here')
  const to = isStaff && state === 'live' ? { to: `/staff/meetings/${id}/attendance` } : {}
  return { name: sh('live.present'), value: sh('live.people', { here, expected }), text, ...to }
}

function host({ host }: Shown, me: string): Fact {
  const text = host.id === me ? sh('live.you_preside') : sh('live.presides_hint')
  return { name: sh('live.presides'), value: host.name, text }
}

function timing({ state, planned_start, planned_end }: Shown, now: number): Fact {
  const fact = { name: sh('live.time'), value: span(planned_start, planned_end) }
  if (state !== 'live') {
    const late = planned_start < now
    const text = late ? sh('live.late') : sh('live.in', { time: duration(planned_start - now) })
    return { ...fact, text, ...(late ? { textTone: 'attention' as const } : {}) }
  }
  if (planned_end < now) {
    return { ...fact, text: sh('live.over', { time: duration(now - planned_end) }), textTone: 'attention' }
  }
  return { ...fact, text: sh('live.left', { time: duration(planned_end - now) }) }
}

function recorded({ state, auto_record }: Shown, since: number | null | undefined, now: number): Fact {
  const name = sh('live.recording')
  if (typeof since === 'number') {
    return { name, value: sh('live.recording_on', { time: clock(now - since) }), text: sh('live.recording_known'), tone: 'good' }
  }
  if (state !== 'live' && auto_record) return { name, value: sh('live.will_record'), text: sh('live.recording_known') }
  if (state === 'live' && since === undefined) {
    return { name, value: sh('live.recording_unknown'), text: sh('live.recording_shown') }
  }
  const value = state === 'live' ? sh('live.recording_off') : sh('live.will_not_record')
  return { name, value, text: sh('live.recording_hint') }
}

export interface Around {
  now: number
  me: string
  isStaff: boolean
  /** null: it is not recorded; undefined: that is not known. */
  recordingSince: number | null | undefined
}

export function factsOf(meeting: Shown, { now, me, isStaff, recordingSince: since }: Around): Fact[] {
  return [presence(meeting, isStaff), host(meeting, me), timing(meeting, now), recorded(meeting, since, now)]
}
