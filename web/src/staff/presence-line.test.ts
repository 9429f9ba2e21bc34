import { expect, it } from 'vitest'
import type { PresenceSegment } from './attendance'
import { place, union } from './presence-line'

const segment = (from: number, to: number | null): PresenceSegment => ({
  in: from,
  out: to,
  device: 'desktop',
  address: '',
  ended_by: null,
})

it('counts two devices at once as one stretch', () => {
  expect(union([segment(50, 80), segment(0, 60), segment(90, 100)], 200)).toEqual([
    { from: 0, to: 80, open: false },
    { from: 90, to: 100, open: false },
  ])
})

it('goes on until now while somebody is there', () => {
  expect(union([segment(10, null)], 70)).toEqual([{ from: 10, to: 70, open: true }])
})

it('cuts what lies outside of the meeting', () => {
  const line = { from: 100, to: 200 }
  expect(place({ from: 50, to: 150 }, line)).toEqual({ left: 0, width: 50 })
  expect(place({ from: 250, to: 300 }, line)).toEqual({ left: 100, width: 0 })
})
