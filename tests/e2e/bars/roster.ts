// A plenary's roster in the people panel: 600 generated participants come in as the server would tell of them, change
// while one scrolls through all of them, and are searched. What it costs is the page's own time on its main thread.
import { closeAll, openPerson } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { crowd } from '../lib/crowd'
import { enter, pause, until } from '../lib/meeting'
import { Server } from '../lib/server'

const PEOPLE = 600
/** Processor time of the page's main thread, which other programs on the machine change least: less than a frame, and an
 * answer that is there before one looks. */
const BARS = { frame_cpu_ms: 12, search_cpu_ms: 50 }
const FRAMES = 240

/** Runs in the page: scrolls to the end and back, four deltas a second coming in. */
async function scroll(frames: number): Promise<{ rows: number; frame_p50_ms: number; frame_p95_ms: number }> {
  const page = window as unknown as { yishiDelta: (rev: number, changed: number) => void }
  const list = document.querySelector<HTMLElement>('.people .list')!
  const frame = () => new Promise<number>((done) => requestAnimationFrame(done))
  const rows = list.querySelectorAll('li').length
  const spans: number[] = []
  let rev = 0
  const deltas = setInterval(() => page.yishiDelta(rev++, 50), 250)
  const span = list.scrollHeight - list.clientHeight
  let before = await frame()
  for (let step = 1; step <= frames; step++) {
    list.scrollTop = span * (step <= frames / 2 ? (2 * step) / frames : 2 - (2 * step) / frames)
    const now = await frame()
    spans.push(now - before)
    before = now
  }
  clearInterval(deltas)
  spans.sort((a, b) => a - b)
  const at = (share: number) => Math.round(spans[Math.floor((spans.length - 1) * share)]! * 10) / 10
  return { rows, frame_p50_ms: at(0.5), frame_p95_ms: at(0.95) }
}

/** Runs in the page: one key, until what it found is drawn. */
async function search(text: string): Promise<{ search_ms: number; found: number }> {
  const begun = performance.now()
  const box = document.querySelector<HTMLInputElement>('.people input[type=search]')!
  box.value = text
  box.dispatchEvent(new Event('input', { bubbles: true }))
  await new Promise((done) => requestAnimationFrame(done))
  await new Promise((done) => setTimeout(done))
  const search_ms = Math.round((performance.now() - begun) * 10) / 10
  const names = [...document.querySelectorAll('.people .list .name')].map((one) => one.textContent ?? '')
  return { search_ms, found: names.every((name) => name.includes(text)) ? names.length : 0 }
}

const server = new Server(8080)
let figures: Record<string, number> = {}
let problem = ''
try {
  await server.start()
  const demo = server.demo()
  const person = await openPerson({ kind: 'chromium', look: LOOKS[0]!, viewport: { width: 1440, height: 900 } })
  await enter(person, demo.host)
  await until('the page is in the meeting', () => person.page.evaluate(() => document.querySelector('[data-control=people]') !== null), 40000)
  await pause(3000)
  await person.page.evaluate(crowd, PEOPLE)
  await pause(1500)
  const open_ms = await person.page.evaluate(async () => {
    const begun = performance.now()
    document.querySelector<HTMLElement>('[data-control=people]')!.click()
    await new Promise((done) => requestAnimationFrame(done))
    await new Promise((done) => setTimeout(done))
    return Math.round(performance.now() - begun)
  })
  await until('the list is there', () => person.page.evaluate(() => document.querySelectorAll('.people .list li').length > 5))
  const devtools = await person.page.createCDPSession()
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const cpu_ms = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN)
  }
  const begun = await cpu_ms()
  const scrolled = await person.page.evaluate(scroll, FRAMES)
  const between = await cpu_ms()
  const searched = await person.page.evaluate(search, '王')
  const cpu = { frame_cpu_ms: (between - begun) / FRAMES, search_cpu_ms: (await cpu_ms()) - between }
  figures = { open_ms, ...scrolled, ...searched, ...cpu }
  for (const name of Object.keys(cpu)) figures[name] = Math.round(figures[name]! * 10) / 10
  if (process.argv[2]) await person.page.screenshot({ path: `${process.argv[2]}.png` as `${string}.png` })
  if (person.errors.length > 0) problem = person.errors.join(' | ')
} catch (error) {
  problem = String(error)
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
const ok = !problem && figures.frame_cpu_ms! <= BARS.frame_cpu_ms && figures.search_cpu_ms! <= BARS.search_cpu_ms && figures.found! > 0
console.log(JSON.stringify({ bar: 'roster', people: PEOPLE, ...figures, bars: BARS, ...(problem ? { problem } : {}) }))
process.exit(ok ? 0 : 1)
