// Every page of the application, as its own router names them, with nothing in it, with what is as long as it may be and with
// hundreds of rows; in windows, languages, themes and types of which any two are there together, and joining, the meeting
// and the start in all of them. A picture of each is kept to be looked at. [PART OF A PATH [SEED]]
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { BrowserContext, Page } from 'puppeteer-core'
import type { Api } from '../lib/api'
import { faultsOf } from '../lib/axe'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { installCanvasCamera, installFakeDevices, LOOKS, SCREEN } from '../lib/camera'
import { crowd } from '../lib/crowd'
import { layoutFaults, shiftOf, watchShifts } from '../lib/layout'
import { keepConnections, pause, until } from '../lib/meeting'
import { SEEDS, Seed, type SeedName } from '../lib/seeds'
import { Server } from '../lib/server'
import { every, nameOf, pairwise, type Variant, WINDOWS } from '../lib/variants'

const BARS = { layout_shift: 0.1, join_kb: 200 }
const TARGET = { normal: 44, elder: 60, dense: 24 }
const PEOPLE = 600
/** Windows that are looked at side by side: each mostly waits. */
const AT_ONCE = 3
/** Looked at in every variant. */
const WHOLE = ['/', '/j/:secret', '/meetings/:id']

interface Route {
  path: string
  roles: string[]
  open: boolean
}

/** What is wrong → where it was seen; what stands around all pages is one fault. */
const faults = new Map<string, string[]>()
function note(fault: string, where: string): void {
  if (!faults.has(fault)) console.error(`${fault}  (${where})`)
  faults.set(fault, [...(faults.get(fault) ?? []), where])
}
const worst = { layout_shift: 0, join_kb: 0, visits: 0 }
const pictures = mkdtempSync(join(tmpdir(), 'yishi-pages-'))

/** The application's routes, asked of its router in a page that runs. */
async function routesOf(page: Page): Promise<Route[]> {
  const found = await page.evaluate(() => {
    const root = document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $router: unknown } } } }
    const router = root.__vue_app__.config.globalProperties.$router as {
      getRoutes(): { path: string; redirect?: unknown; meta: { roles?: string[]; open?: boolean } }[]
    }
    return router.getRoutes().filter(({ redirect }) => !redirect).map(({ path, meta }) => ({ path, roles: meta.roles ?? [], open: meta.open === true }))
  })
  const paths = new Map(found.map((one) => [one.path, one]))
  return [...paths.values()].sort((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')))
}

async function signIn(context: BrowserContext, api: Api, url: string): Promise<void> {
  const [name, value] = api.cookie.split(/=(.*)/s)
  await context.setCookie({ name: name!, value: value!, domain: new URL(url).hostname, path: '/', httpOnly: true })
}

/** Runs before the page. */
function choose(locale: string, theme: string, type: number, elder: boolean): void {
  localStorage.setItem('yishi.locale', locale)
  localStorage.setItem('yishi.appearance', JSON.stringify({ type, elder, theme }))
}

interface Sight {
  seed: Seed
  path: string
  route: Route
  variant: Variant
}

/** A window of its own, as this person has it who looks at it in this way. */
async function openSight(person: Person, { seed, route, variant }: Sight): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await person.browser.createBrowserContext()
  const { url } = seed.server
  const role = route.roles.find((one) => seed.sessions.has(one)) ?? (route.roles.length === 0 ? 'staff' : undefined)
  if (!role) throw new Error(`nobody here has a role of ${route.path}: ${route.roles.join()}`)
  if (!route.open) await signIn(context, seed.sessions.get(role)!, url)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(`${message.text()} ${message.location().url ?? ''}`))
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined)) // of a form that is left
  await page.setViewport(WINDOWS[variant.window])
  await page.evaluateOnNewDocument('globalThis.__name = (f) => f')
  await page.evaluateOnNewDocument(installFakeDevices)
  await page.evaluateOnNewDocument(installCanvasCamera, person.look, false, SCREEN)
  await page.evaluateOnNewDocument(keepConnections)
  await page.evaluateOnNewDocument(watchShifts)
  await page.evaluateOnNewDocument(choose, variant.locale, variant.theme, variant.type === '30' ? 30 : 16, variant.type === 'elder')
  return { context, page, errors }
}

async function settle(page: Page): Promise<void> {
  await page.waitForNetworkIdle({ idleTime: 300, timeout: 8000 }).catch(() => undefined)
  await pause(400) // what fades in is there then
}

/** From before the meeting into it; with hundreds in it where there are hundreds of everything. */
async function goIn(page: Page, seed: SeedName): Promise<void> {
  await page.waitForSelector('[data-control=join]')
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-control=join]')!.click())
  await until('one is in the meeting', () => page.evaluate(() => document.querySelector('[data-control=leave]') !== null), 30000)
  await pause(1500)
  if (seed === 'many') await page.evaluate(crowd, PEOPLE)
  await pause(800)
}

/** Bytes of what a page fetched that is the application itself, as they are compressed on their way. */
function weigh(page: Page): () => Promise<number> {
  const bodies: Promise<number>[] = []
  page.on('response', (response) => {
    if (!response.ok() || !['document', 'script', 'stylesheet'].includes(response.request().resourceType())) return
    bodies.push(response.buffer().then((body) => gzipSync(body).length).catch(() => 0))
  })
  return async () => (await Promise.all(bodies)).reduce((sum, bytes) => sum + bytes, 0) / 1000
}

/** Looks at one page in one way; the addresses of its own tabs and views. */
async function visit(person: Person, sight: Sight): Promise<string[]> {
  const { seed, path, route, variant } = sight
  const where = `${path} ${seed.name} ${nameOf(variant)}`
  const { context, page, errors } = await openSight(person, sight)
  try {
    const weight = weigh(page)
    await page.goto(seed.server.url + path, { waitUntil: 'domcontentloaded' })
    await settle(page)
    if (route.path === '/meetings/:id') await goIn(page, seed.name)
    const shift = await shiftOf(page)
    worst.layout_shift = Math.max(worst.layout_shift, shift)
    if (shift > BARS.layout_shift) note('moves while it is read', `${where} ${shift.toFixed(2)}`)
    const least = variant.type === 'elder' ? TARGET.elder : TARGET.normal
    for (const fault of await layoutFaults(page, { target: least, dense: variant.window === '1440' ? TARGET.dense : null })) {
      const [what, how] = fault.split('\t')
      // Where there is a mouse the form has smaller ones: told apart.
      note(variant.window === '1440' ? what!.replace(/^small/, 'small by mouse') : what!, `${where} ${how}`)
    }
    const picture = `${path.replace(/\W+/g, '_')}-${seed.name}-${nameOf(variant)}`
    await page.screenshot({ path: join(pictures, `${picture}.png`) as `${string}.png` })
    const asked = errors.filter((one) => !(route.open && /401/.test(one))) // who one is
    for (const error of asked) note(`console: ${error.slice(0, 160)}`, where)
    for (const fault of await faultsOf(page, ['serious', 'critical'])) note(`axe: ${fault}`, where)
    if (route.path === '/j/:secret') {
      const kb = await weight()
      worst.join_kb = Math.max(worst.join_kb, Math.round(kb * 10) / 10)
      if (kb > BARS.join_kb) note(`weighs ${Math.round(kb)} KB`, where)
    }
    worst.visits++
    return await page.evaluate(() =>
      [...document.querySelectorAll<HTMLAnchorElement>('a[data-tab], a[data-view]')].filter((a) => a.pathname === location.pathname && a.search !== location.search).map((a) => a.pathname + a.search))
  } finally {
    await context.close()
  }
}

/** Every page of this server. */
async function walk(person: Person, seed: Seed, only: string): Promise<string[]> {
  const first = await openSight(person, { seed, path: '/', route: { path: '/', roles: [], open: false }, variant: every()[0]! })
  await first.page.goto(seed.server.url, { waitUntil: 'domcontentloaded' })
  await settle(first.page)
  const routes = await routesOf(first.page)
  await first.context.close()
  const walked: string[] = []
  for (const route of routes) {
    if (route.path.includes(':')) await seed.records()
    const address = seed.address(route.path)
    if (address === undefined) {
      note(`${route.path}: nobody said what stands for its parameters`, seed.name)
      continue
    }
    const paths = [address]
    for (let i = 0; i < paths.length; i++) {
      const path = paths[i]!
      if (!route.path.includes(only)) continue
      walked.push(path)
      const left = WHOLE.includes(route.path) ? every() : pairwise()
      const look = async () => {
        for (let variant = left.shift(); variant; variant = left.shift()) {
          const where = `${path} ${seed.name} ${nameOf(variant)}`
          const more = await visit(person, { seed, path, route, variant }).catch((error: Error) => {
            note(`cannot be looked at: ${error.message.slice(0, 200)}`, where)
            return []
          })
          for (const one of more) if (!paths.includes(one)) paths.push(one)
        }
      }
      // A meeting has one place for each person: a second window would take it from the first.
      await Promise.all(Array.from({ length: route.path === '/meetings/:id' ? 1 : AT_ONCE }, look))
      console.error(`# ${seed.name} ${path}: ${faults.size} faults so far`)
    }
  }
  return walked
}

const [only = '', wanted] = process.argv.slice(2)
let pages = 0
let problem = ''
try {
  for (const name of SEEDS.filter((one) => !wanted || one === wanted)) {
    const server = new Server(8080)
    try {
      await server.start()
      const seed = new Seed(server, name)
      await seed.begin()
      const person = await openPerson({ kind: 'chromium', look: LOOKS[0]!, camera: 'canvas' })
      pages = Math.max(pages, (await walk(person, seed, only)).length)
      await person.close()
    } finally {
      await server.dispose()
    }
  }
} catch (error) {
  problem = String(error)
} finally {
  await closeAll()
}
console.error('# all of them')
for (const [fault, at] of faults) console.error(`${fault}\n    ${at.length} times: ${at.slice(0, 3).join(', ')}`)
const counts: Record<string, number> = {}
for (const fault of faults.keys()) {
  const kind = /(sideways|cut off|overlaps|small by mouse|small|axe|console|moves|weighs|cannot)/.exec(fault)?.[1] ?? 'other'
  counts[kind] = (counts[kind] ?? 0) + 1
}
worst.layout_shift = Math.round(worst.layout_shift * 1000) / 1000
console.log(JSON.stringify({ bar: 'pages', pages, variants: pairwise().length, ...worst, faults: faults.size, ...counts, bars: BARS, pictures, ...(problem ? { problem } : {}) }))
process.exit(problem || faults.size > 0 || pages === 0 ? 1 : 0)
