// Bad networks before a real Chromium: what somebody there sees and hears of another, and what the other gets of him, at
// 0, 5 and 10 % of loss in both directions; and a downlink that falls to 500 kbit/s and comes back.
import { BadNet } from '../lib/badnet'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { installBusyCamera, LOOKS } from '../lib/camera'
import { enter, pause, until } from '../lib/meeting'
import { Server } from '../lib/server'

const SECONDS = Number(process.argv[2] ?? 30)
const ROWS = [[0, 1, 1], [5, 1, 1], [10, 3, 3]] as const // loss %; bars: sound missing %, frozen seconds a minute
const DELAY_MS = 20
const WIDE_KBPS = 20000
const NARROW_KBPS = 500
const QUEUE_MS = 1000 // what the narrow line holds: more is dropped
const NARROW_S = 20
const BACK_S = 30

interface Stats {
  at: number
  /** Samples: all that were played, and those made up because nothing was there. */
  samples: number
  concealed: number
  frozen_s: number
  freezes: number
  frames: number
  width: number
}

const statsOf = (person: Person): Promise<Stats> =>
  person.page.evaluate(async () => {
    const sum = { at: performance.now(), samples: 0, concealed: 0, frozen_s: 0, freezes: 0, frames: 0, width: 0 }
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
      if (pc.connectionState !== 'connected') continue
      ;(await pc.getStats()).forEach((s: Record<string, unknown>) => {
        if (s.type !== 'inbound-rtp') return
        const number = (name: string): number => Number(s[name] ?? 0)
        if (s.kind === 'audio' && number('packetsReceived') > 0) {
          sum.samples += number('totalSamplesReceived')
          sum.concealed += number('concealedSamples') - number('silentConcealedSamples')
        }
        if (s.kind !== 'video' || number('framesDecoded') === 0) return
        sum.frozen_s += number('totalFreezesDuration')
        sum.freezes += number('freezeCount')
        sum.frames += number('framesDecoded')
        sum.width = Math.max(sum.width, number('frameWidth'))
      })
    }
    return sum
  })

const round = (value: number, places = 2): number => Math.round(value * 10 ** places) / 10 ** places
const between = (a: Stats, b: Stats) => ({
  sound_missing_percent: round((100 * (b.concealed - a.concealed)) / Math.max(1, b.samples - a.samples), 3),
  frozen_s_a_minute: round(((b.frozen_s - a.frozen_s) * 60_000) / (b.at - a.at)),
  freezes: b.freezes - a.freezes,
  frames_per_second: round(((b.frames - a.frames) * 1000) / (b.at - a.at), 1),
  width: b.width,
})

const short: string[] = []
const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}
const figures: Record<string, unknown> = {}
const server = new Server(8080, BadNet.settings)
const net = new BadNet()
try {
  await server.start()
  const demo = server.demo()
  const good = await openPerson({ kind: 'chromium', look: LOOKS[0]!, viewport: { width: 480, height: 320 } })
  await good.page.evaluateOnNewDocument(installBusyCamera, LOOKS[0]!)
  await enter(good, demo.host)
  await until('the first one is in', () => good.page.evaluate(() => document.documentElement.classList.contains('in-meeting')), 40000)
  await pause(1000)
  net.fromNow()
  net.both(`delay=${DELAY_MS}`)
  const bad = await openPerson({ kind: 'chromium', look: LOOKS[1]!, viewport: { width: 1280, height: 720 } })
  await bad.page.evaluateOnNewDocument(() => localStorage.setItem('yishi.view', JSON.stringify({ chosen: 'speaker' })))
  await enter(bad, demo.members[0]!)
  const moves = async (person: Person): Promise<boolean> => {
    const before = (await statsOf(person)).frames
    await pause(500)
    return (await statsOf(person)).frames > before
  }
  for (const person of [good, bad]) await until('each sees the other', () => moves(person), 40000)
  await pause(8000) // the estimate finds what the way carries

  const loss: Record<string, unknown> = {}
  for (const [percent, missing, frozen] of ROWS) {
    net.both(`loss=${percent / 100} delay=${DELAY_MS}`)
    await pause(4000)
    const before = await Promise.all([statsOf(bad), statsOf(good)])
    await pause(SECONDS * 1000)
    const after = await Promise.all([statsOf(bad), statsOf(good)])
    const row = { down: between(before[0]!, after[0]!), up: between(before[1]!, after[1]!) }
    loss[percent] = row
    for (const [way, figure] of Object.entries(row)) {
      judge(figure.sound_missing_percent <= missing, `loss ${percent} % ${way}: sound missing ${figure.sound_missing_percent} %`)
      judge(figure.frames_per_second > 0 && figure.frozen_s_a_minute <= frozen, `loss ${percent} % ${way}: frozen ${figure.frozen_s_a_minute} s a minute`)
    }
  }
  figures.loss = loss

  net.both(`delay=${DELAY_MS}`)
  await until('the picture is large again', async () => (await statsOf(bad)).width >= 1280, 40000)
  const wide = await statsOf(bad)
  const rate = (kbps: number): void => net.down(`rate=${kbps} queue=${QUEUE_MS} delay=${DELAY_MS}`)
  /** Every half second: what was seen and what had waited until then, and how much sound was missing. */
  const watch = async (seconds: number): Promise<{ s: number; width: number; queue_ms: number; missing_ms: number }[]> => {
    const begun = performance.now()
    const seen = []
    let before = (await statsOf(bad)).concealed
    for (let at = 0.5; at <= seconds; at += 0.5) {
      await pause(begun + at * 1000 - performance.now())
      const { width, concealed } = await statsOf(bad)
      seen.push({ s: at, width, queue_ms: await net.queueMs(), missing_ms: Math.round((concealed - before) / 48) })
      before = concealed
    }
    return seen
  }
  rate(WIDE_KBPS)
  await net.queueMs()
  rate(NARROW_KBPS)
  const narrow = await watch(NARROW_S)
  const narrowed = await statsOf(bad)
  rate(WIDE_KBPS)
  const back = await watch(BACK_S)
  const drop = {
    width_before: wide.width, width_narrow: narrow.at(-1)!.width,
    lower_s: narrow.find((seen) => seen.width < wide.width)?.s ?? Infinity,
    back_s: back.find((seen) => seen.width >= wide.width)?.s ?? Infinity,
    queue_first_ms: Math.max(...narrow.slice(0, 4).map((seen) => seen.queue_ms)),
    queue_ms: Math.max(...narrow.slice(4).map((seen) => seen.queue_ms)),
    ...between(wide, narrowed), width: undefined,
    course: narrow.map((seen) => `${seen.width}/${seen.queue_ms}/${seen.missing_ms}`).join(' '),
  }
  figures.drop = drop
  judge(drop.lower_s <= 2, `narrow: a lower layer after ${drop.lower_s} s`)
  judge(drop.back_s <= 15, `narrow: full again after ${drop.back_s} s`)
  judge(drop.sound_missing_percent <= 1, `narrow: sound missing ${drop.sound_missing_percent} %`)
  judge(Math.max(drop.queue_first_ms, drop.queue_ms) <= 300, `narrow: ${drop.queue_first_ms} ms of queue at first, ${drop.queue_ms} ms later`)
  for (const person of [good, bad]) judge(person.errors.length === 0, `console: ${person.errors.join(' | ')}`)
} catch (error) {
  short.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  net.close()
  await server.dispose()
}
for (const problem of short) console.error('short:', problem)
console.log(JSON.stringify({ bar: 'faults-browser', seconds: SECONDS, ...figures, short: short.length }))
process.exit(short.length === 0 ? 0 : 1)
