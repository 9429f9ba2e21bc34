import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it, vi } from 'vitest'
import { Api } from '@/sdk/api'
import { keepServerDate, keepServerTime, serverNow } from './useNow'

const SRC = fileURLToPath(new URL('..', import.meta.url))
const FAST_MS = 600_000

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 30, 3, 0, 0, 400) })
  keepServerTime(Date.now())
  return () => vi.useRealTimers()
})

/** An answer of a server whose clock is behind this machine's. */
function answer(behind_ms: number): Response {
  return new Response('{}', { headers: { Date: new Date(Date.now() - behind_ms).toUTCString() } })
}

it('learns from an answer that the machine is ten minutes fast', async () => {
  const api = new Api(async () => answer(FAST_MS))
  api.onServerTime = keepServerDate
  await api.meeting('m')
  expect(Math.abs(serverNow() - (Date.now() - FAST_MS))).toBeLessThanOrEqual(1000)
  const undo_until = Date.now() - FAST_MS + 60_000
  expect(serverNow() < undo_until).toBe(true)
  vi.advanceTimersByTime(62_000)
  expect(serverNow() < undo_until).toBe(false)
})

it('keeps a time to the millisecond that the second of an answer agrees with', async () => {
  keepServerTime(Date.now() - FAST_MS + 123)
  const api = new Api(async () => answer(FAST_MS))
  api.onServerTime = keepServerDate
  await api.meeting('m')
  expect(serverNow()).toBe(Date.now() - FAST_MS + 123)
})

it('does not take the way of a slow answer for a difference of the clocks', () => {
  const second = Math.floor(Date.now() / 1000) * 1000
  keepServerDate(second - 9000, 9000)
  expect(serverNow()).toBe(Date.now())
  keepServerDate(second - 9000, 20)
  expect(serverNow()).toBeLessThanOrEqual(second - 8000 + 20)
})

it('ignores an answer without a date', async () => {
  const api = new Api(async () => new Response('{}'))
  api.onServerTime = keepServerDate
  await api.meeting('m')
  expect(serverNow()).toBe(Date.now())
})

it('is the only clock of the pages and of the words for times', () => {
  const files = ['staff', 'pages', 'recordings', 'components', 'domain', 'model', 'i18n'].flatMap((folder) =>
    readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  const own = files.filter((file) => /\.(ts|vue)$/.test(file) && !file.includes('.test.') && readFileSync(join(SRC, file), 'utf8').includes('Date.now('))
  expect(own).toEqual([])
})
