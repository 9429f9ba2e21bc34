// Posts as bars over the years: where each begins and ends, as parts of the whole time.
import { valueOf, type Row } from '@/model/row'

export interface PostLine {
  row: Row
  /** Percent of the whole. */
  left: number
  width: number
  open: boolean
}

export interface PostLineSet {
  lines: PostLine[]
  /** Years that begin within, at most so many that they can be read. */
  ticks: { year: number; left: number }[]
}

const YEAR_MS = 365.25 * 86_400_000
const TICKS_MOST = 6
const WIDTH_LEAST = 1

const dayMs = (day: unknown): number => Date.parse(`${String(day)}T00:00:00Z`)

/** today: YYYY-MM-DD, up to which what has no end is drawn. */
export function linesOf(posts: readonly Row[], today: string): PostLineSet {
  if (posts.length === 0) return { lines: [], ticks: [] }
  const now = dayMs(today)
  const spans = posts.map((row) => ({ row, from: dayMs(valueOf(row, 'valid_from')), to: row['valid_to'] ? dayMs(row['valid_to']) : null }))
  const first = Math.min(...spans.map(({ from }) => from))
  const last = Math.max(now, ...spans.map(({ from, to }) => to ?? from), first + YEAR_MS)
  const part = (at: number) => ((at - first) / (last - first)) * 100
  const years = Array.from({ length: new Date(last).getUTCFullYear() - new Date(first).getUTCFullYear() }, (_, n) => new Date(first).getUTCFullYear() + n + 1)
  const step = Math.max(1, Math.ceil(years.length / TICKS_MOST))
  return {
    lines: spans.map(({ row, from, to }) => ({
      row,
      left: part(from),
      width: Math.max(WIDTH_LEAST, part(to ?? Math.max(now, from)) - part(from)),
      open: to === null || to > now,
    })),
    ticks: years.filter((_, n) => n % step === 0).map((year) => ({ year, left: part(Date.UTC(year, 0, 1)) })),
  }
}
