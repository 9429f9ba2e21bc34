import { afterEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { question } from '@/composables/useConfirm'
import { api } from '@/composables/useSession'
import { toast, toasts } from '@/composables/useToasts'
import { absence } from '@/domain/absence/gen'
import { noteForm } from '@/model/unsaved'
import { acting, beginActing, endActing, isOf, pathsOf, resumeActing, takesFiles } from './behalf'
import type { Delegation } from './gen'
import { LOOK_MS, minutesLeft, WARN_MS } from './idle'

// What a window has.
const kept = new Map<string, string>()
const events = new EventTarget()
vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text), removeItem: (key: string) => void kept.delete(key) })
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) vi.stubGlobal(name, events[name].bind(events))

afterEach(() => {
  endActing()
  question.value?.answer(false)
  vi.useRealTimers()
})

it('knows the addresses of a kind of record', () => {
  const paths = pathsOf(absence)
  expect(isOf('/absences', paths)).toBe(true)
  expect(isOf('/absences?limit=5', paths)).toBe(true)
  expect(isOf('/absences/a1/cancel', paths)).toBe(true)
  expect(isOf('/people/p1/absences', paths)).toBe(true)
  expect(isOf('/people/p1/posts', paths)).toBe(false)
  expect(isOf('/session', paths)).toBe(false)
})

it('takes no files for another', () => {
  expect(takesFiles.value).toBe(true)
  acting.value = { person: { id: 'giver', name: '甲' }, until: '2026-01-01', verbs: ['absence.create'], paths: [], by: 'me', idle_min: 30 }
  expect(takesFiles.value).toBe(false)
  endActing()
  expect(takesFiles.value).toBe(true)
})

it('says for whom only where something was given', () => {
  expect(api.behalfOf('/absences')).toBeNull()
  acting.value = { person: { id: 'giver', name: '甲' }, until: '2026-01-01', verbs: ['absence.create'], paths: pathsOf(absence), by: 'me', idle_min: 30 }
  expect(api.behalfOf('/absences')).toBe('giver')
  expect(api.behalfOf('/notices')).toBeNull()
})

const GIVEN = { giver: { id: 'giver', name: '甲' }, ends_on: '2026-01-01', verbs: ['absence.create'], idle_min: 30 } as unknown as Delegation
const MIN_MS = 60_000

it('ends by itself when nothing is done, and says so a while before', async () => {
  vi.useFakeTimers({ now: Date.now() })
  await beginActing(GIVEN)
  await vi.advanceTimersByTimeAsync(20 * MIN_MS)
  dispatchEvent(new Event('keydown'))
  await vi.advanceTimersByTimeAsync(30 * MIN_MS - WARN_MS - LOOK_MS)
  expect([acting.value?.person.id, minutesLeft.value]).toEqual(['giver', null])
  await vi.advanceTimersByTimeAsync(MIN_MS)
  expect([acting.value?.person.id, minutesLeft.value]).toEqual(['giver', 2])
  await vi.advanceTimersByTimeAsync(2 * MIN_MS)
  expect([acting.value, minutesLeft.value]).toEqual([null, null])
})

it('goes on when the page is loaded anew, but not after a longer absence', async () => {
  vi.useFakeTimers({ now: Date.now() })
  await beginActing({ ...GIVEN })
  const by = acting.value!.by
  await vi.advanceTimersByTimeAsync(10 * MIN_MS)
  resumeActing(by)
  expect(acting.value?.person.id).toBe('giver')
  vi.setSystemTime(Date.now() + 31 * MIN_MS)
  resumeActing(by)
  expect(acting.value).toBeNull()
})

it('says that it ended until somebody has read it', async () => {
  vi.useFakeTimers({ now: Date.now() })
  await beginActing(GIVEN)
  await vi.advanceTimersByTimeAsync(50 * MIN_MS)
  expect([acting.value, question.value?.told, question.value?.text.includes('甲')]).toEqual([null, true, true])
  question.value?.answer(true)
  await beginActing(GIVEN)
  api.onBehalfEnded()
  expect([acting.value, question.value?.told]).toEqual([null, true])
})

it('takes nothing over that was begun in another name', async () => {
  const keep = vi.fn(async () => undefined)
  const gone = noteForm({ dirty: ref(true), keep })
  await beginActing(GIVEN)
  expect(keep).toHaveBeenCalledTimes(1)
  toast('已登记', 'good', { label: '撤销', run: () => undefined })
  endActing()
  expect([keep.mock.calls.length, toasts.length]).toEqual([2, 0])
  endActing()
  expect(keep).toHaveBeenCalledTimes(2)
  gone()
})

it.each(['pointerdown', 'keydown', 'visibilitychange', 'pageshow'])('is over when the machine slept for longer: %s', async (sign) => {
  vi.useFakeTimers({ now: Date.now() })
  await beginActing(GIVEN)
  vi.setSystemTime(Date.now() + 29 * MIN_MS)
  dispatchEvent(new Event(sign))
  expect(acting.value?.person.id).toBe('giver')
  vi.setSystemTime(Date.now() + 31 * MIN_MS)
  dispatchEvent(new Event(sign))
  expect(acting.value).toBeNull()
})

it('does not go on with what says no time after which it ends', async () => {
  await beginActing(GIVEN)
  const { idle_min: _, ...before } = acting.value!
  kept.set('yishi.behalf', JSON.stringify(before))
  resumeActing(before.by)
  expect([acting.value, kept.has('yishi.behalf')]).toEqual([null, false])
})
