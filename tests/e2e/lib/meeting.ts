// What a person does and perceives in a meeting, through the page as it is.
import type { Page } from 'puppeteer-core'
import type { Person } from './browsers'
import { LOOKS, type Look, readPicture, type Seen, whose } from './camera'

export interface Connected {
  /** Wall clock of the page, ms: from the welcome to the close of one WebSocket; to is 0 while it is open. */
  from: number
  to: number
}

/**
 * Runs before the page: keeps every RTCPeerConnection and WebSocket, so that a test can ask for statistics, cut the
 * signalling and know from the page's own clock when it was in the meeting.
 */
export function keepConnections(): void {
  const page = window as unknown as { yishiSockets?: WebSocket[]; yishiConnected?: Connected[] }
  if (!page.yishiSockets) {
    const sockets: WebSocket[] = (page.yishiSockets = [])
    const connected: Connected[] = (page.yishiConnected = [])
    const Plain = window.WebSocket
    window.WebSocket = class extends Plain {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        sockets.push(this)
        let time: Connected | undefined
        this.addEventListener('message', (event) => {
          if (!time && typeof event.data === 'string' && event.data.includes('"welcome"')) connected.push((time = { from: Date.now(), to: 0 }))
        })
        this.addEventListener('close', () => {
          if (time) time.to = Date.now()
        })
      }
    }
  }
  const Native = window.RTCPeerConnection
  if (!Native || (window as unknown as { yishiPcs?: RTCPeerConnection[] }).yishiPcs) return
  const kept: RTCPeerConnection[] = []
  ;(window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs = kept
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      kept.push(this)
    }
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export async function until(what: string, done: () => Promise<boolean>, ms = 15000): Promise<void> {
  const end = Date.now() + ms
  while (!(await done().catch(() => false))) {
    if (Date.now() > end) throw new Error(`timed out waiting until ${what}`)
    await pause(100)
  }
}

/** The page has been laid out and painted as it now is, and whatever watches sizes has seen it. */
export const drawn = (page: Page): Promise<void> =>
  page.evaluate(() =>
    new Promise<void>((done) => {
      const frame = (left: number) => (left === 0 ? done() : requestAnimationFrame(() => frame(left - 1)))
      frame(3)
      setTimeout(done, 250) // where nothing is drawn
    }))

/** Nothing is fetched any more, and nothing in the page changes or moves; what never rests is waited for 700 ms in all. */
export async function settled(page: Page): Promise<void> {
  const end = Date.now() + 700
  await page.waitForNetworkIdle({ idleTime: 100, timeout: 700 }).catch(() => undefined)
  await page.evaluate((most: number) =>
    new Promise<void>((done) => {
      const moves = () => document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
      let changed = performance.now()
      const watch = new MutationObserver(() => (changed = performance.now()))
      watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
      const last = changed + most
      const look = () => {
        const now = performance.now()
        if (moves()) changed = now
        if (now < last && now < changed + 100) return void setTimeout(look, 20)
        watch.disconnect()
        done()
      }
      look()
    }), Math.max(100, end - Date.now()))
}

/** The page reads so. */
export const says = (person: Pick<Person, 'page'>, text: string, ms = 15000): Promise<void> =>
  until(`the page says "${text}"`, () => person.page.evaluate((wanted: string) => document.body.innerText.includes(wanted), text), ms)

/** Nothing reaches beyond the window's right edge, nor beyond the room's, which stands fixed in it. */
export async function fits({ page }: Pick<Person, 'page'>): Promise<void> {
  const [width, window_] = await page.evaluate(() => [Math.max(document.documentElement.scrollWidth, document.querySelector('.room')?.scrollWidth ?? 0), innerWidth])
  if (width! > window_!) throw new Error(`${page.url()} is ${width} pixels wide in a window of ${window_}`)
}

/** Each of these controls is wholly in the window, without scrolling. */
export async function inReach({ page }: Pick<Person, 'page'>, controls: string[]): Promise<void> {
  const away = await page.evaluate((names: string[]) => {
    const whole = ({ left, top, right, bottom, width }: DOMRect) => width > 0 && left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1
    return names.filter((name) => ![...document.querySelectorAll(`[data-control="${name}"]`)].some((one) => whole(one.getBoundingClientRect())))
  }, controls)
  if (away.length > 0) throw new Error(`out of reach: ${away.join()}`)
}

/** Presses one of the meeting's controls, by its name. */
export const control = (person: Person, name: string): Promise<void> =>
  until(`there is a control ${name}`, () =>
    person.page.evaluate((wanted: string) => {
      const found = [...document.querySelectorAll<HTMLButtonElement>(`[data-control="${wanted}"]`)].find((e) => e.offsetParent !== null && !e.disabled)
      found?.click()
      return found !== undefined
    }, name))

/** Clicks the first visible, enabled button or link whose words contain the text. */
export async function press(person: Person, text: string, ms = 15000): Promise<void> {
  await until(`there is a button "${text}"`, () =>
    person.page.evaluate((wanted: string) => {
      const all = [...document.querySelectorAll<HTMLElement>('button, a[href], [role=button], [role=menuitem]')]
      const found = all.find((e) => {
        const words = `${e.textContent ?? ''} ${e.getAttribute('aria-label') ?? ''} ${e.title}`
        return words.includes(wanted) && e.offsetParent !== null && !(e as HTMLButtonElement).disabled
      })
      found?.click()
      return found !== undefined
    }, text), ms)
}

/** From the personal link to the meeting: device check (a look at it for so many ms), then 进入会议. */
export async function enter(person: Person, link: string, lookMs = 0): Promise<void> {
  await person.page.evaluateOnNewDocument(keepConnections)
  await person.page.goto(link, { waitUntil: 'domcontentloaded' })
  await pause(lookMs)
  // A window that was in this meeting a moment ago goes straight back to its place.
  // Not by a handle: Firefox's driver forgets those of a page that is just being replaced, and ends the whole run.
  const has = (selector: string): Promise<boolean> => person.page.evaluate((wanted: string) => document.querySelector(wanted) !== null, selector)
  await until('there is the lobby or the room', () => has('[data-control=join], [data-control=leave]'))
  if (await has('[data-control=leave]')) return
  await press(person, '进入会议')
}

export interface Tile extends Seen {
  pid: string
  look: Look | null
}

/** Pictures of others that play now. */
export async function tiles(person: Person): Promise<Tile[]> {
  const seen = (await person.page.evaluate(`(() => {
    const read = ${readPicture.toString()};
    return [...document.querySelectorAll('video[data-slot]:not([data-slot=self])')].map((video) => {
      const picture = read(video);
      return picture && { ...picture, pid: video.dataset.pid ?? '' };
    }).filter(Boolean);
  })()`)) as (Seen & { pid: string })[]
  return seen.map((tile) => ({ ...tile, look: whose(tile.colour) }))
}

/** Waits until the pictures of exactly these others are seen. */
export async function sees(person: Person, others: Look[], ms = 20000): Promise<void> {
  const wanted = others.map((look) => look.name).sort().join()
  let last = ''
  await until(`${person.look.name} (${person.kind}) sees ${wanted}`, async () => {
    last = (await tiles(person)).map((tile) => tile.look?.name ?? `unknown ${tile.colour.join('/')}`).sort().join()
    return last === wanted
  }, ms).catch((error: Error) => {
    throw new Error(`${error.message}; saw: ${last}`)
  })
}

/** As sees, and the pictures move: each counter goes on. */
export async function watches(person: Person, others: Look[], ms = 20000): Promise<void> {
  const end = Date.now() + ms
  for (;;) {
    await sees(person, others, Math.max(1, end - Date.now()))
    const before = await tiles(person)
    await pause(400)
    const after = await tiles(person)
    if (before.every((tile) => after.some((other) => other.look?.name === tile.look?.name && other.counter !== tile.counter))) return
    if (Date.now() > end) throw new Error(`${person.look.name}'s pictures stand still`)
  }
}

interface Inbound {
  track: string
  kind: string
  frames: number
  at: number
}

const inbound = (person: Person): Promise<Inbound[]> =>
  person.page.evaluate(async () => {
    const out: { track: string; kind: string; frames: number; at: number }[] = []
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
      if (pc.connectionState === 'closed') continue
      const report = await pc.getStats()
      report.forEach((s: Record<string, unknown>) => {
        if (s.type === 'inbound-rtp' && s.kind === 'video')
          out.push({ track: String(s.trackIdentifier ?? s.mid ?? s.ssrc), kind: 'video', frames: Number(s.framesDecoded ?? 0), at: Number(s.timestamp) })
      })
    }
    return out
  })

/** Frames per second decoded in each slot that carries a picture, over the time. */
export async function frameRates(person: Person, ms = 4000): Promise<number[]> {
  const first = await inbound(person)
  await pause(ms)
  const second = await inbound(person)
  return second
    .map((now) => {
      const then = first.find((other) => other.track === now.track)
      return then ? ((now.frames - then.frames) * 1000) / (now.at - then.at) : 0
    })
    .filter((rate) => rate > 1)
    .map((rate) => Math.round(rate * 10) / 10)
}

/** Frames that this person's camera has sent, in the layer of which the most were: the recorder takes the largest. */
export const framesSent = (person: Person): Promise<number> =>
  person.page.evaluate(async () => {
    let frames = 0
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
      let most = 0
      const report = await pc.getStats()
      report.forEach((s: Record<string, unknown>) => {
        if (s.type === 'outbound-rtp' && s.kind === 'video') most = Math.max(most, Number(s.framesSent ?? 0))
      })
      frames += most
    }
    return frames
  })

/** Which of the tones are heard in what others send, within the time; no longer than until all of `enough` are. */
export async function hears(person: Person, ms = 4000, enough: Look[] = []): Promise<Look[]> {
  const levels = await person.page.evaluate(
    async (tones: number[], forMs: number, wanted: number[]) => {
      const context = new AudioContext()
      await context.resume()
      const analysers: AnalyserNode[] = []
      for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
        if (pc.connectionState === 'closed') continue
        for (const receiver of pc.getReceivers()) {
          if (receiver.track.kind !== 'audio') continue
          const analyser = context.createAnalyser()
          analyser.fftSize = 4096
          analyser.smoothingTimeConstant = 0
          context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser)
          analysers.push(analyser)
        }
      }
      const best = tones.map(() => 0)
      const end = performance.now() + forMs
      const missing = () => wanted.length === 0 || wanted.some((tone) => best[tones.indexOf(tone)]! < 3)
      while (performance.now() < end && missing()) {
        for (const analyser of analysers) {
          const bins = new Float32Array(analyser.frequencyBinCount)
          analyser.getFloatFrequencyData(bins)
          const width = context.sampleRate / analyser.fftSize
          let top = 0
          for (let i = 1; i < bins.length; i++) if (bins[i]! > bins[top]!) top = i
          tones.forEach((tone, i) => {
            if (bins[top]! > -70 && Math.abs(top * width - tone) < 1.5 * width) best[i] = (best[i] ?? 0) + 1
          })
        }
        await new Promise((done) => setTimeout(done, 40))
      }
      await context.close()
      return best
    },
    LOOKS.map((look) => look.tone),
    ms,
    enough.map((look) => look.tone),
  )
  return LOOKS.filter((_, i) => (levels[i] ?? 0) >= 3)
}

/** User-timing marks of the join, ms since the click; see web/src/sdk/media.ts. */
export const marks = (person: Person): Promise<Record<string, number>> =>
  person.page.evaluate(() => {
    const entries = performance.getEntriesByType('mark').filter((e) => e.name.startsWith('yishi:'))
    const start = entries.find((e) => e.name === 'yishi:join-click')?.startTime ?? 0
    return Object.fromEntries(entries.map((e) => [e.name.slice('yishi:'.length), Math.round(e.startTime - start)]))
  })

/** When this page was in the meeting, by its own clock. */
export const connectedTimes = (person: Person): Promise<Connected[]> =>
  person.page.evaluate(() => (window as unknown as { yishiConnected: Connected[] }).yishiConnected)

/** Cuts the signalling as a network would: the page has to come back by itself. */
export const cutSignalling = (person: Person): Promise<void> =>
  person.page.evaluate(() => {
    for (const socket of (window as unknown as { yishiSockets: WebSocket[] }).yishiSockets) if (socket.readyState === 1) socket.close(4999)
  })

/** Seconds in the union of the times; open ones end now. */
export function unionSeconds(times: Connected[], now = Date.now()): number {
  let end = 0
  let sum = 0
  for (const time of [...times].sort((a, b) => a.from - b.from)) {
    const to = time.to || now
    if (to > end) sum += to - Math.max(time.from, end)
    end = Math.max(end, to)
  }
  return sum / 1000
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return Math.round((sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2)
}
