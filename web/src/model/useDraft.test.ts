// Drafts of forms that no declaration makes.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { question } from '@/composables/useConfirm'
import { api, useSession } from '@/composables/useSession'
import type { Session } from '@/sdk/api.gen'
import { DRAFT_EVERY_MS } from './draft-keeper'
import { draftKey, draftOwner, memoryDrafts, type DraftStore } from './drafts'
import { keepForms } from './unsaved'
import { useDraft } from './useDraft'

interface State {
  title: string
  at: Date
  people: { id: string }[]
}
let scope: EffectScope
let drafts: DraftStore

/** As a page has it: what is written is what the controls have. */
function open(begin: Partial<State> = {}) {
  const state = ref<State>({ title: '会', at: new Date(5), people: [], ...begin })
  const form = scope.run(() =>
    useDraft<State>({
      form: 'meeting.edit',
      about: 'm1',
      path: '/meetings/m1',
      read: () => state.value,
      write: (kept) => (state.value = { ...kept, at: new Date(kept.at) }),
      drafts,
    }),
  )!
  return { state, form }
}
/** The page is left, and opened again. */
async function again(begin: Partial<State> = {}) {
  scope.stop()
  scope = effectScope()
  const now = open(begin)
  await vi.advanceTimersByTimeAsync(0)
  return now
}

beforeEach(() => {
  vi.useFakeTimers()
  const listeners = { addEventListener: () => undefined, removeEventListener: () => undefined }
  for (const [name, stub] of Object.entries(listeners)) vi.stubGlobal(name, stub)
  vi.stubGlobal('document', { ...listeners, visibilityState: 'visible' })
  scope = effectScope()
  drafts = memoryDrafts()
  useSession().set({ person: { id: 'me' }, time_zone: 'Asia/Shanghai' } as Session)
})
afterEach(() => {
  scope.stop()
  api.behalfOf = () => null
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('is kept every few seconds and found again', async () => {
  const { state, form } = open()
  await vi.advanceTimersByTimeAsync(DRAFT_EVERY_MS)
  expect(await drafts.keys('')).toEqual([])
  Object.assign(state.value, { title: '协商会', at: new Date(9), people: [{ id: 'p1' }] })
  expect(form.dirty.value).toBe(true)
  await vi.advanceTimersByTimeAsync(DRAFT_EVERY_MS)
  const { state: now, form: next } = await again()
  expect(now.value).toEqual({ title: '协商会', at: new Date(9), people: [{ id: 'p1' }] })
  expect([next.dirty.value, next.restored.value !== null]).toEqual([true, true])
})

it('takes what others changed meanwhile as it is now', async () => {
  const { state, form } = open()
  Object.assign(state.value, { title: '我的', people: [{ id: 'p1' }] })
  await form.keep()
  const { state: now } = await again({ title: '他的', at: new Date(7) })
  expect(now.value).toEqual({ title: '他的', at: new Date(7), people: [{ id: 'p1' }] })
})

it('is gone when it was sent or given up', async () => {
  const { state, form } = open()
  state.value.title = '一'
  await form.keep()
  await form.sent()
  expect([form.dirty.value, await drafts.keys('')]).toEqual([false, []])
  state.value.title = '二'
  await form.keep()
  await form.discard()
  expect([state.value.title, form.dirty.value, await drafts.keys('')]).toEqual(['一', false, []])
})

it('is asked about before it is closed', async () => {
  const { state, form } = open()
  expect([await form.mayClose(), question.value]).toEqual([true, null])
  state.value.title = '一'
  const answers = [
    [false, false, []],
    [true, true, [draftKey('me', 'meeting.edit', 'm1')]],
    ['more', true, []],
  ] as const
  for (const [answer, may, keys] of answers) {
    const closing = form.mayClose()
    question.value!.answer(answer)
    expect([await closing, await drafts.keys('')]).toEqual([may, keys])
  }
})

it('is of him for whom it was begun, and kept when that ends', async () => {
  api.behalfOf = (path) => (path === '/meetings/m1' ? 'giver' : null)
  const { state } = open()
  state.value.title = '代'
  api.behalfOf = () => null
  await keepForms()
  expect(await drafts.keys('')).toEqual([draftKey(draftOwner('me', 'giver'), 'meeting.edit', 'm1')])
  const { state: own } = await again()
  expect(own.value.title).toBe('会')
})
