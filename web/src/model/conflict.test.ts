import { describe, expect, it } from 'vitest'
import { merge } from './conflict'

const fields = ['name', 'sector', 'roles']

describe('two changes of one record', () => {
  it('of different fields are put together', () => {
    const before = { name: '王', sector: '教育界', roles: ['member'] }
    const merged = merge(fields, before, { ...before, name: '王小' }, { ...before, sector: '科技界' })
    expect(merged).toEqual({ values: { name: '王小', sector: '科技界', roles: ['member'] }, conflicts: [] })
  })
  it('of one field have to be decided', () => {
    const before = { name: '王', sector: '教育界', roles: [] }
    const merged = merge(fields, before, { ...before, sector: '经济界' }, { ...before, sector: '科技界' })
    expect(merged.conflicts).toEqual([{ field: 'sector', mine: '经济界', now: '科技界', before: '教育界' }])
    expect(merged.values['sector']).toBe('经济界')
  })
  it('that agree are no conflict, nor is another order of the same words, nor two ways of nothing', () => {
    const before = { name: '王', sector: '', roles: ['member'] }
    const mine = { name: '李', sector: null, roles: ['staff', 'member'] }
    const now = { name: '李', sector: '', roles: ['member', 'staff'] }
    expect(merge(fields, before, mine, now).conflicts).toEqual([])
  })
})
