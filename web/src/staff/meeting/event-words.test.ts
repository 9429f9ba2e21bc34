import { expect, it } from 'vitest'
import type { Event as MeetingEvent } from '@/domain/event/gen'
import { eventText, sortOf } from './event-words'

const event = (kind: string, data: Record<string, unknown> = {}, name = '于清和'): MeetingEvent => ({
  seq: 1,
  at: 0,
  kind,
  person: name ? { id: 'p', name } : null,
  data,
  mono_us: 0,
  participant: null,
  may: [],
})

it('says what happened', () => {
  expect(eventText(event('hand', { up: true }))).toBe('举手')
  expect(eventText(event('floor'))).toBe('开始发言')
  expect(eventText(event('floor', {}, ''))).toBe('发言结束')
  expect(eventText(event('left', { reason: 'lost' }))).toBe('网络中断，没有回来')
  expect(eventText(event('recording', { on: false, reason: 'disk' }))).toBe('录制停止：存储空间不足')
  expect(eventText(event('back', { away_ms: 42_000 }))).toBe('重新连上，中断 42秒')
})

it('leaves out what is written for machines, and what it has no words for', () => {
  expect(eventText(event('heard', { on: true }))).toBeNull()
  expect(eventText(event('of a later version'))).toBeNull()
  expect(sortOf(event('speaker'))).toBeNull()
})
