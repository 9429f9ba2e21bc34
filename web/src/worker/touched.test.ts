// Windows of which some can be led somewhere and some, as a meeting's, do not answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ANSWER_MS, lead, type Page } from './touched'

let done: string[]
const openWindow = async (url: string) => void done.push(`new ${url}`)

function page(name: string, { answers = true, focuses = true } = {}): Page {
  return {
    postMessage(message, ports) {
      const { type, to } = message as { type: string; to?: string }
      if (type === 'opens' && answers) ports?.[0]?.postMessage(true)
      if (type === 'open') done.push(`${name} ${to}`)
    },
    async focus() {
      if (!focuses) throw new Error('not allowed')
      done.push(`focus ${name}`)
    },
  }
}

beforeEach(() => {
  done = []
})
afterEach(() => {
  vi.useRealTimers()
})

it('leads the page that answers, not the meeting that is in front', async () => {
  await lead([page('meeting', { answers: false }), page('shell')], '/messages', openWindow)
  expect(done).toEqual(['focus shell', 'shell /messages'])
})

it('opens a window where none is, none answers in time, or the one that does cannot be focused', async () => {
  await lead([], '/messages', openWindow)
  await lead([page('shell', { focuses: false })], '/messages', openWindow)
  expect(done).toEqual(['new /messages', 'new /messages'])
  vi.useFakeTimers()
  const led = lead([page('meeting', { answers: false })], '/messages', openWindow)
  await vi.advanceTimersByTimeAsync(ANSWER_MS - 1)
  expect(done).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  await led
  expect(done).toEqual(['new /messages', 'new /messages', 'new /messages'])
})
