// Dates, durations and sizes as people read them, in the zone that the server says.
import { serverNow } from '@/composables/useNow'
import { languageTag, locale } from './index'
import { dayNumber, timeZone } from './zone'

/** Making one costs far more than using it, and a table of six hundred people uses thousands. */
const made = new Map<string, Intl.DateTimeFormat>()

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${languageTag.value} ${timeZone.value} ${JSON.stringify(options)}`
  let formatter = made.get(key)
  if (!formatter) {
    const zone = timeZone.value ? { timeZone: timeZone.value } : {}
    formatter = new Intl.DateTimeFormat(languageTag.value, { ...options, ...zone })
    made.set(key, formatter)
  }
  return formatter.format(at)
}

const weekday = (): 'long' | 'short' => (locale.value === 'zh' ? 'long' : 'short')

/** 9月12日 星期五 / Fri, 12 September */
export function day(at: number): string {
  return format(at, { month: 'long', day: 'numeric', weekday: weekday() })
}

/** With the year, for the past and for records. */
export function date(at: number): string {
  return format(at, { year: 'numeric', month: 'short', day: 'numeric', weekday: weekday() })
}

export function time(at: number): string {
  return format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

export function timeSeconds(at: number): string {
  return format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

export function dateTime(at: number): string {
  return format(at, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}

export function span(from: number, to: number): string {
  const sameDay = dayNumber(from) === dayNumber(to)
  return sameDay ? `${time(from)} – ${time(to)}` : `${time(from)} – ${day(to)} ${time(to)}`
}

/** 1小时05分, 12分, 40秒 / 1 h 05 min, 12 min, 40 s */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const zh = locale.value === 'zh'
  if (seconds < 60) return zh ? `${seconds}秒` : `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return zh ? `${minutes}分` : `${minutes} min`
  const rest = String(minutes % 60).padStart(2, '0')
  return zh ? `${hours}小时${rest}分` : `${hours} h ${rest} min`
}

/** 1:05:09 or 05:09, for clocks that run. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export function bitrate(bps: number): string {
  if (bps >= 1_000_000) return `${(bps / 1_000_000).toFixed(1)} Mbit/s`
  return `${Math.round(bps / 1000)} kbit/s`
}

export function isToday(at: number, now = serverNow()): boolean {
  return dayNumber(at) === dayNumber(now)
}
