import { describe, expect, it } from 'vitest'
import { linesOf } from '@/domain/post/lines'
import { branchesOf } from '@/domain/org/tree'
import { dueState, leftOf } from './due'
import type { Row } from './row'
import { rangeOf } from './useVirtual'
import { deviceViews } from './views'
import { calendarOf } from './working-days'

describe('what is due', () => {
  const noon = Date.UTC(2026, 4, 20, 12)
  it.each([
    [noon - 1, 'overdue'],
    [noon + 1, 'today'],
    [Date.UTC(2026, 4, 25, 9), 'near'],
    [Date.UTC(2026, 5, 25, 9), 'later'],
    ['2026-05-19', 'overdue'],
    ['2026-05-20', 'today'],
    ['2026-05-27', 'near'],
    ['2026-05-28', 'later'],
  ] as const)('%s is %s', (due, colour) => {
    expect(dueState(due, noon).colour).toBe(colour)
  })
})

it('what is left is said in working days, where those are known and there are any', () => {
  const friday = Date.parse('2026-03-06T00:00:00Z') / 86_400_000
  const calendar = calendarOf([{ year: 2026, days: [] }])
  expect(leftOf(friday, 7, calendar)).toEqual({ days: 5, worked: true })
  expect(leftOf(friday, 2, calendar)).toEqual({ days: 2, worked: false })
  expect(leftOf(friday, 7, null)).toEqual({ days: 7, worked: false })
  expect(leftOf(friday, 400, calendar)).toEqual({ days: 400, worked: false })
})

describe('rows near the window', () => {
  it('are all of them up to two hundred', () => {
    expect(rangeOf(200, 48, -5000, 900)).toEqual({ from: 0, to: 200 })
  })
  it('are a part of more', () => {
    const range = rangeOf(1000, 48, -4800, 960)
    expect(range.from).toBeLessThanOrEqual(100)
    expect(range.to).toBeGreaterThanOrEqual(120)
    expect(range.to - range.from).toBeLessThan(100)
    expect(rangeOf(1000, 48, 300, 960).from).toBe(0)
    expect(rangeOf(1000, 48, -48_000, 960).to).toBe(1000)
  })
})

it('saved views are of one person and one list', async () => {
  const kept = new Map<string, string>()
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
  const mine = deviceViews('me', 'person.people', storage)
  await mine.save({ id: '1', name: '教育', address: 'sector=教育界' })
  await mine.save({ id: '1', name: '教育界', address: 'sector=教育界' })
  expect(await mine.list()).toEqual([{ id: '1', name: '教育界', address: 'sector=教育界' }])
  expect(await deviceViews('you', 'person.people', storage).list()).toEqual([])
  await mine.remove('1')
  expect(await mine.list()).toEqual([])
})

const org = (id: string, parent: string | null): Row => ({ id, may: [], parent: parent ? { id: parent, name: parent } : null })

describe('organisations as a tree', () => {
  const rows = [org('top', null), org('b', 'top'), org('c', 'b'), org('lost', 'elsewhere')]
  it('stand below what they belong to', () => {
    const shown = branchesOf(rows, new Set(['top', 'b'])).map(({ row, depth, below }) => [row.id, depth, below])
    expect(shown).toEqual([['top', 0, 1], ['b', 1, 1], ['c', 2, 0], ['lost', 0, 0]])
  })
  it('are left out below what is closed', () => {
    expect(branchesOf(rows, new Set()).map(({ row }) => row.id)).toEqual(['top', 'lost'])
  })
})

it('posts are bars over the whole time', () => {
  const posts: Row[] = [
    { id: '1', may: [], valid_from: '2016-01-01', valid_to: '2021-01-01' },
    { id: '2', may: [], valid_from: '2021-01-01', valid_to: null },
  ]
  const { lines, ticks } = linesOf(posts, '2026-01-01')
  expect(lines[0]).toMatchObject({ left: 0, open: false })
  expect(lines[0]!.width).toBeCloseTo(50, 0)
  expect(lines[1]!.left + lines[1]!.width).toBeCloseTo(100, 5)
  expect(lines[1]!.open).toBe(true)
  expect(ticks.map(({ year }) => year)).toContain(2021)
  expect(ticks.length).toBeLessThanOrEqual(6)
})
