import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import type { Page } from '@/model/meta'
import { usePages, type Shown } from './usePages'
import { api } from './useSession'

let scope: EffectScope
let asked: (string | null)[]
let failing: boolean

const server = (total: number) => async (after: string | null) => {
  asked.push(after)
  if (failing) throw new Error('down')
  const from = Number(after ?? 0)
  const items = Array.from({ length: Math.min(2, total - from) }, (_, i) => from + i)
  return { items, next: from + 2 < total ? String(from + 2) : null, total } satisfies Page<number>
}
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  asked = []
  failing = false
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

it('loads page after page', async () => {
  const { items, total, more, next } = scope.run(() => usePages(server(3)))!
  await settle()
  expect([items.value, total.value, next.value]).toEqual([[0, 1], 3, '2'])
  await more()
  expect([items.value, next.value]).toEqual([[0, 1, 2], null])
})

it('asks again when the typing pauses, once', async () => {
  const search = ref('')
  scope.run(() => usePages(server(1), { search }))
  await settle()
  for (const text of ['陈', '陈委', '陈委员']) {
    search.value = text
    await nextTick()
  }
  await vi.advanceTimersByTimeAsync(300)
  expect(asked).toEqual([null, null])
})

it('stops fetching the rest at the first problem', async () => {
  const { problem, rest } = scope.run(() => usePages(server(9)))!
  await settle()
  failing = true
  await rest()
  expect(asked).toEqual([null, '2'])
  expect(problem.value).not.toBe('')
})

it('asks for nothing any more when its page is gone', async () => {
  const { rest } = scope.run(() => usePages(server(9)))!
  await settle()
  const all = rest()
  scope.stop()
  await all
  expect(asked).toEqual([null, '2'])
})

it('puts the first page together with what is shown, in the background, unless something else is asked', async () => {
  const inBackground = vi.spyOn(api, 'inBackground')
  const { items, next, more, renew } = scope.run(() => usePages(server(5)))!
  const together = vi.fn(({ items, next }: Shown<number>, first: Shown<number>) => ({ items: [...first.items, ...items], next }))
  expect(await renew(together)).toBe(false)
  await settle()
  expect([await renew(together), items.value, next.value]).toEqual([true, [0, 1, 0, 1], '2'])
  expect(inBackground).toHaveBeenCalledTimes(1)
  const late = renew(together)
  await more()
  expect([await late, items.value, next.value]).toEqual([false, [0, 1, 0, 1, 2, 3], '4'])
  failing = true
  expect([await renew(together), together.mock.calls.length]).toEqual([false, 1])
})
