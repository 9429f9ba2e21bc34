import { expect, it } from 'vitest'
import { setTimeZone } from '@/i18n/zone'
import { stateLine, tabsOf } from './record'

const HOUR = 3_600_000
const START = Date.UTC(2026, 4, 20, 6)
const meeting = {
  id: 'm',
  state: 'scheduled' as const,
  counts: { expected: 107, here: 0, came: null, attended: null },
  planned_start: START,
  planned_end: START + 2 * HOUR,
  opened_at: null,
  ended_at: null,
  recordings: 0,
}
const ended = {
  ...meeting,
  state: 'ended' as const,
  opened_at: START,
  ended_at: START + 2 * HOUR,
  counts: { expected: 107, here: 0, came: 97, attended: null },
}

it('says what is next, and that it is late', () => {
  setTimeZone('Asia/Shanghai')
  expect(stateLine(meeting, START - HOUR)).toMatchObject({ word: '未开始', isLate: false, next: '1小时00分后由主持人开始' })
  expect(stateLine(meeting, START + HOUR).isLate).toBe(true)
  const live = { ...meeting, state: 'live' as const, opened_at: START }
  expect(stateLine(live, START + HOUR)).toMatchObject({ tone: 'good', isLate: false, next: '还有 1小时00分按计划结束' })
  expect(stateLine(live, START + 3 * HOUR).isLate).toBe(true)
})

it('asks for a confirmation until there is one', () => {
  expect(stateLine(ended, START + 4 * HOUR)).toMatchObject({ word: '待确认出席', since: '自 2026/05/20 16:00，已 2小时00分' })
  const counts = { ...ended.counts, attended: 88 }
  expect(stateLine({ ...ended, counts }, START + 4 * HOUR).next).toBe('已确认 88 人出席')
})

it('has no tab for what there is not yet', () => {
  const names = (of: Parameters<typeof tabsOf>[0]) => tabsOf(of).map(({ name }) => name)
  expect(names(meeting)).toEqual(['overview', 'people'])
  expect(names({ ...ended, recordings: 1 })).toEqual(['overview', 'people', 'live', 'recordings', 'attendance'])
  expect(names({ ...meeting, state: 'cancelled' })).toEqual(['overview', 'people'])
})
