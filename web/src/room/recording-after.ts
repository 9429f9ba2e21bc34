// What there will be to watch after a meeting. It is closed some seconds after the end; many meetings have none, and then
// none is promised.
import type { Recording } from '@/domain/recording/gen'

export interface RecordingAfter {
  /** Something was recorded, and can be watched once it is ready. */
  promised: boolean
  /** Where it can be watched; '': nowhere yet. */
  path: string
}

export function recordingAfter(meeting: string, recordings: readonly Pick<Recording, 'id' | 'state'>[]): RecordingAfter {
  const ready = recordings.filter(({ state }) => state === 'ready' || state === 'interrupted')
  const path = ready.length === 1 ? `/recordings/${ready[0]!.id}` : ready.length > 1 ? `/recordings?meeting=${meeting}` : ''
  return { promised: recordings.some(({ state }) => state !== 'failed' && state !== 'removed'), path }
}
