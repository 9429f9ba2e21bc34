// Simulcast in Chromium and in Firefox: which layer somebody gets who shows a picture large, middling, small or not at all,
// how soon it changes, whether the picture stood meanwhile, and that the camera encodes no layer that nobody takes.
import { closeAll, type Kind, openPerson, type Person } from '../lib/browsers'
import { installBusyCamera, LOOKS } from '../lib/camera'
import { enter, pause, until } from '../lib/meeting'
import { Server } from '../lib/server'
import { choose } from '../network'

/** A change down or up, from the wish to the first picture in the other size; a picture that stands while it changes. */
const BARS = { change_ms: 2000, frozen_ms: 500 }
/** The server lets a layer rest 2.5 s after the last who took it (LAYER_UNWANTED_US). */
const REST_MS = 5000

interface Sent {
  rid: string
  frames: number
  width: number
}

const sent = (person: Person): Promise<Sent[]> =>
  person.page.evaluate(async () => {
    const all: Sent[] = []
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs)
      if (pc.connectionState === 'connected')
        (await pc.getStats()).forEach((s: Record<string, unknown>) => {
          if (s.type === 'outbound-rtp' && s.kind === 'video' && s.rid) all.push({ rid: String(s.rid), frames: Number(s.framesEncoded ?? 0), width: Number(s.frameWidth ?? 0) })
        })
    return all
  })

/** Layers that are encoded at the moment. */
async function encoded(person: Person): Promise<string> {
  const before = await sent(person)
  await pause(2000)
  return (await sent(person)).filter((now) => now.frames > (before.find((then) => then.rid === now.rid)?.frames ?? 0)).map((now) => now.rid).sort().join()
}

/** Runs in the viewer's page: each picture that is shown of others, when and how wide. */
function watchFrames(): void {
  const page = window as unknown as { yishiFrames?: { at: number; width: number }[] }
  const frames: { at: number; width: number }[] = (page.yishiFrames = [])
  const follow = (video: HTMLVideoElement): void => {
    video.requestVideoFrameCallback((at, { width }) => {
      frames.push({ at, width })
      follow(video)
    })
  }
  const seen = new WeakSet<HTMLVideoElement>()
  setInterval(() => {
    for (const video of document.querySelectorAll<HTMLVideoElement>('video[data-slot]:not([data-slot=self])'))
      if (!seen.has(video)) {
        seen.add(video)
        follow(video)
      }
  }, 50)
}

const clock = (person: Person): Promise<number> => person.page.evaluate(() => performance.now())
const frames = (person: Person, since: number): Promise<{ at: number; width: number }[]> =>
  person.page.evaluate((from) => (window as unknown as { yishiFrames: { at: number; width: number }[] }).yishiFrames.filter(({ at }) => at >= from), since)

const round = Math.round
const short: string[] = []
const figures: Record<string, Record<string, unknown>> = {}
const server = new Server(8080)

async function measure(kind: Kind, link: string, viewer: Person): Promise<void> {
  const publisher = await openPerson({ kind, look: LOOKS[0]!, viewport: { width: 480, height: 320 } })
  await publisher.page.evaluateOnNewDocument(installBusyCamera, LOOKS[0]!)
  await enter(publisher, link)
  await until(`${kind}'s picture is large`, async () => (await frames(viewer, (await clock(viewer)) - 500)).some(({ width }) => width >= 1280), 40000)
  await pause(3000)
  const steps: [name: string, act: () => Promise<unknown>, is: (width: number) => boolean, layers: string][] = [
    ['small', () => choose(viewer, 'saver'), (width) => width <= 320, 'l'],
    ['large', () => choose(viewer, 'auto'), (width) => width >= 1280, 'h'],
    ['medium', () => viewer.page.setViewport({ width: 800, height: 600 }), (width) => width > 320 && width <= 640, 'm'],
    ['large again', () => viewer.page.setViewport({ width: 1440, height: 900 }), (width) => width >= 1280, 'h'],
  ]
  const found: Record<string, unknown> = (figures[kind] = {})
  for (const [name, act, is, layers] of steps) {
    const begun = await clock(viewer)
    await act()
    await until(`${kind}'s picture is ${name}`, async () => (await frames(viewer, begun)).some(({ width }) => is(width)), 15000)
    await pause(REST_MS)
    const since = await frames(viewer, begun)
    const change_ms = round(since.find(({ width }) => is(width))!.at - begun)
    const frozen_ms = round(Math.max(...since.slice(1).map(({ at }, i) => at - since[i]!.at)))
    const now = await encoded(publisher)
    found[name] = { change_ms, frozen_ms, encoded: now }
    if (change_ms > BARS.change_ms) short.push(`${kind} ${name}: after ${change_ms} ms`)
    if (frozen_ms > BARS.frozen_ms) short.push(`${kind} ${name}: a picture stood for ${frozen_ms} ms`)
    if (now !== layers) short.push(`${kind} ${name}: encodes ${now || 'nothing'}`)
  }
  await choose(viewer, 'audio')
  await pause(REST_MS)
  const nothing = await encoded(publisher)
  if (nothing) short.push(`${kind}: encodes ${nothing} for nobody`)
  const begun = await clock(viewer)
  await choose(viewer, 'auto')
  await until(`${kind}'s picture is back`, async () => (await frames(viewer, begun)).length > 0, 15000)
  const back_ms = round((await frames(viewer, begun))[0]!.at - begun)
  found.none = { encoded: nothing, back_ms }
  if (back_ms > BARS.change_ms) short.push(`${kind}: a picture is back after ${back_ms} ms`)
  if (publisher.errors.length > 0) short.push(`${kind}'s console: ${publisher.errors.join(' | ')}`)
  await publisher.close()
}

try {
  await server.start()
  const demo = server.demo()
  const viewer = await openPerson({ kind: 'chromium', look: LOOKS[1]!, camera: 'soft', viewport: { width: 1440, height: 900 } })
  await viewer.page.evaluateOnNewDocument(watchFrames)
  await viewer.page.evaluateOnNewDocument(() => localStorage.setItem('yishi.view', JSON.stringify({ chosen: 'speaker' })))
  await enter(viewer, demo.host)
  await until('the viewer is in', () => viewer.page.evaluate(() => document.querySelector('[data-control=people]') !== null), 40000)
  for (const [i, kind] of (['chromium', 'firefox'] as const).entries()) await measure(kind, demo.members[i]!, viewer)
  if (viewer.errors.length > 0) short.push(`console: ${viewer.errors.join(' | ')}`)
} catch (error) {
  short.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of short) console.error('short:', problem)
console.log(JSON.stringify({ bar: 'simulcast', ...figures, bars: BARS, short: short.length }))
process.exit(short.length === 0 ? 0 : 1)
