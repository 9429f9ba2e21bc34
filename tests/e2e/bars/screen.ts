// A shared screen before somebody whose way carries 1 Mbit/s: what of it is there, in which size, how smooth, and whether
// the sound suffers; then wide again. The page that is shared scrolls without a pause, so that nothing of it is cheap.
import { BadNet } from '../lib/badnet'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { installScrollingScreen, LOOKS } from '../lib/camera'
import { control, enter, pause, until } from '../lib/meeting'
import { Server } from '../lib/server'

const SECONDS = Number(process.argv[2] ?? 30)
const DELAY_MS = 20
const WIDE_KBPS = 20000
const NARROW_KBPS = 1000
const QUEUE_MS = 1000
const HALF_PX = 960 // the smaller layer's width
const SETTLE_S = 5 // within so long it is there on the narrow way
const BACK_S = 30

interface Stats {
  at: number
  samples: number
  concealed: number
  frames: number
  frozen_s: number
  bytes: number
  width: number
}

/** Of the largest picture that comes: the screen. */
const statsOf = (person: Person): Promise<Stats> =>
  person.page.evaluate(async () => {
    const sum = { at: performance.now(), samples: 0, concealed: 0, frames: 0, frozen_s: 0, bytes: 0, width: 0 }
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
      if (pc.connectionState !== 'connected') continue
      const screens = [...pc.getTransceivers()].slice(-1) // the last slot is the screen's
      const ids = screens.map((line) => line.receiver.track.id)
      ;(await pc.getStats()).forEach((s: Record<string, unknown>) => {
        if (s.type !== 'inbound-rtp') return
        const number = (name: string): number => Number(s[name] ?? 0)
        if (s.kind === 'audio') {
          sum.samples += number('totalSamplesReceived')
          sum.concealed += number('concealedSamples') - number('silentConcealedSamples')
        } else if (ids.includes(String(s.trackIdentifier))) {
          sum.frames += number('framesDecoded')
          sum.frozen_s += number('totalFreezesDuration')
          sum.bytes += number('bytesReceived')
          sum.width = number('frameWidth')
        }
      })
    }
    return sum
  })

const round = (value: number, places = 2): number => Math.round(value * 10 ** places) / 10 ** places
const between = (a: Stats, b: Stats) => ({
  width: b.width,
  frames_per_second: round(((b.frames - a.frames) * 1000) / (b.at - a.at), 1),
  kbps: round(((b.bytes - a.bytes) * 8) / (b.at - a.at), 0),
  frozen_s_a_minute: round(((b.frozen_s - a.frozen_s) * 60_000) / (b.at - a.at)),
  sound_missing_percent: round((100 * (b.concealed - a.concealed)) / Math.max(1, b.samples - a.samples), 3),
})

const short: string[] = []
const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}
const figures: Record<string, unknown> = {}
/** What the sharer's encoder does: for who wonders about a figure. */
const sentBy = (person: Person): Promise<string[]> =>
  person.page.evaluate(async () => {
    const sent: string[] = []
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs)
      (await pc.getStats()).forEach((s: Record<string, unknown>) => {
        if (s.type === 'outbound-rtp' && s.kind === 'video')
          sent.push([s.rid, s.active, s.frameWidth, s.framesPerSecond, s.qualityLimitationReason, s.scalabilityMode, s.targetBitrate].join(' '))
      })
    return sent
  })
const server = new Server(8080, BadNet.settings)
const net = new BadNet()
try {
  await server.start()
  const demo = server.demo()
  const sharer = await openPerson({ kind: 'chromium', look: LOOKS[0]!, viewport: { width: 1280, height: 720 } })
  await sharer.page.evaluateOnNewDocument(installScrollingScreen)
  await enter(sharer, demo.host)
  await until('the first one is in', () => sharer.page.evaluate(() => document.documentElement.classList.contains('in-meeting')), 40000)
  await pause(1000)
  net.fromNow()
  net.down(`rate=${WIDE_KBPS} queue=${QUEUE_MS} delay=${DELAY_MS}`)
  const viewer = await openPerson({ kind: 'chromium', look: LOOKS[1]!, viewport: { width: 1280, height: 720 } })
  await enter(viewer, demo.members[0]!)
  await pause(4000)
  await control(sharer, 'share')
  await until('the screen is there', async () => (await statsOf(viewer)).width > 0, 60000)
  await pause(10000) // the estimate finds what the way carries
  let before = await statsOf(viewer)
  await pause(SECONDS * 500)
  const wide = between(before, await statsOf(viewer))
  figures.wide = wide
  figures.sent = await sentBy(sharer)
  judge(wide.width > HALF_PX, `wide: ${wide.width} pixels wide`)

  net.down(`rate=${NARROW_KBPS} queue=${QUEUE_MS} delay=${DELAY_MS}`)
  await pause(SETTLE_S * 1000)
  await net.queueMs()
  before = await statsOf(viewer)
  await pause(SECONDS * 1000)
  const narrow = { ...between(before, await statsOf(viewer)), queue_ms: await net.queueMs() }
  figures.narrow = narrow
  judge(narrow.frames_per_second >= 1, `narrow: ${narrow.frames_per_second} pictures a second`)
  judge(narrow.width >= HALF_PX, `narrow: ${narrow.width} pixels wide`)
  judge(narrow.sound_missing_percent <= 1, `narrow: sound missing ${narrow.sound_missing_percent} %`)
  judge(narrow.queue_ms <= 500, `narrow: ${narrow.queue_ms} ms of queue`)

  net.down(`rate=${WIDE_KBPS} queue=${QUEUE_MS} delay=${DELAY_MS}`)
  const widened = performance.now()
  await until('it is whole again', async () => (await statsOf(viewer)).width > HALF_PX, BACK_S * 1000)
  figures.back_s = round((performance.now() - widened) / 1000, 1)
  for (const person of [sharer, viewer]) judge(person.errors.length === 0, `console: ${person.errors.join(' | ')}`)
} catch (error) {
  short.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  net.close()
  await server.dispose()
}
for (const problem of short) console.error('short:', problem)
console.log(JSON.stringify({ bar: 'screen', seconds: SECONDS, kbps: NARROW_KBPS, ...figures, short: short.length }))
process.exit(short.length === 0 ? 0 : 1)
