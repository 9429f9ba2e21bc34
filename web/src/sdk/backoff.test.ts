import { expect, it } from 'vitest'
import { backoffDelay } from './backoff'

it('grows, is capped and never is zero', () => {
  const longest = [1, 2, 3, 4, 8, 50].map((attempt) => backoffDelay(attempt, () => 1))
  expect(longest[0]).toBe(400)
  expect(longest).toEqual([...longest].sort((a, b) => a - b))
  expect(longest[5]).toBe(8000)
  expect(backoffDelay(1, () => 0)).toBe(80)
})

it('spreads those who lost the server at the same moment', () => {
  const delays = new Set(Array.from({ length: 50 }, (_, i) => backoffDelay(6, () => i / 50)))
  expect(delays.size).toBe(50)
})
