import { beforeEach, describe, expect, it } from 'vitest'
import type { SlotContent } from './protocol'
import { SlotTable } from './slots'

const camera = (pid: string): SlotContent => ({ pid, source: 'camera', name: pid, capacity: 'attend' })

let table: SlotTable
beforeEach(() => {
  table = new SlotTable()
  table.setNames({ '2': 'a0', '5': 'v0', '6': 'v1', '14': 's0' })
})

describe('SlotTable', () => {
  it('finds the slot and the mid of a participant', () => {
    table.apply({ v1: camera('anna') }, 10)
    expect(table.slotOf('anna', 'camera')).toMatchObject({ name: 'v1', since: 10, reused: false })
    expect(table.midOf('v1')).toBe('6')
    expect(table.slotOf('anna', 'screen')).toBeNull()
  })

  it('takes contents before names: the answer may come later', () => {
    const early = new SlotTable()
    early.apply({ v0: camera('anna') }, 1)
    expect(early.midOf('v0')).toBeNull()
    early.setNames({ '5': 'v0' })
    expect(early.midOf('v0')).toBe('5')
    expect(early.slotOf('anna', 'camera')?.name).toBe('v0')
  })

  it('says that a slot carried somebody else before', () => {
    table.apply({ v0: camera('anna') }, 1)
    table.apply({ v0: camera('ben') }, 2)
    expect(table.slotOf('ben', 'camera')).toMatchObject({ reused: true, since: 2 })
    expect(table.slotOf('anna', 'camera')).toBeNull()
  })

  it('reports only real changes', () => {
    expect(table.apply({ v0: camera('anna') }, 1)).toEqual(['v0'])
    expect(table.apply({ v0: camera('anna') }, 2)).toEqual([])
    expect(table.slotOf('anna', 'camera')?.since).toBe(1)
    expect(table.apply({ v0: null, v1: null }, 3)).toEqual(['v0'])
    expect(table.all()).toEqual([])
  })

  it('names the slots of a kind', () => expect(table.names('v')).toEqual(['v0', 'v1']))
})
