// Moving the two handles of the effective window, and drawing people over time. Pure: times are
// milliseconds, places percent of the axis.
import type { TimeWindow, WindowCounts } from '@/sdk/api.gen'

export const MINUTE_MS = 60_000
export type Handle = 'from' | 'to'
/** What the window lies within: the meeting from its opening to its end. */
export type Axis = TimeWindow

/** The handle at this time, to the minute of the clock; never over the other one or out of the meeting. */
export function moveHandle(window: TimeWindow, handle: Handle, at: number, meeting: Axis): TimeWindow {
  const minute = Math.round(at / MINUTE_MS) * MINUTE_MS
  if (handle === 'from') {
    return { from: Math.max(meeting.from, Math.min(minute, window.to - MINUTE_MS)), to: window.to }
  }
  return { from: window.from, to: Math.min(meeting.to, Math.max(minute, window.from + MINUTE_MS)) }
}

/** So many minutes on: from a time within a minute, the first step leads to the next whole one. */
export function stepHandle(window: TimeWindow, handle: Handle, minutes: number, meeting: Axis): TimeWindow {
  const at = window[handle]
  const whole = minutes > 0 ? Math.floor(at / MINUTE_MS) : Math.ceil(at / MINUTE_MS)
  return moveHandle(window, handle, (whole + minutes) * MINUTE_MS, meeting)
}

/** What a key does to a handle; null: nothing. */
export function keyHandle(window: TimeWindow, handle: Handle, key: string, meeting: Axis): TimeWindow | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -10,
    PageUp: 10,
  }
  const minutes = steps[key]
  if (minutes !== undefined) return stepHandle(window, handle, minutes, meeting)
  if (key === 'Home') return moveHandle(window, handle, meeting.from - MINUTE_MS, meeting)
  if (key === 'End') return moveHandle(window, handle, meeting.to + MINUTE_MS, meeting)
  return null
}

export const sameWindow = (a: TimeWindow, b: TimeWindow) => a.from === b.from && a.to === b.to

export function placeOf(at: number, axis: Axis): number {
  return Math.min(100, Math.max(0, (100 * (at - axis.from)) / Math.max(axis.to - axis.from, 1)))
}

/** A round number that nobody's curve reaches beyond, and the lines below it. */
export function peopleScale(peak: number): { top: number; lines: number[] } {
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500].find((one) => one * 4 >= peak) ?? 1000
  const count = Math.max(1, Math.ceil(peak / step))
  return { top: count * step, lines: Array.from({ length: count + 1 }, (_, i) => i * step) }
}

/** Whole times for the axis: at most nine. */
export function timeTicks(axis: Axis): number[] {
  const length = axis.to - axis.from
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].find((one) => length / (one * MINUTE_MS) <= 8) ?? 1440
  const step = minutes * MINUTE_MS
  const ticks: number[] = []
  for (let at = Math.ceil(axis.from / step) * step; at <= axis.to; at += step) ticks.push(at)
  return ticks
}

/**
 * The steps of a curve between two times as an SVG path in a field of 100 by 100: the line, or
 * with `closed` the area below it. Empty when nothing of it lies between them.
 */
export function curvePath(
  curve: readonly (readonly [number, number])[],
  top: number,
  axis: Axis,
  part: TimeWindow,
  closed: boolean,
): string {
  const y = (people: number) => 100 - (100 * people) / top
  let path = ''
  let last = 0
  curve.forEach(([at, people], index) => {
    const from = Math.max(at, part.from)
    const to = Math.min(curve[index + 1]?.[0] ?? axis.to, part.to)
    if (to <= from) return
    const x = placeOf(from, axis)
    path += path === '' ? `M${x} ${closed ? 100 : y(people)}V${y(people)}` : `H${x}V${y(people)}`
    last = placeOf(to, axis)
    path += `H${last}`
  })
  return path && closed ? `${path}V100Z` : path
}

export type Effect = [kind: keyof WindowCounts, by: number][]

/** What changes in the drafts, in the order in which it matters. */
export function effectOf(before: WindowCounts, after: WindowCounts): Effect {
  const kinds = ['absent', 'late', 'left_early', 'present', 'observer'] as const
  return kinds.map((kind) => [kind, after[kind] - before[kind]] as Effect[number]).filter(([, by]) => by !== 0)
}
