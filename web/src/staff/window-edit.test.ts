import { describe, expect, it } from 'vitest'
import { curvePath, effectOf, keyHandle, MINUTE_MS, moveHandle, peopleScale, placeOf, stepHandle, timeTicks } from './window-edit'

const M = MINUTE_MS
const meeting = { from: 0.5 * M, to: 120.25 * M }
const window = { from: 0.5 * M, to: 100 * M }

describe('a handle', () => {
  it('moves by whole minutes and stays within the meeting', () => {
    expect(moveHandle(window, 'to', 90.6 * M, meeting)).toEqual({ from: 0.5 * M, to: 91 * M })
    expect(moveHandle(window, 'to', 500 * M, meeting).to).toBe(meeting.to)
    expect(moveHandle(window, 'from', -5 * M, meeting).from).toBe(meeting.from)
  })
  it('never passes the other one', () => {
    expect(moveHandle(window, 'from', 110 * M, meeting).from).toBe(99 * M)
    expect(moveHandle({ from: 50 * M, to: 60 * M }, 'to', 0, meeting).to).toBe(51 * M)
  })
  it('steps to the next whole minute, and on by one', () => {
    expect(stepHandle(window, 'from', 1, meeting).from).toBe(1 * M)
    expect(stepHandle({ from: 3 * M, to: 9 * M }, 'from', 1, meeting).from).toBe(4 * M)
    expect(stepHandle({ from: 3.5 * M, to: 9 * M }, 'from', -1, meeting).from).toBe(3 * M)
    expect(stepHandle({ from: 3 * M, to: meeting.to }, 'to', -1, meeting).to).toBe(120 * M)
  })
  it('follows the keys of a slider', () => {
    expect(keyHandle(window, 'to', 'ArrowLeft', meeting)?.to).toBe(99 * M)
    expect(keyHandle(window, 'to', 'PageUp', meeting)?.to).toBe(110 * M)
    expect(keyHandle(window, 'to', 'End', meeting)?.to).toBe(meeting.to)
    expect(keyHandle({ from: 9 * M, to: 60 * M }, 'from', 'Home', meeting)?.from).toBe(meeting.from)
    expect(keyHandle(window, 'to', 'a', meeting)).toBeNull()
  })
})

describe('the curve', () => {
  const axis = { from: 0, to: 100 }
  it('is drawn in steps, whole and in part', () => {
    const curve: [number, number][] = [[0, 0], [20, 10], [60, 5]]
    expect(curvePath(curve, 10, axis, axis, false)).toBe('M0 100V100H20H20V0H60H60V50H100')
    expect(curvePath(curve, 10, axis, { from: 30, to: 80 }, true)).toBe('M30 100V0H60H60V50H80V100Z')
    expect(curvePath(curve, 10, axis, { from: 30, to: 30 }, true)).toBe('')
  })
  it('has round scales', () => {
    expect(peopleScale(97)).toEqual({ top: 100, lines: [0, 25, 50, 75, 100] })
    expect(peopleScale(3)).toEqual({ top: 3, lines: [0, 1, 2, 3] })
    expect(peopleScale(0).top).toBeGreaterThan(0)
    expect(timeTicks({ from: 10 * M, to: 220 * M })).toHaveLength(7)
    expect(timeTicks({ from: 0, to: 0 })).toEqual([0])
    expect(placeOf(150, { from: 100, to: 200 })).toBe(50)
  })
})

it('says what another window changes', () => {
  const before = { present: 80, observer: 9, absent: 4, late: 5, left_early: 5 }
  expect(effectOf(before, { ...before, absent: 3, present: 81, left_early: 2 })).toEqual([
    ['absent', -1],
    ['left_early', -3],
    ['present', 1],
  ])
  expect(effectOf(before, before)).toEqual([])
})
