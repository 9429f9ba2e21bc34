import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { calendarOf, workingDays } from './working-days'

const rows = readFileSync(new URL('../../../server/model/calendar-2026.csv', import.meta.url), 'utf8').trim().split('\n').slice(1)
const days = rows.map((row) => {
  const [date, kind, note] = row.split(',')
  return { date: date!, kind: kind as 'work' | 'off', note: note! }
})
const year = calendarOf([{ year: 2026, days }])
const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000

// The check table of the server's own reckoning (test-calendar.c, test-deadline.c).
it.each([
  ['2026-03-06', '2026-03-13', 5],
  ['2026-03-06', '2026-03-27', 15],
  ['2026-06-08', '2026-06-30', 15],
  ['2026-02-12', '2026-02-26', 5],
  ['2026-02-12', '2026-02-28', 7],
  ['2026-09-29', '2026-10-12', 5],
  ['2026-03-06', '2026-03-08', 0],
  ['2026-03-06', '2026-03-06', 0],
])('from %s to %s', (from, to, count) => {
  expect(workingDays(day(from), day(to), year)).toBe(count)
})

it('guesses nothing of a year that is not loaded', () => {
  expect(workingDays(day('2026-12-30'), day('2027-01-04'), year)).toBeNull()
  expect(workingDays(day('2026-12-30'), day('2026-12-31'), year)).toBe(1)
  expect(workingDays(day('2026-03-06'), day('2026-03-13'), calendarOf([]))).toBeNull()
})
