import { expect, it } from 'vitest'
import type { Participant } from '@/sdk/protocol'
import { handsInOrder, nextOrder, peopleInOrder } from './order'

const people = (list: [pid: string, camera?: boolean, capacity?: 'host' | 'attend', joined?: number][]) =>
  new Map(
    list.map(([pid, camera = true, capacity = 'attend', joined_at = 0]) => [
      pid,
      { pid, camera, capacity, joined_at },
    ]),
  )

it('begins with hosts, then cameras, then who came first', () => {
  const order = nextOrder(
    [],
    people([
      ['d', false],
      ['b', true, 'attend', 2],
      ['a', true, 'attend', 1],
      ['h', false, 'host'],
    ]),
    9,
  )
  expect(order).toEqual(['h', 'a', 'b', 'd'])
})

it('puts whoever comes at the end, host or not', () => {
  expect(nextOrder(['a', 'b'], people([['a'], ['b'], ['h', true, 'host']]), 9)).toEqual(['a', 'b', 'h'])
})

it('fills a gap with the last one and moves nobody else', () => {
  expect(nextOrder(['a', 'b', 'c', 'd'], people([['a'], ['c'], ['d']]), 9)).toEqual(['a', 'd', 'c'])
  expect(nextOrder(['a', 'b', 'c', 'd'], people([['a'], ['b']]), 9)).toEqual(['a', 'b'])
  expect(nextOrder(['a', 'b', 'c'], people([['c']]), 9)).toEqual(['c'])
})

it('does not move somebody on the first page who switches the camera on', () => {
  expect(
    nextOrder(
      ['a', 'b', 'c'],
      people([
        ['a', false],
        ['b', false],
        ['c', true],
      ]),
      9,
    ),
  ).toEqual(['a', 'b', 'c'])
})

it('changes two places when a camera comes on beyond the first page', () => {
  const order = nextOrder(['a', 'b', 'c', 'd'], people([['a'], ['b', false], ['c', false], ['d', true]]), 2)
  expect(order).toEqual(['a', 'd', 'c', 'b'])
})

it('is the same when nothing changed', () => {
  const all = people(Array.from({ length: 600 }, (_, i) => [`p${i}`, i % 3 === 0] as [string, boolean]))
  const order = nextOrder([], all, 9)
  expect(nextOrder(order, all, 9)).toEqual(order)
  expect(new Set(order).size).toBe(600)
})

it('queues raised hands by when they went up, not by when they were noticed', () => {
  const hand = (pid: string, hand_at: number, joined_at = 0) =>
    ({ pid, hand: hand_at > 0, hand_at, joined_at }) as Participant
  const queue = handsInOrder([hand('c', 30), hand('a', 20), hand('none', 0), hand('b', 20, -1)])
  expect(queue.map((p) => p.pid)).toEqual(['b', 'a', 'c'])
})

it('lists oneself, the hosts, then everybody by name as Chinese is sorted', () => {
  const person = (pid: string, name: string, capacity = 'attend') => ({ pid, name, capacity }) as Participant
  const all = [person('1', '张三'), person('2', '李四'), person('3', '王五', 'host'), person('4', '赵六')]
  const names = (list: Participant[]) => list.map(({ name }) => name).join('')
  const first = peopleInOrder(all, '4')
  expect(names(first)).toBe('赵六王五李四张三')
  // Whoever comes, goes or gets another name stands where he belongs; of two of one name the first stays first.
  const twin = person('0', '李四')
  const later = peopleInOrder([twin, person('1', '白三'), ...all.slice(1)], '4', first)
  expect(names(later)).toBe('赵六王五白三李四李四')
  expect(later[3]!.pid).toBe('2')
})

it('compares a name once when the list is in order already', () => {
  const all = Array.from(
    { length: 600 },
    (_, i) => ({ pid: `${(i * 7919) % 600}`, name: `委员${i}`, capacity: 'attend' }) as Participant,
  )
  const first = peopleInOrder(all, '')
  let read = 0
  const watched = all.map((one) => ({
    ...one,
    get name() {
      read++
      return one.name
    },
  }))
  peopleInOrder(watched, '', first)
  expect(read).toBeLessThan(2 * 600)
})
