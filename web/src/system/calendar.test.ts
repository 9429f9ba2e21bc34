import { expect, it } from 'vitest'
import { missingYear, monthsOf, parseDays } from './calendar'

it('reads the days of a table, and names the lines that say none', () => {
  const { days, wrong } = parseDays('\uFEFFdate,kind,note\r\n2026-01-01,off,元旦\n\n2026-01-04\t班\n2026-02-30,off\n2026-01-05,free\n')
  expect(days).toEqual([
    { date: '2026-01-01', kind: 'off', note: '元旦' },
    { date: '2026-01-04', kind: 'work', note: '' },
  ])
  expect(wrong).toEqual([5, 6])
})

it('knows which days are worked', () => {
  const months = monthsOf(2026, [{ date: '2026-01-01', kind: 'off', note: '元旦' }, { date: '2026-01-04', kind: 'work', note: '' }])
  expect(months.map((days) => days.length)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
  expect(months[0]!.slice(0, 5).map(({ isWork }) => isWork)).toEqual([false, true, false, true, true])
  expect(months[0]![0]!.weekday).toBe(3) // a Thursday
})

it('asks for the next year from the fifteenth of November on', () => {
  expect(missingYear('2026-11-14', [2026])).toBeNull()
  expect(missingYear('2026-11-15', [2026])).toBe(2027)
  expect(missingYear('2026-11-15', [2026, 2027])).toBeNull()
  expect(missingYear('2026-03-01', [2025])).toBe(2026)
})
