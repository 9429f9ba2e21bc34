import { expect, it } from 'vitest'
import { setTimeZone } from '@/i18n/zone'
import type { Session } from '@/sdk/api.gen'
import { bucketOf, byDue, isUnconfirmed, loadTodos, type Todo } from './todos'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 4, 20, 4) // 12:00 in Shanghai

const todo = (key: string, due: number | null): Todo => ({
  key,
  due,
  to: '/',
  title: () => key,
  why: () => '',
  act: () => '',
})
const staff = { person: { roles: ['staff'] } } as unknown as Session

it('tells by the days of the server’s zone how soon something is due', () => {
  setTimeZone('Asia/Shanghai')
  expect(bucketOf({ due: NOON - 1 }, NOON)).toBe('overdue')
  expect(bucketOf({ due: NOON + 11 * HOUR }, NOON)).toBe('today')
  expect(bucketOf({ due: NOON + 13 * HOUR }, NOON)).toBe('week')
  expect(bucketOf({ due: NOON + 9 * 24 * HOUR }, NOON)).toBe('later')
  expect(bucketOf({ due: null }, NOON)).toBe('later')
})

it('puts first what is due first, and last what never is', () => {
  expect([{ due: null }, { due: 3 }, { due: 1 }].sort(byDue)).toEqual([{ due: 1 }, { due: 3 }, { due: null }])
})

it('shows what there is, and says that something is missing', async () => {
  const sources = [
    { load: async () => [todo('b', 2), todo('a', 1)] },
    { load: () => Promise.reject(new Error('down')) },
    { who: ['member' as const], load: async () => [todo('not mine', 0)] },
  ]
  const { items, partly } = await loadTodos(staff, sources)
  expect(items.map(({ key }) => key)).toEqual(['a', 'b'])
  expect(partly).toBe(true)
})

it('asks for a confirmation only where somebody came and nobody was confirmed', () => {
  const counts = { expected: 5, here: 0, came: 3, attended: null }
  expect(isUnconfirmed({ state: 'ended', counts })).toBe(true)
  expect(isUnconfirmed({ state: 'ended', counts: { ...counts, came: 0 } })).toBe(false)
  expect(isUnconfirmed({ state: 'ended', counts: { ...counts, attended: 2 } })).toBe(false)
  expect(isUnconfirmed({ state: 'live', counts })).toBe(false)
})
