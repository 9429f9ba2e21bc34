// The inbox against a server whose answers come late, in another order, or not at all.
import { beforeEach, expect, it, vi } from 'vitest'
import { useSession } from '@/composables/useSession'
import type { Inbox } from '@/domain/inbox/gen'
import type { Session } from '@/sdk/api.gen'
import { useNotices } from './useNotices'

const said = vi.hoisted(() => [] as string[])
vi.mock('@/composables/useAnnouncer', () => ({ announce: (text: string) => void said.push(text) }))

/** What was asked, "METHOD path", and how to answer it. */
let asked: { what: string; answer: (body: object, status?: number) => void }[]
const { inbox, newest, problem, load, again, readAll, show, forget } = useNotices()

const settled = () => new Promise((resolve) => setTimeout(resolve))
async function answer(what: string, body: object, status = 200): Promise<void> {
  const at = asked.findIndex((one) => one.what === what)
  expect(at, `${what} was asked`).toBeGreaterThanOrEqual(0)
  asked.splice(at, 1)[0]!.answer(body, status)
  await settled()
}
const unread = (count: number, id = 'me') => ({ id, unread: count, version: 1 }) as Inbox
const signIn = (id: string) => useSession().set({ person: { id }, scope_meeting: null, time_zone: 'Asia/Shanghai' } as Session)

beforeEach(() => {
  asked = []
  said.length = 0
  vi.stubGlobal('fetch', (url: string, { method }: { method: string }) => {
    const what = `${method} ${url.replace('/api/v1', '').replace(/\?.*/, '')}`
    return new Promise((resolve) =>
      asked.push({ what, answer: (body, status) => resolve(new Response(JSON.stringify(body), { status: status ?? 200 })) }),
    )
  })
  forget()
  signIn('me')
})

it('says that more is unread, not at first', async () => {
  void load()
  await answer('GET /inboxes/me', unread(1))
  expect(said).toEqual([])
  void load()
  await answer('GET /inboxes/me', unread(2))
  expect(said).toHaveLength(1)
})

it('drops an answer that a newer one has overtaken', async () => {
  void load()
  void load()
  const [first] = asked.splice(0, 1)
  await answer('GET /inboxes/me', unread(1))
  first!.answer(unread(5))
  await settled()
  expect([inbox.value?.unread, said]).toEqual([1, []])
})

it('drops what was asked for before everything was read or something was shown', async () => {
  show(unread(3))
  void load()
  const [before] = asked.splice(0, 1)
  void readAll()
  await answer('POST /inboxes/me/tick_all', unread(0))
  before!.answer(unread(4))
  await settled()
  expect([inbox.value?.unread, said]).toEqual([0, []])
  void load()
  const [late] = asked.splice(-1, 1)
  show({ ...unread(0), by_push: true } as Inbox)
  late!.answer(unread(4))
  await settled()
  expect([inbox.value?.by_push, inbox.value?.unread]).toEqual([true, 0])
})

it('keeps what was there and says what is wrong, until it can be had again', async () => {
  void again()
  await answer('GET /inboxes/me', {}, 500)
  await answer('GET /notices', {}, 500)
  expect([inbox.value, newest.value, problem.value !== '']).toEqual([null, null, true])
  void again()
  await answer('GET /inboxes/me', unread(2))
  await answer('GET /notices', { items: [], next: null })
  expect([inbox.value?.unread, newest.value, problem.value]).toEqual([2, [], ''])
  void load()
  await answer('GET /inboxes/me', {}, 500)
  expect([inbox.value?.unread, problem.value !== '']).toEqual([2, true])
})

it('shows nobody what came for who was signed in before', async () => {
  void again()
  forget()
  signIn('other')
  await answer('GET /inboxes/me', unread(2))
  await answer('GET /notices', { items: [], next: null })
  expect([inbox.value, newest.value]).toEqual([null, null])
})
