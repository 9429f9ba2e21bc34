// Attacks on a running server (AddressSanitizer build) with honest people in a room: what each does to the others, beside
// the same people unattacked right before: a calm window stands before each kind of attacks.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Api } from '../lib/api'
import { pause } from '../lib/foe'
import { finish, lossOf, round, type Step } from '../lib/load'
import { RawSocket } from '../lib/rawsocket'
import { Server, TOP } from '../lib/server'
import type { Attack, Place, Result } from '../foes/attack'
import { api } from '../foes/api'
import { connection } from '../foes/connection'
import { doors } from '../foes/doors'
import { media } from '../foes/media'
import { rows } from '../foes/rows'

const PEOPLE = 20
const PUBLISHERS = 4
const CALM_S = 10
/** Of the packets that were due, and of what is said of the worst served one. */
const LOSS_MORE = 0.01
const GAP_MORE_MS = 500
const GET_P95_MS = 200

const chosen = process.argv.slice(2)
const kinds: Attack[][] = [media, connection, api, doors].map((kind) => kind.filter((a) => chosen.length === 0 || chosen.includes(a.name)))
const attacks = kinds.flat()

// By number: a look-up of names waits behind those of the WebRTC stack, which nobody answers here.
const BUILD = process.env.YISHI_BUILD ?? join(TOP, 'build-asan')
const server = new Server(8080, { YISHI_CONNECTIONS_PER_ADDRESS: '5000', YISHI_PUBLIC_URL: 'http://127.0.0.1:8080' }, BUILD)
const short: string[] = []
const results: Record<string, Record<string, unknown>> = {}

/** Somebody else asks for things all the time, on a connection of his own: fetch would share those of the foes, which
 * the server closes. */
class Asker {
  private times: number[] = []
  private failed = 0
  private going = true
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 })
  constructor(private readonly api: Api) {
    void this.run()
  }

  private asks(): Promise<boolean> {
    return new Promise((done) => {
      const asking = get(`${this.api.url}/api/v1/meetings`, { agent: this.agent, headers: { cookie: this.api.cookie } }, (response) => {
        response.resume()
        response.on('end', () => done(response.statusCode === 200))
        response.on('error', () => done(false))
      })
      asking.on('error', () => done(false))
    })
  }

  private async run(): Promise<void> {
    while (this.going) {
      const started = performance.now()
      const answered = await this.asks()
      this.times.push(performance.now() - started)
      if (!answered) this.failed++
      await pause(100)
    }
  }

  /** Since the last call. */
  take(): { p95: number; failed: number } {
    const sorted = this.times.splice(0).sort((a, b) => a - b)
    const failed = this.failed
    this.failed = 0
    return { p95: round(sorted[Math.floor(sorted.length * 0.95)] ?? 0, 0), failed }
  }

  stop(): void {
    this.going = false
    this.agent.destroy()
  }
}

/** The honest people, who stay through all windows; the steps of their script are printed as they end. */
function honest(script: string, staff: { login: string; password: string }, said: (word: string) => void, ended: (step: Step) => void): Promise<void> {
  const password = join(server.data, 'password')
  writeFileSync(password, staff.password, { mode: 0o600 })
  const child = spawn(join(TOP, 'build', 'tests', 'bench', 'load'), ['--url', server.url, '--login', staff.login, '--password-file', password,
    '--address', '127.0.0.1', '--participants', String(PEOPLE), '--publishers', String(PUBLISHERS), '--staggered', '--view', '640x360 320x180 320x180 320x180', '--server', String(server.pid), '--script', script])
  createInterface(child.stderr).on('line', (line) => said(line.trim()))
  createInterface(child.stdout).on('line', (line) => {
    const step = line.startsWith('{') ? (JSON.parse(line) as Step) : undefined
    if (step?.step) ended(step)
  })
  return new Promise((done) => child.once('close', () => done()))
}

/** The room that the load client made, and who sends pictures in it. */
async function room(staff: Api): Promise<Pick<Place, 'meeting' | 'publishers'>> {
  const meeting = server.query<{ id: string }>("select id from meeting where title = 'Load test'")[0]!.id
  const token = await staff.joinToken(meeting)
  const socket = await RawSocket.open(server.port, { Host: new URL(server.url).host, Origin: server.url })
  socket.json({ t: 'hello', id: 1, token, device: 'desktop', client: 'foes' })
  const welcome = await socket.message((m) => m.t === 'welcome')
  const { items: people } = (welcome as unknown as { roster: { items: { pid: string; camera: boolean }[] } }).roster
  socket.json({ t: 'leave', id: 2 })
  await socket.closing()
  return { meeting, publishers: people.filter((p) => p.camera).map((p) => p.pid) }
}

const reports = (): string[] => (readFileSync(server.log, 'utf8').match(/(ERROR: \w+Sanitizer|runtime error|Assertion|assertion failed)[^\n]*/g) ?? []).slice(0, 5)

await server.start()
const login = server.demo().staff
const staff = await new Api(server.url).signIn(login.login, login.password)
const asker = new Asker(await new Api(server.url).signIn(login.login, login.password))
let place: Place | undefined
let calm: Step | undefined
const calms: { loss: number; speech_missing: number; gap_ms: number }[] = []
let running: Promise<Result> | undefined
const calmWindow = `wait 2; mark -; wait ${CALM_S}; mark calm; wait 2`
const windows = kinds
  .filter((kind) => kind.length > 0)
  .map((kind) => [calmWindow, ...kind.map((a) => `say ${a.name}; wait ${a.seconds}; mark ${a.name}; wait 2; mark -`)].join('; '))
  .join('; ')

const said = (word: string): void => {
  const next = attacks.find((a) => a.name === word)
  if (!next || !place) return
  asker.take()
  running = next.run(place)
}

async function judge(step: Step): Promise<void> {
  const name = step.step.replace('mark ', '')
  if (name === 'calm') {
    calm = step
    calms.push({ loss: round(lossOf(step.plain), 4), speech_missing: round(step.speech_missing, 4), gap_ms: step.plain.worst_gap_ms })
    place ??= { server, staff, ...(await room(staff)) }
    console.error(`calm: ${JSON.stringify(calms[calms.length - 1])}`)
    return
  }
  const current = attacks.find((a) => a.name === name)
  if (!current || !calm) return
  const asked = asker.take()
  const others = { loss: round(lossOf(step.plain), 4), speech_missing: round(step.speech_missing, 4), gap_ms: step.plain.worst_gap_ms, get_p95_ms: asked.p95, get_failed: asked.failed }
  const result = await Promise.race([running ?? Promise.resolve({ figures: {}, short: ['did not begin'] }), pause(3000).then(() => ({ figures: {}, short: ['did not come to its end'] }))])
  if (others.loss > lossOf(calm.plain) + LOSS_MORE) result.short.push(`others lose ${others.loss}`)
  if (others.speech_missing > calm.speech_missing + LOSS_MORE) result.short.push(`somebody does not hear ${others.speech_missing} of what is said`)
  if (others.gap_ms > calm.plain.worst_gap_ms + GAP_MORE_MS) result.short.push(`others stand still for ${others.gap_ms} ms`)
  if (others.get_p95_ms > GET_P95_MS || others.get_failed > 0) result.short.push(`other people's GET: p95 ${others.get_p95_ms} ms, ${others.get_failed} failed`)
  results[name] = { ...result.figures, others }
  console.error(`${result.short.length ? 'NOT MET' : 'met'} ${name} (${current.what}): ${JSON.stringify(results[name])}${result.short.map((s) => `\n    ${s}`).join('')}`)
  short.push(...result.short.map((s) => `${name}: ${s}`))
}

let judging = Promise.resolve()
await honest(`join all; wait 4; ${windows}`, login, said, (step) => {
  judging = judging.then(() => judge(step))
})
await judging
for (const { name } of attacks) if (!results[name]) short.push(`${name}: was not measured`)
asker.stop()
const code = await server.stop()
const found = reports()
if (code !== 0 || found.length > 0) {
  short.push(`the server ended with ${code}: ${found.join(' | ')}`)
  console.error(server.tail(60))
}
await server.dispose()
for (const [name, run] of Object.entries(rows)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const result = await run(BUILD, 8081)
  results[name] = result.figures
  console.error(`${result.short.length ? 'NOT MET' : 'met'} ${name}: ${JSON.stringify(result.figures)}${result.short.map((s) => `\n    ${s}`).join('')}`)
  short.push(...result.short.map((s) => `${name}: ${s}`))
}
finish('foes', { people: PEOPLE, calms, ...results }, short)
