import { expect, it } from 'vitest'
import { setTimeZone } from '@/i18n/zone'
import { factsOf, recordingSince } from './live-facts'

const MINUTE = 60_000
const START = Date.UTC(2026, 4, 20, 6)

const meeting = {
  id: 'm',
  state: 'live' as const,
  counts: { expected: 107, here: 94, came: null, attended: null },
  host: { id: 'h', name: '顾明谦' },
  planned_start: START,
  planned_end: START + 120 * MINUTE,
  auto_record: true,
}
const around = { now: START + 52 * MINUTE, me: 'x', isStaff: true, recordingSince: START }

it('says who is there, who presides, how the time stands and that it is recorded', () => {
  setTimeZone('Asia/Shanghai')
  const [here, host, time, recording] = factsOf(meeting, around)
  expect([here?.value, here?.text]).toEqual(['94 / 107 人', '还有 13 人未到'])
  expect(host?.value).toBe('顾明谦')
  expect([time?.value, time?.text]).toEqual(['14:00 – 16:00', '距计划结束 1小时08分'])
  expect([recording?.value, recording?.tone]).toEqual(['录制中 52:00', 'good'])
})

it('says in words what is late', () => {
  const [, , over] = factsOf(meeting, { ...around, now: START + 125 * MINUTE })
  expect([over?.text, over?.textTone]).toEqual(['已超过计划 5分', 'attention'])
  const [, , waiting] = factsOf({ ...meeting, state: 'scheduled' }, { ...around, now: START + MINUTE })
  expect(waiting?.text).toBe('已到时间，等待主持人开始')
})

it('does not say that something is recorded when it is not', () => {
  expect(factsOf(meeting, { ...around, recordingSince: null })[3]?.value).toBe('没有在录制')
  expect(recordingSince(null)).toBeNull()
  expect(recordingSince({ state: 'ready', started_at: 1 })).toBeNull()
  expect(recordingSince({ state: 'recording', started_at: 1 })).toBe(1)
})

it('does not say that nothing is recorded when that is not known', () => {
  const [, , , recording] = factsOf(meeting, { ...around, recordingSince: undefined })
  expect(recording).toEqual({ name: '录制', value: '暂不清楚', text: '以会议中的提示为准' })
  expect(factsOf({ ...meeting, state: 'scheduled' }, { ...around, recordingSince: undefined })[3]?.value).toBe('开始时自动录制')
})
