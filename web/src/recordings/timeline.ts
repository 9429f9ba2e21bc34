// The parts of a recording on one time line. The program is a row of files, each at its start_ms;
// what lies between them, and what the catalogue names, are gaps.
import type { Recording, RecordingFile, RecordingGap } from './recording'

/** A file with its length known: one that is still being written lasts as long as it does now. */
export type Part = RecordingFile & { duration_ms: number }

export function lengthOf(file: RecordingFile, recording: Recording): number {
  const written = file.sha256 === null && file.duration_ms === 0
  return written ? Math.max(0, recording.duration_ms - file.start_ms) : file.duration_ms
}

export interface Timeline {
  parts: Part[]
  duration_ms: number
  gaps: RecordingGap[]
}

/** Shorter pauses between two parts are the seam of a restart, not a gap anybody misses. */
const SEAM_MS = 250

export function programTimeline(recording: Recording): Timeline {
  const parts = (recording.files ?? [])
    .map((file) => ({ ...file, duration_ms: lengthOf(file, recording) }))
    .sort((a, b) => a.start_ms - b.start_ms)
  const last = parts[parts.length - 1]
  const end = last ? last.start_ms + last.duration_ms : 0
  const named = recording.gaps.length > 0
  const between = parts.slice(1).flatMap((part, i): RecordingGap[] => {
    const before = parts[i]!
    const at = before.start_ms + before.duration_ms
    return part.start_ms - at > SEAM_MS ? [{ at_ms: at, for_ms: part.start_ms - at, cause: 'broken' }] : []
  })
  return { parts, duration_ms: Math.max(recording.duration_ms, end), gaps: named ? recording.gaps : between }
}

/** Which part plays at this moment: the one it lies in, or the next one when it lies in a gap. */
export function partAt(parts: readonly Part[], at_ms: number): { index: number; offset_ms: number } | null {
  for (const [index, part] of parts.entries()) {
    if (at_ms < part.start_ms) return { index, offset_ms: 0 }
    const last = index === parts.length - 1
    if (at_ms < part.start_ms + part.duration_ms || last) {
      return { index, offset_ms: Math.min(at_ms - part.start_ms, Math.max(0, part.duration_ms - 200)) }
    }
  }
  return null
}
