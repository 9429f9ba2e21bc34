// The browser's subscription against the server's list, both of them fakes.
import { beforeEach, expect, it, vi } from 'vitest'
import { useSession } from '@/composables/useSession'
import type { Inbox } from '@/domain/inbox/gen'
import type { Session } from '@/sdk/api.gen'
import type { PushDevice } from './gen'
import { dropDevice, pushOff, pushOn, subscribeAgain, subscription } from './push'

const KEPT = 'yishi.push.of'
const KEY = 'BAAA'
const INBOX = { id: 'me', push_key: KEY, by_push: true } as Inbox

let kept: Map<string, string>
let current: { endpoint: string } | null
let permission: NotificationPermission
let rows: { id: string; endpoint: string }[]
let asked: string[]
/** Refusals of the server: by "METHOD path". */
let refused: Record<string, number>
let subscriptions = 0

const listed = (endpoint: string, id = 'd1') => rows.push({ id, endpoint })
const changes = () => asked.filter((one) => !one.startsWith('GET'))

const manager = {
  getSubscription: async () => current && wrapped(current.endpoint),
  subscribe: async () => wrapped((current ??= { endpoint: `https://push/${++subscriptions}` }).endpoint),
}
const wrapped = (endpoint: string) => ({
  endpoint,
  toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
  unsubscribe: async () => {
    asked.push('unsubscribe')
    current = null
    return true
  },
})

function answer(method: string, path: string, body: { endpoint?: string }): unknown {
  if (path === '/inboxes/me') return method === 'PATCH' ? { ...INBOX, ...body } : INBOX
  if (method === 'GET') return { items: rows, next: null }
  if (path === '/push_devices') listed(body.endpoint!, `d${rows.length + 1}`)
  else rows = rows.filter(({ id }) => path !== `/push_devices/${id}/drop`)
  return {}
}

beforeEach(() => {
  kept = new Map()
  current = null
  permission = 'granted'
  rows = []
  asked = []
  refused = {}
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  })
  const notification = { get permission() { return permission }, requestPermission: async () => permission }
  vi.stubGlobal('Notification', notification)
  vi.stubGlobal('window', { PushManager: true, Notification: notification })
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('navigator', { userAgent: '', maxTouchPoints: 0, serviceWorker: { ready: Promise.resolve({ pushManager: manager }) } })
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string | null }) => {
    const path = url.replace('/api/v1', '').replace(/\?.*/, '')
    asked.push(`${method} ${path}`)
    const status = refused[`${method} ${path}`]
    if (status) return new Response(JSON.stringify({ code: 'no' }), { status })
    return new Response(JSON.stringify(answer(method, path, JSON.parse(body ?? '{}'))), { status: 200 })
  })
  useSession().set({ person: { id: 'me' }, time_zone: 'Asia/Shanghai' } as Session)
})

it('changes nothing at a start that finds all as it was', async () => {
  current = { endpoint: 'https://push/a' }
  kept.set(KEPT, 'me https://push/a')
  listed('https://push/a')
  await subscribeAgain()
  expect([changes(), rows]).toEqual([[], [{ id: 'd1', endpoint: 'https://push/a' }]])
})

it('stays removed when it was removed in another browser', async () => {
  current = { endpoint: 'https://push/a' }
  kept.set(KEPT, 'me https://push/a')
  listed('https://push/b')
  await subscribeAgain()
  expect([changes(), current, kept.size]).toEqual([['unsubscribe'], null, 0])
})

it('registers anew when the subscription has vanished, in the place of the old one', async () => {
  kept.set(KEPT, 'me https://push/old')
  listed('https://push/old')
  await subscribeAgain()
  expect(rows.map(({ endpoint }) => endpoint)).toEqual([current!.endpoint])
  expect(kept.get(KEPT)).toBe(`me ${current!.endpoint}`)
})

it('goes on with what an earlier release kept', async () => {
  current = { endpoint: 'https://push/a' }
  kept.set(KEPT, 'me')
  listed('https://push/a')
  await subscribeAgain()
  expect([changes(), kept.get(KEPT)]).toEqual([[], 'me https://push/a'])
})

it('takes none of somebody else', async () => {
  current = { endpoint: 'https://push/a' }
  kept.set(KEPT, 'other https://push/a')
  await subscribeAgain()
  expect([asked, current, kept.size]).toEqual([['unsubscribe'], null, 0])
})

it('turns pushes on for the browser and for its owner', async () => {
  const now = await pushOn({ ...INBOX, by_push: false })
  expect([now?.by_push, rows.length, await subscription()]).toEqual([true, 1, current!.endpoint])
  expect(changes()).toEqual(['POST /push_devices', 'PATCH /inboxes/me'])
  asked = []
  await pushOn(INBOX)
  expect(changes()).toEqual(['POST /push_devices'])
  permission = 'default'
  expect(await pushOn(INBOX)).toBeNull()
})

it('removes on the server first, and again what is gone there', async () => {
  current = { endpoint: 'https://push/a' }
  kept.set(KEPT, 'me https://push/a')
  const device = { id: 'd1', endpoint: 'https://push/a', version: 1 } as PushDevice
  refused['POST /push_devices/d1/drop'] = 500
  await expect(dropDevice(device)).rejects.toThrow()
  expect(current).not.toBeNull()
  refused['POST /push_devices/d1/drop'] = 404
  await dropDevice(device)
  expect([current, kept.size]).toEqual([null, 0])
})

it('takes none any more after signing out, whether the server answers or not', async () => {
  for (const status of [0, 500]) {
    current = { endpoint: 'https://push/a' }
    kept.set(KEPT, 'me https://push/a')
    rows = [{ id: 'd1', endpoint: 'https://push/a' }]
    asked = []
    if (status) refused['GET /push_devices'] = status
    await pushOff()
    expect([asked[0], rows.length, current, kept.size]).toEqual(['unsubscribe', status ? 1 : 0, null, 0])
  }
})
