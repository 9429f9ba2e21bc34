// How soon and at what cost the server answers: a point read and a list of 50, with the check of the session, beside a file
// of the same bytes from the same listener; 600 people who open the home page within 10 s while a room of 200 runs; and 50
// writes a second that are durable when they are answered, beside the disk's own fdatasync.
import { cpSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api } from '../lib/api'
import { closeAll, openPerson } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { ask, costOf, quantile, type Wanted } from '../lib/http-load'
import { finish, runLoad, stepOf } from '../lib/load'
import { median, pause } from '../lib/meeting'
import { Server, TOP } from '../lib/server'
import { signInAll, type SignedIn } from '../lib/sessions'

const BARS = { point: 0.5, list: 0.3, home_p95_ms: 300, forwarding_p99_ms: 10, write_over_sync_ms: 10 }
const ROUNDS = 5
const REQUESTS = 2000
/** A person has eight connections that may idle. */
const AT_ONCE = 8
const VISITORS = 600
const WITHIN_MS = 10_000
const ROOM = Number(process.argv[2] ?? 200)
const WRITES_PER_S = 50
const WRITE_S = 20

const short: string[] = []
const figures: Record<string, unknown> = {}
/** What the server shows: the application, and two answers of it as files. */
const web = mkdtempSync(join(tmpdir(), 'yishi-web-'))

const cookieOf = (api: Api, { secret }: SignedIn): string => `${api.cookie.split('=')[0]}=${secret}`

function addPeople(server: Server): string[] {
  const now = Date.now()
  const ids = Array.from({ length: VISITORS }, (_, i) => `visitor${String(i).padStart(9, '0')}`)
  server.query(`begin immediate;
    insert into person (id, name, kind, sector, organisation, created_at) values
      ${ids.map((id, i) => `('${id}', '委员${i}', 'member', '界别${i % 34}', '单位${i}', ${now})`).join(', ')};
    insert into role_holder (id, person, role, state, valid_from, created_at)
      select 'h' || substr(id, 2), id, 'member', 'held', ${now}, ${now} from person where id like 'visitor%';
    commit;`)
  return ids
}

/** Requests a second of a core: the read's share of the file's. */
async function share(server: Server, api: Api, name: 'point' | 'list', path: string): Promise<void> {
  const headers = { cookie: api.cookie }
  const file = `/answer-${name}.json`
  const cost: Record<'read' | 'file', number[]> = { read: [], file: [] }
  for (let i = 0; i < ROUNDS; i++) {
    cost.file.push(await costOf(server.pid, server.url, { path: file, headers }, REQUESTS, AT_ONCE))
    cost.read.push(await costOf(server.pid, server.url, { path, headers }, REQUESTS, AT_ONCE))
  }
  const read = median(cost.read)
  const constant = median(cost.file)
  const part = Math.round((constant / read) * 100) / 100
  figures[name] = { read_us: read, file_us: constant, share: part, read_per_core: Math.round(1e6 / read), file_per_core: Math.round(1e6 / constant) }
  if (!(part >= BARS[name])) short.push(`${name} ${part} of a file of the same bytes`)
}

/** What the home page asks for, as a browser says it. */
async function homeRequests(server: Server, cookie: string): Promise<string[]> {
  const person = await openPerson({ kind: 'chromium', look: LOOKS[0]!, camera: 'canvas' })
  const paths = new Set<string>()
  const [name, value] = cookie.split(/=(.*)/s)
  await person.page.setCookie({ name: name!, value: value!, url: server.url })
  person.page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin === server.url && request.method() === 'GET') paths.add(url.pathname + url.search)
  })
  await person.page.goto(server.url, { waitUntil: 'networkidle2' })
  await pause(500)
  await person.close()
  return [...paths]
}

/** One who opens the page, his files being with him already but for the page itself; ms until all of it is there. */
async function openHome(url: string, paths: string[], cookie: string, i: number): Promise<number> {
  // Each from an address of his own, as people at home have.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 6, family: 4, localAddress: `127.1.${i >> 7}.${1 + (i & 127)}` })
  const begun = performance.now()
  const wanted = (path: string): Wanted => ({ path, headers: { cookie, 'accept-encoding': 'gzip' } })
  const first = await ask(agent, url, wanted('/'))
  const rest = await Promise.all(paths.filter((path) => path.startsWith('/api/')).map((path) => ask(agent, url, wanted(path))))
  agent.destroy()
  const bad = [first, ...rest].find(({ status }) => status !== 200)
  if (bad) throw new Error(`the home page of somebody: ${bad.status} ${bad.bytes.subarray(0, 200).toString()}`)
  return performance.now() - begun
}

async function rush(server: Server, api: Api, people: SignedIn[]): Promise<void> {
  const paths = await homeRequests(server, cookieOf(api, people[0]!))
  const room = runLoad(server, ['--participants', String(ROOM), '--publishers', '13', '--video-slots', '9', '--staggered'], 'join all; wait 5; mark -; wait 25; mark run')
  const inRoom = async () => (await server.metric('yishi_participants')) >= ROOM * 0.98
  for (const end = Date.now() + 180_000; !(await inRoom()) && Date.now() < end; ) await pause(500)
  await pause(7000)
  const begun = performance.now()
  const times = await Promise.all(people.map(async (person, i) => {
    await pause((i * WITHIN_MS) / people.length)
    // What was asked of the first one's own is asked by each of his.
    return openHome(server.url, paths.map((path) => path.replaceAll(people[0]!.person, person.person)), cookieOf(api, person), i)
  }))
  const took = performance.now() - begun
  const run = stepOf(await room, 'mark run')
  const home = { people: people.length, requests: paths.filter((path) => path.startsWith('/api/')), seconds: Math.round(took / 100) / 10, p50_ms: quantile(times, 0.5), p95_ms: quantile(times, 0.95), max_ms: quantile(times, 1) }
  const forwarding = { in: run.in, picture_p99_ms: run.plain.video_delay_ms.p99, sound_p99_ms: run.plain.audio_delay_ms.p99 }
  Object.assign(figures, { home, forwarding })
  if (!(home.p95_ms <= BARS.home_p95_ms)) short.push(`home p95 ${home.p95_ms} ms`)
  if (run.in !== ROOM) short.push(`only ${run.in} in the room`)
  for (const ms of [forwarding.picture_p99_ms, forwarding.sound_p99_ms]) if (!(ms <= BARS.forwarding_p99_ms)) short.push(`forwarding p99 ${ms} ms`)
}

/** Of one clerk; those that wait for the disk are not idle. */
const WRITING = 32

/** At an even rate; ms of each. */
async function paced(count: number, one: (i: number) => Promise<number>): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, async (_, i) => {
    await pause((i * 1000) / WRITES_PER_S)
    return one(i)
  }))
}

function syncs(server: Server): Promise<number[]> {
  const file = openSync(join(server.data, 'var', 'sync-probe'), 'w')
  const page = Buffer.alloc(4096, 7)
  return paced(WRITES_PER_S * 5, async () => {
    const begun = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - begun
  })
}

async function writes(server: Server, api: Api, people: SignedIn[]): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: WRITING })
  const headers = { cookie: api.cookie, 'x-csrf-token': api.csrf, origin: server.url, 'if-match': '*' }
  const before = await syncs(server)
  const times = await paced(WRITES_PER_S * WRITE_S, async (i) => {
    const got = await ask(agent, server.url, { path: `/api/v1/people/${people[i % people.length]!.person}`, method: 'PATCH', headers, body: JSON.stringify({ organisation: `改为${i}` }) })
    if (got.status !== 200) throw new Error(`a write: ${got.status} ${got.bytes.toString().slice(0, 200)}`)
    return got.ms
  })
  const sync = [...before, ...(await syncs(server))]
  agent.destroy()
  const kept = server.query<{ n: number }>(`select count(*) n from person where organisation like '改为%'`)[0]!.n
  figures.writes = { count: times.length, p50_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99), fdatasync_p50_ms: quantile(sync, 0.5), fdatasync_p99_ms: quantile(sync, 0.99), kept }
  if (kept !== people.length) short.push(`${kept} of ${people.length} writes are there`)
  if (!(quantile(times, 0.99) <= 2 * quantile(sync, 0.99) + BARS.write_over_sync_ms)) short.push(`write p99 ${quantile(times, 0.99)} ms, fdatasync ${quantile(sync, 0.99)} ms`)
}

const server = new Server(8080, { YISHI_CONNECTIONS_PER_ADDRESS: '10000', YISHI_WEB_DIR: web })
try {
  cpSync(join(TOP, 'web', 'dist'), web, { recursive: true })
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const people = signInAll(server, addPeople(server))
  const point = `/api/v1/people/${people[0]!.person}`
  const list = '/api/v1/people?limit=50'
  for (const [name, path] of [['point', point], ['list', list]] as const) {
    const answer = await staff.request('GET', path)
    writeFileSync(join(web, `answer-${name}.json`), Buffer.from(await answer.arrayBuffer()))
    await share(server, staff, name, path)
  }
  await writes(server, staff, people)
  await rush(server, staff, people)
} catch (error) {
  short.push(String(error))
  console.error(server.tail(8))
} finally {
  await closeAll()
  await server.dispose()
  rmSync(web, { recursive: true, force: true })
}
finish('answers', { ...figures, bars: BARS }, short)
