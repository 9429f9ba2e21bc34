// The one time zone in which the pages count days and write times: the server says it with the
// session, so that a viewer elsewhere reads the same times as the record. Until then the viewer's.
import { computed, ref } from 'vue'

export const timeZone = ref<string | undefined>(undefined)

/** A zone that this browser does not know leaves the viewer's own. */
export function setTimeZone(name: string | undefined): void {
  try {
    if (name) new Intl.DateTimeFormat('en', { timeZone: name })
    timeZone.value = name
  } catch {
    timeZone.value = undefined
  }
}

/** Made once for a zone: it costs a hundred times what it is used for. */
const clock = computed(
  () =>
    new Intl.DateTimeFormat('en-US', {
      ...(timeZone.value ? { timeZone: timeZone.value } : {}),
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    }),
)

export interface WallTime {
  year: number
  /** 1…12 */
  month: number
  day: number
  hour: number
  minute: number
}

/** What a clock in the zone shows. */
export function wallTime(at: number): WallTime {
  const parts = clock.value.formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') }
}

const asUtc = (wall: WallTime) => Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute)

/** When a clock in the zone shows this: with the offset of that date. Fields may run over, as in Date.UTC. */
export function atWallTime(wall: WallTime): number {
  const wanted = asUtc(wall)
  let at = wanted
  // The offset at the guess leads to a better guess; once more for guesses across a change of it.
  for (let round = 0; round < 2; round++) at -= asUtc(wallTime(at)) - wanted
  return at
}

/** A Date for a picker, whose fields are those of a clock in the zone. */
export function pickerDate(at: number): Date {
  const { year, month, day, hour, minute } = wallTime(at)
  return new Date(year, month - 1, day, hour, minute)
}

/** Days since some day, to compare. */
export function dayNumber(at: number): number {
  const { year, month, day } = wallTime(at)
  return Date.UTC(year, month - 1, day) / 86_400_000
}

/** YYYY-MM-DD, as a calendar in the zone has it. */
export function dayOf(at: number): string {
  const { year, month, day } = wallTime(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}`
}

/** When the day YYYY-MM-DD begins in the zone. */
export function dayStart(day: string): number {
  const [year, month, date] = day.split('-').map(Number)
  return atWallTime({ year: year!, month: month!, day: date!, hour: 0, minute: 0 })
}
