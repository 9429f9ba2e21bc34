import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useConnectionReport } from './useConnectionReport'
import type { Room } from './useRoom'

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

it('promises a kept place no longer than the server keeps it', () => {
  const until = Date.now() + 30_000
  const room = {
    joined: ref(true),
    signal: ref({ kind: 'waiting', attempt: 2, until: 0 }),
    media: ref('interrupted'),
    blocked: ref(false),
    stats: ref(null),
    estimate: ref(null),
    client: { signal: { place: { session: 's', until } } },
  }
  const scope = effectScope()
  const { quality, advice } = scope.run(() => useConnectionReport(room as unknown as Room))!
  expect(quality.value).toBe('lost')
  expect(advice.value).toContain('已为您保留席位')
  vi.advanceTimersByTime(31_000)
  expect(advice.value).not.toContain('席位')
  expect(advice.value).toContain('自动重新进入')
  scope.stop()
})
