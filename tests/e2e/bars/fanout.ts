// What forwarding costs: the server's CPU time per packet sent, with one publisher of 1200-byte packets in bursts of
// four, beside the floor (protect and send alone) measured right before and after each step.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILD, Server } from '../lib/server'

const SECONDS = Number(process.argv[2] ?? 15)
const STEPS = [50, 100, 200]
const LIMIT = 2

const tickSeconds = 1 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU seconds of the process and of its media threads alone. */
function cpu(pid: number): { all: number; media: number } {
  const read = (path: string): { name: string; seconds: number } => {
    const text = readFileSync(path, 'utf8')
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { name, seconds: (Number(fields[11]) + Number(fields[12])) * tickSeconds }
  }
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) => read(`/proc/${pid}/task/${task}/stat`))
  return {
    all: read(`/proc/${pid}/stat`).seconds,
    media: tasks.filter((task) => task.name.startsWith('media')).reduce((sum, task) => sum + task.seconds, 0),
  }
}

const floor = (subscribers: number): number =>
  (JSON.parse(execFileSync(join(BUILD, 'tests', 'bench', 'floor'), [String(subscribers), '3'], { encoding: 'utf8' })) as { floor_us: number }).floor_us

interface Figures {
  received: number
  lost: number
  connected: number
}

const steps: Record<string, unknown>[] = []
let ok = true
for (const subscribers of STEPS) {
  const before = floor(subscribers)
  const server = new Server(8080, { YISHI_CONNECTIONS_PER_ADDRESS: '1000' })
  await server.start()
  const staff = server.demo().staff
  const password = join(server.data, 'password')
  writeFileSync(password, staff.password, { mode: 0o600 })
  // The load client writes "steady" when all have joined and counting starts, "counted" when it ends.
  const child = execFile(join(BUILD, 'tests', 'bench', 'load'), ['--url', server.url, '--login', staff.login, '--password-file', password,
    '--participants', String(subscribers + 1), '--publishers', '1', '--video-slots', '1', '--burst', '--seconds', String(SECONDS), '--address', '127.0.0.1'],
    { maxBuffer: 1 << 24 })
  let start = { all: 0, media: 0 }
  let end = start
  let out = ''
  child.stderr!.on('data', (text: string) => {
    if (text.includes('steady')) start = cpu(server.pid)
    if (text.includes('counted')) end = cpu(server.pid)
  })
  child.stdout!.on('data', (text: string) => (out += text))
  const [code] = (await once(child, 'close')) as [number]
  const figures = JSON.parse(out.trim().split('\n').pop() || '{}') as Figures
  await server.dispose()
  const after = floor(subscribers)
  const floorUs = (before + after) / 2
  const us = ((end.all - start.all) * 1e6) / figures.received
  const step = {
    subscribers, packets: figures.received, lost: figures.lost, us_per_packet: Math.round(us * 100) / 100,
    media_thread_us: Math.round((((end.media - start.media) * 1e6) / figures.received) * 100) / 100,
    floor_us: Math.round(floorUs * 100) / 100, ratio: Math.round((us / floorUs) * 100) / 100, exit: code,
  }
  console.error(JSON.stringify(step))
  steps.push(step)
  ok &&= step.ratio <= LIMIT && figures.connected === subscribers + 1
}
console.log(JSON.stringify({ bar: 'fanout', seconds: SECONDS, limit: LIMIT, steps }))
process.exit(ok ? 0 : 1)
