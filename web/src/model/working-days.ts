// In how many working days something is, by the years of the calendar that the server counts limits with (calendar_year).
// Of a year that is not loaded nothing is known, and nothing is guessed.
import { shallowRef, type ShallowRef } from 'vue'
import { api } from '@/composables/useSession'
import { calendar_year, type CalendarYear, type CalendarYearTypes } from '@/domain/calendar_year/gen'
import { client } from './client'

const DAY_MS = 86_400_000
const SATURDAY = 6
const SUNDAY = 0

type Year = Pick<CalendarYear, 'year' | 'days'>

export interface WorkCalendar {
  readonly years: ReadonlySet<number>
  /** Holidays and worked weekends, by their days YYYY-MM-DD. */
  readonly kinds: ReadonlyMap<string, 'work' | 'off'>
}

export const calendarOf = (years: readonly Year[]): WorkCalendar => ({
  years: new Set(years.map(({ year }) => year)),
  kinds: new Map(years.flatMap(({ days }) => days.map(({ date, kind }) => [date, kind] as const))),
})

/** The working days after `from` up to and with `to`, both numbers of days (dayNumber); null: one of them is not loaded. */
export function workingDays(from: number, to: number, { years, kinds }: WorkCalendar): number | null {
  let count = 0
  for (let day = from + 1; day <= to; day++) {
    const at = new Date(day * DAY_MS)
    if (!years.has(at.getUTCFullYear())) return null
    const kind = kinds.get(at.toISOString().slice(0, 10))
    const weekday = at.getUTCDay()
    if (kind ? kind === 'work' : weekday !== SATURDAY && weekday !== SUNDAY) count++
  }
  return count
}

const calendar = shallowRef<WorkCalendar | null>(null)
let asked: Promise<void> | null = null

/** null until it is known; asked for once, and again by the next page where it could not be read. */
export function useWorkCalendar(): Readonly<ShallowRef<WorkCalendar | null>> {
  asked ??= api
    .inBackground(() => client<CalendarYearTypes>(calendar_year, api).list('calendar_years', { state: 'active', limit: 100 }))
    .then(({ items }) => void (calendar.value = calendarOf(items)))
    .catch(() => void (asked = null))
  return calendar
}
