import { expect, it } from 'vitest'
import type { Participant, RosterPage } from './protocol'
import { Roster } from './roster'

function person(pid: string, more: Partial<Participant> = {}): Participant {
  return {
    pid,
    person: `p-${pid}`,
    name: pid,
    capacity: 'attend',
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

it('is fetched again after a delta that left people out', () => {
  const roster = new Roster()
  roster.begin(page(['a', 'b'], null), person('a'))
  roster.apply(delta({ partial: true, total: 3 }))
  expect(roster.stale).toBe(true)
  roster.refresh()
  expect(roster.cursor).toBe('')
  expect([...roster.items.keys()]).toEqual(['a', 'b'])
  roster.apply(delta({ joined: [person('d')] }))
  roster.add(page(['a', 'c'], null, 3))
  expect(roster.stale).toBe(false)
  expect([...roster.items.keys()].sort()).toEqual(['a', 'c', 'd'])
})
