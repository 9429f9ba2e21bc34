import { expect, it } from 'vitest'
import { countsShort, countsText } from './meeting-counts'

const counts = { expected: 107, here: 3, came: 58, attended: 57 }

it('counts who is there only while the meeting is live', () => {
  expect(countsText({ state: 'live', counts })).toBe('实到 3 / 应到 107')
  expect(countsShort({ state: 'live', counts })).toBe('3 / 107')
})

it('shows the confirmed count of one that has ended, never who is still connected', () => {
  expect(countsText({ state: 'ended', counts: { ...counts, here: 0 } })).toContain('57')
  expect(countsShort({ state: 'ended', counts: { ...counts, here: 0 } })).toBe('57 / 107')
})

it('says that nothing is confirmed yet', () => {
  const open = { ...counts, here: 0, attended: null }
  expect(countsText({ state: 'ended', counts: open })).toMatch(/58.*待确认/)
  expect(countsShort({ state: 'ended', counts: open })).toBe('58 / 107')
})

it('has nothing to say about one that was cancelled or is to come', () => {
  expect(countsText({ state: 'scheduled', counts })).toBe('')
  expect(countsText({ state: 'cancelled', counts })).toBe('')
})
