// A person's stretches of presence over the meeting's time line, for the bar in the table. Two
// devices at once are one stretch: the union, as the server counts it.
import type { TimeWindow } from '@/sdk/api.gen'
import type { PresenceSegment } from './attendance'

export interface Stretch {
  from: number
  to: number
  open: boolean
}

export function union(segments: readonly PresenceSegment[], now: number): Stretch[] {
  const sorted = segments
    .map((segment) => ({ from: segment.in, to: segment.out ?? now, open: segment.out === null }))
    .sort((a, b) => a.from - b.from)
  const joined: Stretch[] = []
  for (const stretch of sorted) {
    const last = joined[joined.length - 1]
    if (last && stretch.from <= last.to) {
      last.to = Math.max(last.to, stretch.to)
      last.open ||= stretch.open
    } else joined.push({ ...stretch })
  }
  return joined
}

/** Left edge and width in percent, cut to the line. */
export function place(stretch: TimeWindow, line: TimeWindow) {
  const length = Math.max(line.to - line.from, 1)
  const from = Math.min(1, Math.max(0, (stretch.from - line.from) / length))
  const to = Math.min(1, Math.max(0, (stretch.to - line.from) / length))
  return { left: from * 100, width: Math.max(0, to - from) * 100 }
}
