// Pushes to this browser: whether it can take them, subscribing, and subscribing again at each start, because
// subscriptions vanish. Whose browser it is stands on it, so that whoever signs in next takes none of somebody else.
import { onScopeDispose } from 'vue'
import { api, useSession } from '@/composables/useSession'
import { client } from '@/model/client'
import { inbox as inboxMeta, type InboxTypes } from '@/domain/inbox/gen'
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

function keptOf(): string | null {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null
  }
}

function keepOf(person: string | null): void {
  try {
    if (person === null) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, person)
  } catch {
    // Private browsing: such a window takes no pushes anyway.
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

async function subscribe(key: string): Promise<void> {
  const registration = await worker()
  if (!registration) throw new Error('there is no worker')
  const { endpoint, keys } = (await subscribed(registration, key)).toJSON()
  const body = { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'], label: deviceLabel(navigator.userAgent) }
  await devices.create('create', body as PushDeviceCreate)
}

/** The endpoint of this browser, or null. */
export async function subscription(): Promise<string | null> {
  const registration = keptOf() === null ? null : await worker()
  return (await registration?.pushManager.getSubscription())?.endpoint ?? null
}

/** False: the person did not allow it. Anything else that goes wrong is thrown. */
export async function pushOn(person: string, key: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false
  await subscribe(key)
  keepOf(person)
  return true
}

export const myDevices = async (): Promise<PushDevice[]> => (await devices.list('push_devices', {})).items

export async function dropDevice(device: PushDevice): Promise<void> {
  if (device.endpoint === (await subscription())) await unsubscribe()
  await devices.act('drop', device, {})
}

async function unsubscribe(): Promise<void> {
  const registration = await worker()
  keepOf(null)
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

/** At each start. */
export async function subscribeAgain(): Promise<void> {
  const { session } = useSession()
  const me = session.value?.person.id
  const of = keptOf()
  if (!me || of === null || cannot(surroundings()) !== null || Notification.permission !== 'granted') return
  try {
    if (of !== me) return await unsubscribe()
    const { push_key } = await inboxes.one(me)
    if (push_key) await subscribe(push_key)
  } catch {
    // The next start tries again; the inbox has everything all the same.
  }
}

/** Before one signs out: what is pushed to this browser is read by whoever sits before it then. */
export async function pushOff(): Promise<void> {
  const endpoint = await subscription().catch(() => null)
  if (endpoint === null) return
  const mine = await myDevices().catch(() => [])
  const here = mine.find((one) => one.endpoint === endpoint)
  if (here) await devices.act('drop', here, {}).catch(() => undefined)
  await unsubscribe().catch(() => undefined)
}

/** What the worker says. */
export function followPushes(act: { pushed?: () => void; open?: (path: string) => void }): void {
  if (!('serviceWorker' in navigator)) return
  function said({ data }: MessageEvent) {
    const message = data as { type?: unknown; to?: unknown } | null
    if (message?.type === 'pushed') act.pushed?.()
    if (message?.type === 'open' && typeof message.to === 'string') act.open?.(message.to)
  }
  navigator.serviceWorker.addEventListener('message', said)
  onScopeDispose(() => navigator.serviceWorker.removeEventListener('message', said))
}
