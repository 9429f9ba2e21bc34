// What a date that something is due by says: colour and words (red 逾期, amber 今天, blue 近期, grey 以后).
import { dayNumber } from '@/i18n/zone'
import type { RecordDue } from './meta'
import { workingDays, type WorkCalendar } from './working-days'

export type DueColour = 'overdue' | 'today' | 'near' | 'later'

const COLOURS = { red: 'overdue', orange: 'today', yellow: 'near', none: 'later' } as const
export const colourOf = (due: RecordDue): DueColour => COLOURS[due.colour]

/** Days before it that a date is near. */
export const NEAR_DAYS = 7

export interface DueState {
  colour: DueColour
  /** Calendar days until it, below 0 since. */
  days: number
}

/** due: milliseconds, or the day YYYY-MM-DD, which is over at its end. */
export function dueState(due: number | string, now: number): DueState {
  const today = dayNumber(now)
  const day = typeof due === 'string' ? Date.parse(`${due}T00:00:00Z`) / 86_400_000 : dayNumber(due)
  const days = day - today
  const over = typeof due === 'string' ? days < 0 : due < now
  return { colour: over ? 'overdue' : days <= 0 ? 'today' : days <= NEAR_DAYS ? 'near' : 'later', days }
}

/** How much time there is until a day that many calendar days from now: in working days, as limits are counted, or in
 * calendar days where those are not known, or where none of the days is worked. */
export function leftOf(today: number, days: number, calendar: WorkCalendar | null): { days: number; worked: boolean } {
  const worked = calendar && workingDays(today, today + days, calendar)
  return worked ? { days: worked, worked: true } : { days, worked: false }
}
