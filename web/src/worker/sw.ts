// The service worker: it makes the application installable, keeps the assets of the build, says so when the server
// cannot be reached, and shows what is pushed. It answers nothing else, so what people see is never older than the server's.
import { OFFLINE_PAGE, OFFLINE_PARTS, PUSHED_TO, pushTitle, stale, wayOf } from './kept'
import { lead, type Page } from './touched'

/** The assets of this build (build/service-worker.ts): another build is another worker. */
declare const BUILT_ASSETS: readonly string[]

interface LifeEvent extends Event {
  waitUntil(done: Promise<unknown>): void
}
interface RequestEvent extends LifeEvent {
  readonly request: Request
  readonly preloadResponse?: Promise<Response | undefined>
  respondWith(answer: Promise<Response>): void
}
interface PushedEvent extends LifeEvent {
  readonly data: { text(): string } | null
}
interface TouchEvent extends LifeEvent {
  readonly notification: { close(): void }
}
interface Worker {
  readonly location: { origin: string }
  readonly registration: {
    navigationPreload?: { enable(): Promise<void> }
    showNotification(title: string, options: { tag: string; renotify: boolean; icon: string }): Promise<void>
  }
  readonly clients: {
    matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<readonly Page[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', act: (event: LifeEvent) => void): void
  addEventListener(type: 'fetch', act: (event: RequestEvent) => void): void
  addEventListener(type: 'push', act: (event: PushedEvent) => void): void
  addEventListener(type: 'notificationclick', act: (event: TouchEvent) => void): void
}
const worker = globalThis as unknown as Worker

const ASSETS = 'yishi-assets'
const OFFLINE = 'yishi-offline'
/** Where the list of the assets of the build before is kept, among them. */
const LIST = '/assets/.list'

async function install(): Promise<void> {
  const cache = await caches.open(OFFLINE)
  await cache.addAll(OFFLINE_PARTS.map((path) => new Request(path, { cache: 'reload' })))
  // It serves the pages of the worker before at once: `activate` keeps the assets of that build for them.
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  await worker.registration.navigationPreload?.enable()
  const cache = await caches.open(ASSETS)
  const before = await cache.match(LIST).then((list) => (list ? (list.json() as Promise<string[]>) : []))
  const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname)
  const gone = stale(kept.filter((path) => path !== LIST), BUILT_ASSETS, before)
  await Promise.all(gone.map((path) => cache.delete(path)))
  await cache.put(LIST, new Response(JSON.stringify(BUILT_ASSETS)))
}

async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(ASSETS)
  const kept = await cache.match(request.url, { ignoreVary: true })
  if (kept) return kept
  const answer = await fetch(request)
  // Where there is no space it comes from the server again.
  if (answer.ok) await cache.put(request.url, answer.clone()).catch(() => undefined)
  return answer
}

async function offline(path: string, failed: unknown): Promise<Response> {
  const kept = await caches.match(path)
  if (!kept) throw failed
  return kept
}

async function page(event: RequestEvent): Promise<Response> {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch (failed) {
    return offline(OFFLINE_PAGE, failed)
  }
}

const windows = () => worker.clients.matchAll({ type: 'window', includeUncontrolled: true })

/** Each push takes the place of the one before: the messages themselves are in the inbox. */
async function pushed(event: PushedEvent): Promise<void> {
  const title = pushTitle(event.data?.text() ?? '')
  await worker.registration.showNotification(title, { tag: 'yishi', renotify: true, icon: '/icon-192.png' })
  for (const window of await windows()) window.postMessage({ type: 'pushed' })
}

async function touched(event: TouchEvent): Promise<void> {
  event.notification.close()
  await lead(await windows(), PUSHED_TO, (url) => worker.clients.openWindow(url))
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('push', (event) => event.waitUntil(pushed(event)))
worker.addEventListener('notificationclick', (event) => event.waitUntil(touched(event)))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const way = wayOf(request, worker.location.origin)
  if (way === 'asset') event.respondWith(asset(request))
  else if (way === 'page') event.respondWith(page(event))
  else if (way === 'offline') {
    event.respondWith(fetch(request).catch((failed) => offline(new URL(request.url).pathname, failed)))
  }
})
