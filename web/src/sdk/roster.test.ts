import { expect, it } from 'vitest'
import type { Participant, RosterPage } from './protocol'
import { Roster } from './roster'

function person(pid: string, more: Partial<Participant> = {}): Participant {
  return {
    pid,
    person: `p-${pid}`,
    name: pid,
    capacity: 'attend',
    deputy: false,
    kind: 'member',
    device: 'desktop',
    mic: false,
    camera: false,
    screen: false,
    hand: false,
    hand_at: 0,
    away: false,
    joined_at: 0,
    ...more,
  }
}
const page = (pids: string[], next: string | null, total = 9): RosterPage => ({
  items: pids.map((pid) => person(pid)),
  next,
  total,
  rev: 1,
})
const delta = (more: object) => ({ rev: 2, total: 9, joined: [], changed: [], left: [], partial: false, ...more })

it('loads page after page until it is whole', () => {
  const roster = new Roster()
  roster.begin(page(['a', 'b'], 'b'), person('me'))
  expect(roster.complete).toBe(false)
  expect(roster.cursor).toBe('b')
  roster.add(page(['c'], null))
  expect(roster.complete).toBe(true)
  expect(roster.cursor).toBeNull()
  expect([...roster.items.keys()].sort()).toEqual(['a', 'b', 'c', 'me'])
})

it('applies deltas and says who came and went', () => {
  const roster = new Roster()
  roster.begin(page(['a'], null), person('a'))
  const changes: string[] = []
  roster.on('change', ({ joined, left }) =>
    changes.push(`+${joined.map((p) => p.pid)} -${left.map((p) => p.pid)}`),
  )
  roster.apply(delta({ joined: [person('b')], total: 2 }))
  roster.apply(delta({ changed: [person('b', { hand: true })], total: 2 }))
  roster.apply(delta({ left: ['a', 'unknown'], total: 1 }))
  expect(changes).toEqual(['+b -', '+ -', '+ -a'])
  expect(roster.items.get('b')?.hand).toBe(true)
  expect(roster.total).toBe(1)
})

it('drops after a resume whom it does not meet again, but only when the last page is here', () => {
  const roster = new Roster()
  roster.begin(page(['a', 'b', 'c'], null), person('a'))
  const left: string[] = []
  roster.on('change', (change) => left.push(...change.left.map((p) => p.pid)))
  roster.begin(page(['a'], 'a'), person('a'))
  expect(roster.items.has('c')).toBe(true)
  roster.apply(delta({ joined: [person('d')] }))
  roster.add(page(['b'], null))
  expect([...roster.items.keys()].sort()).toEqual(['a', 'b', 'd'])
  expect(left).toEqual(['c'])
})

it('asks only for what it missed after a delta that left people out', () => {
  const roster = new Roster()
  roster.begin({ ...page(['a', 'b'], null), rev: 4 }, person('a'))
  expect(roster.cursor).toBeNull()
  roster.apply(delta({ rev: 5, changed: [person('b')] }))
  roster.apply(delta({ rev: 6, partial: true, left: ['a'], total: 3 }))
  roster.apply(delta({ rev: 7 }))
  expect([roster.cursor, roster.since]).toEqual(['', 5])
  roster.add({ ...page(['c'], 'c', 3), rev: 7 })
  expect([roster.cursor, roster.since, roster.stale]).toEqual(['c', 5, true])
  roster.apply(delta({ rev: 8, total: 3 }))
  roster.add({ ...page(['d'], null, 3), rev: 8 })
  expect([roster.cursor, roster.stale]).toEqual([null, false])
  expect([...roster.items.keys()].sort()).toEqual(['b', 'c', 'd'])
  roster.apply(delta({ rev: 9, partial: true }))
  expect(roster.since).toBe(8)
})

it('goes on from where the asking began when people were left out meanwhile', () => {
  const roster = new Roster()
  roster.begin({ ...page(['a'], null), rev: 1 }, person('a'))
  roster.apply(delta({ rev: 2, partial: true }))
  roster.add({ ...page(['b'], 'b'), rev: 3 })
  roster.apply(delta({ rev: 4, partial: true }))
  roster.add({ ...page(['c'], null), rev: 4 })
  expect([roster.stale, roster.cursor, roster.since]).toEqual([true, '', 3])
})
