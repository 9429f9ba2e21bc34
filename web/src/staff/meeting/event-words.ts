// The meeting's event log in words. What the server writes for machines (who is in which slot, whose packets flow) is
// left out; room/eventlog.h says what each kind means.
import { duration } from '@/i18n/format'
import { hasStaffText, st, type StaffKey } from '@/i18n/staff'
import type { Event as MeetingEvent } from '@/domain/event/gen'

export type EventSort = 'coming' | 'floor' | 'running'
export const EVENT_SORTS: readonly EventSort[] = ['coming', 'floor', 'running']

const SORTS: Record<string, EventSort> = {
  joined: 'coming', away: 'coming', back: 'coming', left: 'coming', removed: 'coming',
  floor: 'floor', hand: 'floor', muted: 'floor', screen: 'floor',
  opened: 'running', ended: 'running', cancelled: 'running', crashed: 'running', deputy: 'running', stays: 'running',
  recording: 'running', gap: 'running', shutdown: 'running',
}

export const sortOf = ({ kind }: Pick<MeetingEvent, 'kind'>): EventSort | null => SORTS[kind] ?? null

/** Of what can be on or off, which of the two it was. */
function variant({ kind, data, person }: MeetingEvent): string {
  if (kind === 'hand') return data.up ? '_up' : '_down'
  if (kind === 'screen' || kind === 'deputy') return data.on ? '_on' : '_off'
  if (kind === 'recording') {
    if (data.on) return '_on'
    return data.reason === 'failed' || data.reason === 'disk' ? `_${data.reason}` : '_off'
  }
  if (kind === 'floor') return person ? '_given' : '_nobody'
  if (kind === 'left') return ['lost', 'revoked', 'replaced', 'shutdown'].includes(String(data.reason)) ? `_${data.reason}` : ''
  if (kind === 'removed') return data.for_good ? '_for_good' : ''
  return ''
}

/** null: nothing that people would ask for. */
export function eventText(event: MeetingEvent): string | null {
  if (!sortOf(event)) return null
  const key = `event.${event.kind}${variant(event)}`
  if (!hasStaffText(key)) return null
  const ms = event.data.ms ?? event.data.away_ms
  if (event.kind === 'gap' || event.kind === 'back') return st(key as StaffKey, { time: duration(Number(ms ?? 0)) })
  return st(key as StaffKey)
}
