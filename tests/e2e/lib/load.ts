// The load client (tests/bench/load) against a server of its own, and Janus beside it.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BUILD, Server, TOP } from './server'

export interface Spread {
  count: number
  p50: number
  p95: number
  p99: number
  max: number
}

export interface Figures {
  seats: number
  sent: number
  received: number
  bytes: number
  frames: number
  repaired: number
  lost: number
  audio: number
  audio_lost: number
  audio_gaps: number
  feedbacks_sent: number
  freezes: number
  frozen_s: number
  picture_s: number
  worst_gap_ms: number
  audio_delay_ms: Spread
  video_delay_ms: Spread
  switch_ms: Spread
  /** Pictures in slots: none came yet, below 480 wide, below 960, larger. */
  widths: [number, number, number, number]
  queue_ms?: number
}

export interface Use {
  cpu_s: number
  media_cpu_s: number
  cores: number
  threads: number
  descriptors: number
  memory_kib: number
}

/** A step's line (script.h): of a mark, or of joining. */
export interface Step {
  step: string
  seconds: number
  in: number
  udp_overflows: number
  plain: Figures
  /** The share of what the others said that the worst served one did not get. */
  speech_missing: number
  linked?: Figures
  server: Use
  client: Use
  joined: number
  failed: number
  why: string
  /** p50, p95, most. */
  first_packet_ms?: [number, number, number]
  first_picture_ms?: [number, number, number]
}

const program = join(BUILD, 'tests', 'bench', 'load')
const loadOf = (build: string): string => (build === BUILD ? program : join(TOP, 'build', 'tests', 'bench', 'load'))

export const round = (value: number, places = 2): number => Math.round(value * 10 ** places) / 10 ** places

/** Packets lost of those due. */
export const lossOf = (figures: Figures): number => figures.lost / Math.max(1, figures.lost + figures.received)

/** Server CPU µs per packet that arrived. */
export const costOf = (step: Step): number => (step.server.cpu_s * 1e6) / Math.max(1, step.plain.received)

/** Runs a script of participants; every line that has a step. */
export async function runLoad(server: Server, args: string[], script: string): Promise<Step[]> {
  const staff = server.demo().staff
  const password = join(server.data, 'password')
  writeFileSync(password, staff.password, { mode: 0o600 })
  const all = ['--url', server.url, '--login', staff.login, '--password-file', password, '--address', '127.0.0.1', '--server', String(server.pid),
    ...args, '--script', script]
  let out = ''
  try {
    out = (await promisify(execFile)(loadOf(server.build), all, { maxBuffer: 1 << 26 })).stdout
  } catch (error) {
    const failed = error as { stdout?: string; stderr?: string }
    out = failed.stdout ?? ''
    console.error(failed.stderr ?? String(error))
  }
  return out.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Step).filter((step) => step.step)
}

/** The same with a server that lives only for it. */
export async function withServer(args: string[], script: string, settings: Record<string, string> = {}): Promise<Step[]> {
  const server = new Server(8080, { YISHI_CONNECTIONS_PER_ADDRESS: '5000', ...settings })
  try {
    await server.start()
    return await runLoad(server, args, script)
  } finally {
    await server.dispose()
  }
}

export const stepOf = (steps: Step[], name: string): Step => {
  const found = steps.find((step) => step.step === name)
  if (!found) throw new Error(`no step "${name}" in ${JSON.stringify(steps.map((step) => step.step))}`)
  return found
}

/** What protecting and sending alone costs, µs a packet. */
export const floor = (subscribers: number): number =>
  (JSON.parse(execFileSync(join(BUILD, 'tests', 'bench', 'floor'), [String(subscribers), '3'], { encoding: 'utf8' })) as { floor_us: number }).floor_us

/** One publisher to so many subscribers through a Janus of our own; NaN figures are null: it did not hold them. */
export async function runJanus(subscribers: number, send: string, seconds: number): Promise<Step | null> {
  const folder = mkdtempSync(join(tmpdir(), 'yishi-janus-'))
  const janus = spawn(join(TOP, 'tests', 'bench', 'janus', 'start'), [folder], { stdio: 'ignore' })
  const ended = new Promise((done) => janus.once('exit', done))
  try {
    await new Promise((done) => setTimeout(done, 3000))
    const { stdout } = await promisify(execFile)(program, ['--janus', 'http://127.0.0.1:8188', '--address', '10.99.0.1', '--server', String(janus.pid),
      '--participants', String(subscribers + 1), '--send', send, '--seconds', String(seconds)], { maxBuffer: 1 << 24 })
    return JSON.parse(stdout.trim().split('\n').pop()!) as Step
  } catch (error) {
    console.error(String((error as { stderr?: string }).stderr ?? error))
    return null
  } finally {
    janus.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Prints the figures, and ends with 1 when something fell short. */
export function finish(bar: string, figures: Record<string, unknown>, short: string[]): never {
  console.log(JSON.stringify({ bar, ...figures, short }))
  process.exit(short.length === 0 ? 0 : 1)
}
