// The oldest browsers of web/browsers.json join: what the built join path uses is checked against them by the text, and
// a Chromium from which everything newer is taken away joins, is seen and heard, and writes a message.
import { join } from 'node:path'
import { checkBuild } from '../../../web/build/old-browsers'
import { takenAway } from '../../../web/build/script-features'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { enter, hears, sees, until, watches } from '../lib/meeting'
import { Server, TOP } from '../lib/server'

type Away = ReturnType<typeof takenAway>

/** A page of its own without these; what it says. */
async function wordsWithout(person: Person, link: string, take: (page: object) => void, expected: string): Promise<void> {
  const context = await person.browser.createBrowserContext()
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.evaluateOnNewDocument('globalThis.__name = (f) => f')
  await page.evaluateOnNewDocument(take, {})
  await page.goto(link, { waitUntil: 'domcontentloaded' })
  await until(`it says "${expected}"`, () => page.evaluate((wanted: string) => document.body.innerText.includes(wanted), expected), 20000)
  if (errors.length > 0) throw new Error(errors.join(' | '))
  await context.close()
}

/** Runs before the page's own scripts. What the test itself needs in the page stays. */
function takeAway({ globals, members }: Away): void {
  const all = window as unknown as Record<string, { prototype?: object } | undefined>
  let taken = 0
  const remove = (from: object | undefined, name: string) => {
    if (!from || !(name in from)) return
    taken += Number(Reflect.deleteProperty(from, name))
  }
  const find = (type: string): (object & { prototype?: object }) | undefined =>
    type === 'console' ? undefined : (all[type] ?? (Intl as unknown as typeof all)[type])
  for (const { type, name, of } of members) {
    const object = find(type)
    if (of !== 'instance') remove(object, name)
    if (of !== 'type') remove(object?.prototype, name)
    if (type === 'Window') remove(window, name)
  }
  for (const name of globals) remove(window, name)
  ;(window as unknown as { yishiTaken: number }).yishiTaken = taken
}

const checked = checkBuild(join(TOP, 'web', 'dist'))
const problems = [...checked.problems]
const server = new Server(Number(process.env.YISHI_BAR_PORT ?? 8080))
const people: Person[] = []
let taken = 0
let joinedMs = 0
try {
  await server.start()
  const demo = server.demo()
  const old = await openPerson({ kind: 'chromium', look: LOOKS[0]!, viewport: { width: 390, height: 844, isMobile: true, hasTouch: true } })
  const other = await openPerson({ kind: 'chromium', look: LOOKS[1]! })
  people.push(old, other)
  await enter(other, demo.host)
  await old.page.evaluateOnNewDocument(takeAway, takenAway())
  const started = performance.now()
  await enter(old, demo.members[0]!)
  await watches(old, [other.look], 40000)
  joinedMs = Math.round(performance.now() - started)
  await sees(other, [old.look], 20000)
  taken = await old.page.evaluate(() => (window as unknown as { yishiTaken: number }).yishiTaken)
  const still = await old.page.evaluate(() => ['timeout' in AbortSignal, 'findLast' in Array.prototype, 'structuredClone' in window, 'HTMLDialogElement' in window])
  if (still.some(Boolean)) problems.push(`not taken away: ${still.join()}`)
  if (!(await hears(other)).some((look) => look === old.look)) problems.push('the other does not hear it')
  if (!(await hears(old)).some((look) => look === other.look)) problems.push('it does not hear the other')
  await until('there is the chat', () => old.page.evaluate(() => {
    const found = document.querySelector<HTMLElement>('[data-control=chat]')
    found?.click()
    return found !== null
  }))
  await old.page.waitForSelector('textarea')
  await old.page.type('textarea', '各位委员好')
  await old.page.keyboard.press('Enter')
  await until('the message is sent', () => old.page.evaluate(() => document.querySelector('[role=log] article') !== null))
  await wordsWithout(old, demo.members[1]!, () => Reflect.deleteProperty(window, 'RTCPeerConnection'), '这里无法进行视频会议')
  await wordsWithout(old, demo.members[1]!, () => Reflect.deleteProperty(Navigator.prototype, 'mediaDevices'), '当前环境不提供麦克风')
  for (const person of people) if (person.errors.length > 0) problems.push(`console of ${person.look.name}: ${person.errors.join(' | ')}`)
} catch (error) {
  problems.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of problems) console.error('problem:', problem)
console.log(JSON.stringify({
  bar: 'old-browsers', files: checked.files, join_path_bytes: checked.joinBytes, guarded: checked.guarded.length,
  too_new: checked.problems.length, taken_away: taken, join_ms: joinedMs, problems: problems.length,
}))
process.exit(problems.length === 0 ? 0 : 1)
