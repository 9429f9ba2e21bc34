import { expect, it } from 'vitest'
import { lastDecided, verdictOf, type AttendanceRow } from './attendance'

const drafted = { state: 'absent', late: false, left_early: false } as const
const row = (id: string, more: Partial<AttendanceRow> = {}): AttendanceRow =>
  ({ id, state: 'drafted', result: null, drafted, ...more }) as AttendanceRow
const decided = (id: string, at: number, by = 'me') =>
  row(id, { state: 'confirmed', result: 'leave', late: true, left_early: null, decided_at: at, decided_by: { id: by, name: by } })

it('is judged as decided, else as drafted', () => {
  expect(verdictOf(row('a'))).toEqual(drafted)
  expect(verdictOf(decided('a', 1))).toEqual({ state: 'leave', late: true, left_early: false })
})

it('finds what one decided last, at once, for as long as it can be taken back', () => {
  const rows = [row('a'), decided('b', 1000), decided('c', 2000), decided('d', 2000), decided('e', 3000, 'other')]
  const found = lastDecided(rows, 'me', 2500)
  expect(found?.rows.map(({ id }) => id)).toEqual(['c', 'd'])
  expect(found?.until).toBe(602_000)
  expect(lastDecided(rows, 'me', 602_001)).toBeNull()
  expect(lastDecided(rows, 'me', 2500, 2000)).toBeNull()
  expect(lastDecided([row('a')], 'me', 0)).toBeNull()
})
