import { describe, expect, it } from 'vitest'
import { gallery, spotlight, type Rect } from './layout'

const inside = (r: Rect, w: number, h: number) =>
  r.x >= -0.5 && r.y >= -0.5 && r.x + r.w <= w + 0.5 && r.y + r.h <= h + 0.5
const apart = (a: Rect, b: Rect) =>
  a.x + a.w <= b.x + 0.5 || b.x + b.w <= a.x + 0.5 || a.y + a.h <= b.y + 0.5 || b.y + b.h <= a.y + 0.5

describe.each([
  ['desktop', 1416, 760, 9],
  ['phone', 374, 690, 6],
  ['phone on its side', 800, 300, 6],
  ['tiny', 200, 150, 9],
])('gallery on a %s', (_, w, h, most) => {
  it.each([1, 2, 3, 4, 5, 7, 9, 25])('places %i without overlap and inside', (count) => {
    const { rects, perPage } = gallery(count, w, h, most)
    expect(rects.length).toBe(Math.min(count, perPage))
    for (const [i, rect] of rects.entries()) {
      expect(inside(rect, w, h)).toBe(true)
      for (const other of rects.slice(i + 1)) expect(apart(rect, other)).toBe(true)
    }
  })
})

it('makes a 3x3 of nine on a desktop and two columns on a phone', () => {
  const nine = gallery(9, 1416, 760, 9)
  expect(new Set(nine.rects.map((r) => Math.round(r.x))).size).toBe(3)
  const six = gallery(6, 374, 690, 6)
  expect(new Set(six.rects.map((r) => Math.round(r.x))).size).toBe(2)
  expect(six.perPage).toBe(6)
})

it('has no tile for nobody', () => {
  expect(gallery(0, 1000, 700, 9).rects).toEqual([])
})

it('keeps the strip beside the main picture, or below it on a tall stage', () => {
  const wide = spotlight(20, 1400, 760)
  expect(wide.main.w).toBeGreaterThan(1000)
  expect(wide.rects.length).toBe(wide.perPage)
  expect(wide.rects.every((r) => r.x >= wide.main.x + wide.main.w && inside(r, 1400, 760))).toBe(true)
  const tall = spotlight(20, 390, 492)
  expect(tall.main.w).toBe(390)
  expect(tall.rects).toHaveLength(4)
  expect(tall.rects.every((r) => r.y >= tall.main.h && inside(r, 390, 492))).toBe(true)
  const low = spotlight(20, 390, 300)
  expect(low.rects.every((r) => r.y >= low.main.h && inside(r, 390, 300))).toBe(true)
})

it('never crops a camera: the main picture has its shape on any stage', () => {
  for (const [w, h] of [[1400, 760], [900, 900], [390, 492], [390, 200], [844, 390]] as const) {
    for (const count of [0, 1, 8]) {
      const { main } = spotlight(count, w, h)
      expect(main.w / main.h).toBeCloseTo(16 / 9, 1)
      expect(inside(main, w, h)).toBe(true)
    }
  }
})

it('leaves a shared screen, which has any shape, all the room', () => {
  expect(spotlight(3, 1400, 760).room.h).toBe(760)
})

it('gives the whole stage when there is nobody for the strip', () => {
  expect(spotlight(0, 800, 600).room).toEqual({ x: 0, y: 0, w: 800, h: 600 })
  expect(spotlight(0, 800, 600).main).toEqual({ x: 0, y: 75, w: 800, h: 450 })
})
