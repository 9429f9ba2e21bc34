import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import type { ListMeta } from './meta'
import type { Requests } from './client'
import type { Row } from './row'
import { useList, type Address } from './useList'

const meta: ListMeta = { path: '/people', sort: ['name', 'sector'], filter: ['q', 'role'], most: 200 }
const row = (id: string): Row => ({ id, may: [] })

/** A history of addresses, as a browser has it. */
class Window implements Address {
  readonly query = ref<Record<string, unknown>>({})
  private readonly past: { query: Record<string, unknown>; trail: (string | null)[] }[] = []
  private kept: (string | null)[] = []
  trail = () => this.kept
  go(query: Record<string, unknown>, { replace, trail }: { replace: boolean; trail: (string | null)[] }) {
    if (!replace) this.past.push({ query: this.query.value, trail: this.kept })
    this.kept = trail
    this.query.value = query
  }
  back() {
    const last = this.past.pop()!
    this.kept = last.trail
    this.query.value = last.query
  }
  get steps() {
    return this.past.length
  }
}

let scope: EffectScope
let window_: Window
let asked: string[]
let answer: (path: string) => unknown

function open(query: Record<string, unknown> = {}, of: ListMeta = meta) {
  window_ = new Window()
  window_.query.value = query
  const requests: Requests = {
    request: async (_method, path) => {
      asked.push(path)
      return answer(path) as never
    },
  }
  return scope.run(() => useList(of, { address: window_, requests }))!
}
const settled = async () => {
  await nextTick()
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  asked = []
  answer = (path) => (path.includes('after=') ? { items: [row('c')], next: null, total: null } : { items: [row('a'), row('b')], next: 'C2', total: 3 })
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

describe('a list', () => {
  it('asks for what its address says', async () => {
    const list = open({ role: 'staff', sort: '-name' })
    await settled()
    expect(asked).toEqual(['/people?role=staff&sort=-name&limit=50'])
    expect([list.first.value, list.last.value, list.total.value]).toEqual([1, 2, 3])
  })
  it('goes to the next page and back, and knows where it is', async () => {
    const list = open()
    await settled()
    list.forward()
    await settled()
    expect(window_.query.value).toEqual({ after: 'C2', from: '3' })
    expect([list.first.value, list.last.value, list.total.value]).toEqual([3, 3, 3])
    list.back()
    await settled()
    expect(window_.query.value).toEqual({})
    expect(list.rows.value!.map(({ id }) => id)).toEqual(['a', 'b'])
  })
  it('asks for the number of rows where the page does not bring it', async () => {
    const list = open({ after: 'C2', from: '3' })
    await settled()
    await settled()
    expect(asked).toEqual(['/people?after=C2&limit=50', '/people?limit=1'])
    expect(list.total.value).toBe(3)
  })
  it('begins at the first page with another filter, and the back button leads to the list before', async () => {
    const list = open()
    await settled()
    list.forward()
    await settled()
    list.filter('role', 'staff')
    await settled()
    expect(window_.query.value).toEqual({ role: 'staff' })
    window_.back()
    await settled()
    expect(asked.slice(-2)).toEqual(['/people?after=C2&limit=50', '/people?limit=1'])
    expect(list.state.value.filters).toEqual({})
  })
  it('sorts upwards, downwards and as usual again', async () => {
    const list = open()
    await settled()
    for (const expected of [{ sort: 'sector' }, { sort: '-sector' }, { sort: 'sector' }]) {
      list.sortBy('sector')
      await settled()
      expect(window_.query.value).toEqual(expected)
    }
    list.sortBy('name')
    await settled()
    expect(window_.query.value).toEqual({})
    list.sortBy('name')
    await settled()
    expect(window_.query.value).toEqual({ sort: '-name' })
  })
  it('that usually goes downwards goes upwards, and as usual again', async () => {
    const list = open({}, { ...meta, sort: ['-created_at'] })
    await settled()
    list.sortBy('created_at')
    await settled()
    expect(window_.query.value).toEqual({ sort: 'created_at' })
    list.sortBy('created_at')
    await settled()
    expect(window_.query.value).toEqual({})
  })
  it('searches when typing pauses, and is one step of the back button at most', async () => {
    const list = open()
    await settled()
    list.search('王')
    list.search('王小')
    await vi.advanceTimersByTimeAsync(300)
    await settled()
    expect(asked).toHaveLength(2)
    expect(window_.query.value).toEqual({ q: '王小' })
    expect(window_.steps).toBe(0)
  })
  it('shows what was asked last, in whichever order answers come', async () => {
    const waiting: ((page: unknown) => void)[] = []
    answer = () => new Promise((resolve) => waiting.push(resolve))
    const list = open()
    list.filter('role', 'staff')
    await settled()
    waiting[1]!({ items: [row('new')], next: null, total: 1 })
    waiting[0]!({ items: [row('old')], next: null, total: 9 })
    await settled()
    expect(list.rows.value!.map(({ id }) => id)).toEqual(['new'])
    expect(list.total.value).toBe(1)
  })
  it('says what went wrong and keeps what it showed', async () => {
    const list = open()
    await settled()
    answer = () => Promise.reject(new Error('down'))
    list.filter('role', 'staff')
    await settled()
    expect(list.problem.value).toBeInstanceOf(Error)
    expect(list.rows.value).toHaveLength(2)
  })
})
