// Pushes to this browser: whether it can take them, subscribing, and subscribing again at a start that finds the
// subscription gone. Whose browser it is and what it was registered with stand on it: whoever signs in next takes none of
// somebody else, and a browser that was removed from the list elsewhere stays removed.
import { onScopeDispose } from 'vue'
import { api, useSession } from '@/composables/useSession'
import { client } from '@/model/client'
import { ApiError } from '@/sdk/api'
import { inbox as inboxMeta, type Inbox, type InboxTypes } from '@/domain/inbox/gen'
import { push_device as meta, type PushDevice, type PushDeviceCreate, type PushDeviceTypes } from './gen'

const devices = client<PushDeviceTypes>(meta, api)
const inboxes = client<InboxTypes>(inboxMeta, api)
const STORED = 'yishi.push.of'
/** Longer than a worker takes to start; without one `ready` never comes. */
const READY_MS = 8000

/** Why this browser can take none: in words, push.cannot_X. */
export type Cannot = 'insecure' | 'install' | 'browser' | 'denied'

interface Surroundings {
  isSecure: boolean
  hasWorker: boolean
  hasPush: boolean
  permission: NotificationPermission | null
  /** An iPhone or iPad, where only the installed application may. */
  isApple: boolean
  isInstalled: boolean
}

export function cannot({ isSecure, hasWorker, hasPush, permission, isApple, isInstalled }: Surroundings): Cannot | null {
  if (!isSecure) return 'insecure'
  if (isApple && !isInstalled) return 'install'
  if (!hasWorker || !hasPush || permission === null) return 'browser'
  return permission === 'denied' ? 'denied' : null
}

export const surroundings = (): Surroundings => ({
  isSecure: isSecureContext,
  hasWorker: 'serviceWorker' in navigator,
  hasPush: 'PushManager' in window,
  permission: 'Notification' in window ? Notification.permission : null,
  isApple: /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
  isInstalled: matchMedia('(display-mode: standalone)').matches,
})

interface Kept {
  person: string
  /** null: not known, an earlier release kept the person alone. */
  endpoint: string | null
}

function keptOf(): Kept | null {
  try {
    const [person, endpoint] = (localStorage.getItem(STORED) ?? '').split(' ')
    return person ? { person, endpoint: endpoint ?? null } : null
  } catch {
    return null
  }
}

function keep(person: string, endpoint: string): void {
  try {
    localStorage.setItem(STORED, `${person} ${endpoint}`)
  } catch {
    // Private browsing: such a window takes no pushes anyway.
  }
}

function forget(): void {
  try {
    localStorage.removeItem(STORED)
  } catch {
    // Nothing is kept there.
  }
}

async function worker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), READY_MS))
  return Promise.race([navigator.serviceWorker.ready, late])
}

/** The key of the server, in base64url, as the browser wants it. */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const code = atob(key.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = new Uint8Array(code.length)
  for (let at = 0; at < code.length; at++) bytes[at] = code.charCodeAt(at)
  return bytes
}

/** "Chrome, Windows": by what the browser says of itself, so that its owner knows it again in a list. */
export function deviceLabel(agent: string): string {
  const name = (known: readonly (readonly [RegExp, string])[]) => known.find(([found]) => found.test(agent))?.[1]
  const browser = name([[/MicroMessenger/, 'WeChat'], [/Edg/, 'Edge'], [/Firefox|FxiOS/, 'Firefox'], [/Chrome|CriOS/, 'Chrome'], [/Safari/, 'Safari']])
  const system = name([[/iPhone|iPad/, 'iOS'], [/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']])
  return [browser, system].filter(Boolean).join(', ')
}

/** The one that there is with another key takes nothing of this server any more. */
async function subscribed(registration: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: keyBytes(key) }
  try {
    return await registration.pushManager.subscribe(options)
  } catch (error) {
    const old = await registration.pushManager.getSubscription()
    if (!old) throw error
    await old.unsubscribe()
    return registration.pushManager.subscribe(options)
  }
}

async function subscribe(key: string): Promise<PushSubscription> {
  const registration = await worker()
  if (!registration) throw new Error('there is no worker')
  return subscribed(registration, key)
}

async function register(person: string, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON()
  const body = { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'], label: deviceLabel(navigator.userAgent) }
  await devices.create('create', body as PushDeviceCreate)
  keep(person, subscription.endpoint)
}

/** The endpoint of this browser, or null. */
export async function subscription(): Promise<string | null> {
  const registration = keptOf() === null ? null : await worker()
  return (await registration?.pushManager.getSubscription())?.endpoint ?? null
}

/** The inbox as it is then; null: the person did not allow it. Anything else that goes wrong is thrown. The server sends
 * none to a browser whose owner wants none at all (by_push), so that is wanted with it. */
export async function pushOn(inbox: Inbox): Promise<Inbox | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null
  await register(inbox.id, await subscribe(inbox.push_key ?? ''))
  return inbox.by_push ? inbox : { ...inbox, ...(await inboxes.act('edit', inbox, { by_push: true })) }
}

export const myDevices = async (): Promise<PushDevice[]> => (await devices.list('push_devices', {})).items

/** On the server first: when that fails nothing has changed. One that is gone there already is removed. */
export async function dropDevice(device: PushDevice): Promise<void> {
  await devices.act('drop', device, {}).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
  })
  if (device.endpoint === (await subscription())) await unsubscribe()
}

async function unsubscribe(): Promise<void> {
  const registration = await worker()
  forget()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

/** A subscription that is new is registered in the place of the one that vanished; one that was registered and is not
 * listed any more was removed from another browser. */
async function renew(me: string, key: string, before: string | null): Promise<void> {
  const now = await subscribe(key)
  const mine = await myDevices()
  if (mine.some(({ endpoint }) => endpoint === now.endpoint)) return keep(me, now.endpoint)
  if (now.endpoint === before) return unsubscribe()
  const vanished = mine.find(({ endpoint }) => endpoint === before)
  if (vanished) await devices.act('drop', vanished, {}).catch(() => undefined)
  await register(me, now)
}

/** At each start. */
export async function subscribeAgain(): Promise<void> {
  const { session } = useSession()
  const me = session.value?.person.id
  const kept = keptOf()
  if (!me || kept === null || cannot(surroundings()) !== null || Notification.permission !== 'granted') return
  try {
    if (kept.person !== me) return await unsubscribe()
    const { push_key } = await inboxes.one(me)
    if (push_key) await renew(me, push_key, kept.endpoint)
  } catch {
    // The next start tries again; the inbox has everything all the same.
  }
}

/** Before one signs out: what is pushed to this browser is read by whoever sits before it then. Here first, which needs no
 * server; a row that could not be removed there is removed when its push service says that it is gone.
 * isLate: that he has not waited for it, and somebody else may be signed in. */
export async function pushOff(isLate: () => boolean = () => false): Promise<void> {
  const endpoint = await subscription().catch(() => null)
  if (endpoint === null) return
  await unsubscribe().catch(() => undefined)
  const mine = await myDevices().catch(() => [])
  const here = mine.find((one) => one.endpoint === endpoint)
  if (here && !isLate()) await devices.act('drop', here, {}).catch(() => undefined)
}

/** What the worker says; before it leads a page somewhere it asks which one can be led (worker/touched.ts). */
export function followPushes(act: { pushed?: () => void; open?: (path: string) => void }): void {
  if (!('serviceWorker' in navigator)) return
  function said({ data, ports }: MessageEvent) {
    const message = data as { type?: unknown; to?: unknown } | null
    if (message?.type === 'pushed') act.pushed?.()
    if (message?.type === 'opens' && act.open) ports[0]?.postMessage(true)
    if (message?.type === 'open' && typeof message.to === 'string') act.open?.(message.to)
  }
  navigator.serviceWorker.addEventListener('message', said)
  onScopeDispose(() => navigator.serviceWorker.removeEventListener('message', said))
}
