import { expect, it } from 'vitest'
import { ApiError } from '@/sdk/api'
import { inTurn } from './printing'

const tooMany = (after_s: number) => new ApiError(429, 'too_many', '', [], {}, after_s)

it('makes one form after the other, and says of the second that it waits', async () => {
  const order: string[] = []
  let done = () => undefined as void
  const first = inTurn(
    () => new Promise<string>((resolve) => (done = () => resolve('a'))),
    (now) => order.push(`first ${now}`),
  )
  const second = inTurn(
    async () => 'b',
    (now) => order.push(`second ${now}`),
  )
  await Promise.resolve()
  expect(order).toEqual(['first waiting', 'second waiting', 'first making'])
  done()
  expect(await Promise.all([first, second])).toEqual(['a', 'b'])
  expect(order.at(-1)).toBe('second making')
})

it('waits for what is made elsewhere, as long as the server says', async () => {
  const pauses: number[] = []
  const said: string[] = []
  const answers = [tooMany(7), tooMany(0)]
  const made = await inTurn(
    async () => {
      const refused = answers.shift()
      if (refused) throw refused
      return 'made'
    },
    (now) => said.push(now),
    async (for_ms) => pauses.push(for_ms),
  )
  expect([made, pauses]).toEqual(['made', [7000, 5000]])
  expect(said).toEqual(['waiting', 'making', 'waiting', 'making', 'waiting', 'making'])
})

it('gives up after two minutes, and at once what is no matter of turns; the next has its turn all the same', async () => {
  let waited_ms = 0
  const make = () => Promise.reject(tooMany(10))
  await expect(inTurn(make, () => undefined, async (for_ms) => (waited_ms += for_ms))).rejects.toMatchObject({ status: 429 })
  expect(waited_ms).toBe(120_000)
  await expect(inTurn(() => Promise.reject(new ApiError(503, 'paper_template.no_converter', '')), () => undefined)).rejects.toMatchObject({ status: 503 })
  expect(await inTurn(async () => 'made', () => undefined)).toBe('made')
})
