import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchWaking, type Waking } from './wake'

let page: EventTarget & { visibilityState: string }
let connection: EventTarget & { type: string }
let heard: Waking[]
let stop: () => void

const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms)
const says = (target: EventTarget, name: string, more: object = {}) =>
  target.dispatchEvent(Object.assign(new Event(name), more))

beforeEach(() => {
  vi.useFakeTimers()
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  connection = Object.assign(new EventTarget(), { type: 'wifi' })
  vi.stubGlobal('window', page)
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { connection })
  heard = []
  stop = watchWaking((how) => heard.push(how))
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('notices that the machine slept', () => {
  vi.advanceTimersByTime(60_000)
  expect(heard).toEqual([])
  sleep(4000) // a busy machine
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual([])
  sleep(5001)
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual(['moved'])
  vi.advanceTimersByTime(60_000)
  expect(heard).toEqual(['moved'])
})

it('takes a clock that was set back for no sleep', () => {
  sleep(-3_600_000)
  vi.advanceTimersByTime(10_000)
  expect(heard).toEqual([])
})

it('does not take seldom timers behind other windows for sleep, until it is looked at', () => {
  page.visibilityState = 'hidden'
  for (let minute = 0; minute < 3; minute++) {
    sleep(59_000)
    vi.advanceTimersByTime(1000)
  }
  expect(heard).toEqual(['seen', 'seen', 'seen'])
  page.visibilityState = 'visible'
  says(page, 'visibilitychange')
  says(page, 'visibilitychange')
  expect(heard.slice(3)).toEqual(['moved', 'seen'])
})

it('hears of networks and of frozen pages', () => {
  says(connection, 'change')
  connection.type = 'cellular'
  says(connection, 'change')
  says(page, 'online')
  says(page, 'resume')
  says(page, 'pageshow')
  says(page, 'pageshow', { persisted: true })
  expect(heard).toEqual(['seen', 'moved', 'moved', 'moved', 'moved'])
})

it('ends', () => {
  stop()
  sleep(60_000)
  vi.advanceTimersByTime(5000)
  says(page, 'online')
  expect(heard).toEqual([])
})
