// Signing out against a push service and a server that do not answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { useSession } from '@/composables/useSession'
import { sh } from '@/i18n/shell'
import { deviceDrafts, draftKey, draftsLeft } from '@/model/drafts'
import { noteForm } from '@/model/unsaved'
import type { Session } from '@/sdk/api.gen'
import { PUSH_OFF_MS, useLeave } from './useLeave'

const fakes = vi.hoisted(() => ({
  pushed: [] as string[],
  asked: [] as string[],
  answers: [] as boolean[],
  pushOff: (_isLate: () => boolean): Promise<void> => Promise.resolve(),
}))
vi.mock('vue-router', () => ({ useRouter: () => ({ push: async (to: string) => void fakes.pushed.push(to) }) }))
vi.mock('@/domain/push_device/push', () => ({ pushOff: (isLate: () => boolean) => fakes.pushOff(isLate) }))
vi.mock('@/composables/useConfirm', () => ({
  confirm: async ({ title }: { title: string }) => {
    fakes.asked.push(title)
    return fakes.answers.shift() ?? false
  },
}))

/** Of the requests to end the session, in their order; 0: the server cannot be reached. */
let statuses: number[]
const { session } = useSession()

beforeEach(() => {
  statuses = []
  Object.assign(fakes, { pushed: [], asked: [], answers: [], pushOff: async () => undefined })
  vi.stubGlobal('fetch', async () => {
    const status = statuses.shift() ?? 204
    if (status === 0) throw new TypeError('Failed to fetch')
    return new Response(status === 204 ? null : '{}', { status })
  })
  useSession().set({ person: { id: 'me' }, time_zone: 'Asia/Shanghai' } as Session)
})
afterEach(() => {
  vi.useRealTimers()
})

it('signs out after two seconds though the pushes do not end, and once', async () => {
  vi.useFakeTimers()
  let late = () => false
  fakes.pushOff = (isLate) => {
    late = isLate
    return new Promise(() => undefined)
  }
  const { leave, leaving } = useLeave()
  void leave()
  void leave()
  await vi.advanceTimersByTimeAsync(PUSH_OFF_MS - 1)
  expect([leaving.value, session.value?.person.id, late()]).toEqual([true, 'me', false])
  await vi.advanceTimersByTimeAsync(1)
  expect([leaving.value, session.value, late(), fakes.pushed]).toEqual([false, null, true, ['/login']])
})

it('says that he is still signed in when the server does not confirm it', async () => {
  for (const status of [0, 500]) {
    statuses = [status]
    await useLeave().leave()
    expect([session.value?.person.id, fakes.pushed]).toEqual(['me', []])
  }
  expect(fakes.asked).toEqual([sh('me.still_in'), sh('me.still_in')])
})

it('tries again when asked to, and takes a session that is gone for signed out', async () => {
  statuses = [500, 401]
  fakes.answers = [true]
  const { leave, leaving } = useLeave()
  await leave()
  expect([session.value, fakes.pushed, leaving.value]).toEqual([null, ['/login'], false])
})

it('takes his drafts along, and asks before that; those of others stay', async () => {
  const draft = { values: {}, base: {}, version: null, at: 1 }
  for (const person of ['me', 'other']) await deviceDrafts().put(draftKey(person, 'org.edit', 'o1'), draft)
  await useLeave().leave()
  expect([session.value?.person.id, fakes.asked, await draftsLeft('me')]).toEqual(['me', [sh('me.drafts')], 1])
  fakes.answers = [true]
  await useLeave().leave()
  expect([session.value, fakes.pushed, await draftsLeft('me'), await draftsLeft('other')]).toEqual([null, ['/login'], 0, 1])
})

it('asks also when something was typed that no draft was kept of yet', async () => {
  const dirty = ref(true)
  const gone = noteForm({ dirty, keep: async () => undefined })
  await useLeave().leave()
  expect(fakes.asked).toEqual([sh('me.drafts')])
  gone()
  await useLeave().leave()
  expect(session.value).toBeNull()
})
