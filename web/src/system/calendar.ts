// A year of the working calendar: its days as a table says them, and as months show them.
export interface CalendarDay {
  date: string
  kind: 'work' | 'off'
  note: string
}

export interface DayShown {
  day: number
  date: string
  /** Monday 0 to Sunday 6. */
  weekday: number
  isWork: boolean
  /** The calendar says it: a holiday, or a weekend that is worked. */
  said: CalendarDay | null
}

const DAY_MS = 86_400_000
const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
const KINDS: Readonly<Record<string, CalendarDay['kind']>> = { off: 'off', work: 'work', 休: 'off', 班: 'work', 放假: 'off', 上班: 'work' }

export interface Parsed {
  days: CalendarDay[]
  /** Numbers of the lines that say no day, from 1. */
  wrong: number[]
}

/** "2026-01-01,off,元旦": a line a day, parted by commas or tabs, the note may be left out; a first line may name the columns. */
export function parseDays(text: string): Parsed {
  const parsed: Parsed = { days: [], wrong: [] }
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, at) => {
      if (line.trim() === '' || line.startsWith('#')) return
      const [date = '', kind = '', ...note] = line.split(/[,，\t]/).map((part) => part.trim().replace(/^"|"$/g, ''))
      if (at === 0 && date === 'date') return
      if (!isDate(date) || !KINDS[kind]) return void parsed.wrong.push(at + 1)
      parsed.days.push({ date, kind: KINDS[kind], note: note.join(' ').trim() })
    })
  return parsed
}

/** The twelve months, each day of them. */
export function monthsOf(year: number, days: readonly CalendarDay[]): DayShown[][] {
  const said = new Map(days.map((day) => [day.date, day]))
  return Array.from({ length: 12 }, (_, month) => {
    const count = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    return Array.from({ length: count }, (_, at) => {
      const when = Date.UTC(year, month, 1) + at * DAY_MS
      const date = new Date(when).toISOString().slice(0, 10)
      const weekday = (new Date(when).getUTCDay() + 6) % 7
      const known = said.get(date) ?? null
      return { day: at + 1, date, weekday, isWork: known ? known.kind === 'work' : weekday < 5, said: known }
    })
  })
}

/** From this day on the next year's calendar is asked for: month and day. */
const ASKED_FROM = '11-15'

/** The year that is missing, or null. today: YYYY-MM-DD; known: years that are loaded, checked or active. */
export function missingYear(today: string, known: readonly number[]): number | null {
  const year = Number(today.slice(0, 4))
  if (!known.includes(year)) return year
  return today.slice(5) >= ASKED_FROM && !known.includes(year + 1) ? year + 1 : null
}
