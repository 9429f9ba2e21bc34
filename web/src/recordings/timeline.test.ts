import { expect, it } from 'vitest'
import type { Recording, RecordingFile } from './recording'
import { partAt, programTimeline } from './timeline'

const file = (
  part: number,
  start_ms: number,
  duration_ms: number | null,
): RecordingFile => ({
  name: `p${part}`,
  kind: 'program',
  part,
  track: 0,
  source: 'program',
  person: null,
  start_ms,
  duration_ms: duration_ms ?? 0,
  bytes: 1,
  sha256: null,
  type: 'video/webm',
  url: `/p${part}`,
})
const recording = (files: RecordingFile[], more: Partial<Recording> = {}): Recording => ({
  id: 'r',
  version: 1,
  title: 't',
  held_at: null,
  held_by: null,
  removed_by: null,
  removed_at: null,
  meeting: { id: 'm', title: 't', planned_start: 0 },
  state: 'ready',
  started_at: 0,
  ended_at: 1,
  duration_ms: 100_000,
  bytes: 1,
  gaps: [],
  files,
  may: [],
  ...more,
})

it('orders the parts and finds the gap between them', () => {
  const line = programTimeline(
    recording([file(2, 60_000, 40_000), file(1, 0, 50_000)]),
  )
  expect(line.parts.map((part) => part.part)).toEqual([1, 2])
  expect(line.gaps).toEqual([{ at_ms: 50_000, for_ms: 10_000, cause: 'broken' }])
  expect(line.duration_ms).toBe(100_000)
})

it('believes the gaps of the catalogue and sees no gap in a seam', () => {
  const gaps = [{ at_ms: 1, for_ms: 2, cause: 'stopped' as const }]
  expect(programTimeline(recording([file(1, 0, 50_000), file(2, 60_000, 1)], { gaps })).gaps).toEqual(gaps)
  expect(programTimeline(recording([file(1, 0, 50_000), file(2, 50_100, 1)])).gaps).toEqual([])
})

it('puts recordings of one meeting in a row, whose parts are numbered anew', () => {
  const { parts } = programTimeline(
    recording([file(1, 0, 30_000), file(2, 30_100, 20_000), file(1, 90_000, 10_000)]),
  )
  expect(parts.map((part) => part.start_ms)).toEqual([0, 30_100, 90_000])
  expect(partAt(parts, 60_000)).toEqual({ index: 2, offset_ms: 0 })
})

it('gives a file that is being written the length it has now', () => {
  const line = programTimeline(recording([file(1, 20_000, null)]))
  expect(line.parts[0]!.duration_ms).toBe(80_000)
})

it('seeks into a part, over a gap, and to the end', () => {
  const { parts } = programTimeline(recording([file(1, 0, 50_000), file(2, 60_000, 40_000)]))
  expect(partAt(parts, 20_000)).toEqual({ index: 0, offset_ms: 20_000 })
  expect(partAt(parts, 55_000)).toEqual({ index: 1, offset_ms: 0 })
  expect(partAt(parts, 70_000)).toEqual({ index: 1, offset_ms: 10_000 })
  expect(partAt(parts, 999_000)).toEqual({ index: 1, offset_ms: 39_800 })
  expect(partAt([], 0)).toBeNull()
})
