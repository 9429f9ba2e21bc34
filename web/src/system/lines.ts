// How everybody's line is, in words: the server judges (server/room/trouble.h), this says it.
import { bitrate } from '@/i18n/format'
import { st } from '@/i18n/staff'
import type { Line } from '@/sdk/api.gen'

export type Trouble = Line['troubles'][number]

const SECOND_MS = 1000
const KILO = 1000
const share = (permille: number) => Math.round(permille / 10)

export function troubleText(line: Line, trouble: Trouble): string {
  return st(`lines.${trouble}`, {
    seconds: Math.round(line.silent_ms / SECOND_MS),
    down: share(line.loss_down_permille),
    up: share(line.loss_up_permille),
    carries: bitrate((line.estimate_kbps ?? 0) * KILO),
    wanted: bitrate(line.wanted_kbps * KILO),
    ms: line.rtt_ms ?? 0,
    count: line.pictures_missing,
  })
}

export const isBad = (line: Line): boolean => line.troubles.length > 0

/** The worst first; those alike by name. */
export const worstFirst = (lines: readonly Line[]): Line[] =>
  [...lines].sort((a, b) => b.badness - a.badness || a.name.localeCompare(b.name, 'zh'))

/** Those of a meeting ('' for all) whose name has the text in it. */
export const among = (lines: readonly Line[], meeting: string, text: string): Line[] =>
  lines.filter((line) => (!meeting || line.meeting === meeting) && line.name.includes(text.trim()))

export function wayText(line: Line): string {
  if (line.way === 'none') return st('lines.way_none')
  return st(line.from_here ? 'lines.way_here' : 'lines.way', { protocol: line.way.toUpperCase() })
}

/** By percent with one digit, as the figures beside the judgement. */
export const percent = (permille: number): string => `${(permille / 10).toFixed(1)} %`
