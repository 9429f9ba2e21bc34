import { expect, it } from 'vitest'
import { untilMade } from './thumbnail'

function server(...answers: (number | null)[]) {
  const asked: (string | undefined)[] = []
  const pauses: number[] = []
  const fetcher = (async (_: string, init?: RequestInit) => {
    asked.push(init?.method)
    const status = answers.length > 1 ? answers.shift() : answers[0]
    if (!status) throw new TypeError('Failed to fetch')
    return new Response(null, { status })
  }) as typeof fetch
  return { asked, pauses, fetcher, pause: async (for_ms: number) => void pauses.push(for_ms) }
}

it('is asked for again when too many waited, ever later', async () => {
  const { asked, pauses, fetcher, pause } = server(202, null, 202, 200)
  expect(await untilMade('/a', () => true, fetcher, pause)).toBe(true)
  expect(asked).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD'])
  pauses.forEach((for_ms, at) => {
    expect(for_ms).toBeLessThanOrEqual(2000 * 2 ** at)
    expect(for_ms).toBeGreaterThanOrEqual(400 * 2 ** at)
  })
})

it('is left alone where there is none', async () => {
  const { asked, fetcher, pause } = server(409)
  expect(await untilMade('/a', () => true, fetcher, pause)).toBe(false)
  expect(asked.length).toBe(1)
})

it('is not asked for when nobody looks any more, nor for ever', async () => {
  const gone = server(202)
  expect(await untilMade('/a', () => false, gone.fetcher, gone.pause)).toBe(false)
  expect(gone.asked).toEqual([])
  const { asked, pauses, fetcher, pause } = server(202)
  expect(await untilMade('/a', () => true, fetcher, pause)).toBe(false)
  expect([asked.length, Math.max(...pauses) <= 60_000]).toEqual([10, true])
})
