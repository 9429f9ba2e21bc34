// Twenty synthetic participants through a normal, an AddressSanitizer and a ThreadSanitizer build of the server.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Server, TOP } from '../lib/server'

const seconds = Number(process.argv[2] ?? 60)
const participants = 20
const plain = join(TOP, 'build')

interface Figures {
  connected: number
  lost: number
  received: number
  why: string
}

const count = (pid: number, what: 'task' | 'fd'): number => readdirSync(`/proc/${pid}/${what}`).length
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Loss is judged on the plain build; the instrumented ones must be silent and leave nothing behind. */
async function measure(build: string, load: string): Promise<Record<string, unknown>> {
  // ThreadSanitizer sees GStreamer's threads but not its locks: the server records through the plain pipeline program.
  const settings: Record<string, string> = build.endsWith('tsan') ? { YISHI_PIPELINE_PROGRAM: join(plain, 'pipelines', 'yishi-pipeline') } : {}
  const server = new Server(8080, settings, build)
  await server.start()
  const staff = server.demo().staff
  const password = join(server.data, 'password')
  writeFileSync(password, staff.password, { mode: 0o600 })
  const run = (n: number, s: number) =>
    promisify(execFile)(load, ['--url', server.url, '--login', staff.login, '--password-file', password, '--participants', String(n),
      '--seconds', String(s), '--address', '127.0.0.1', '--record'], { maxBuffer: 1 << 24 })
  // A first round of two lets pools, threads and connections come up that are meant to stay.
  await run(2, 2)
  await pause(3000)
  const before = { threads: count(server.pid, 'task'), descriptors: count(server.pid, 'fd') }
  const { stdout } = await run(participants, seconds)
  const figures = JSON.parse(stdout.trim().split('\n').pop() ?? '{}') as Figures
  await pause(5000)
  const after = { threads: count(server.pid, 'task'), descriptors: count(server.pid, 'fd') }
  const code = await server.stop()
  const reports = (readFileSync(server.log, 'utf8').match(/(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error)[^\n]*/g) ?? []).slice(0, 5)
  if (code !== 0 || reports.length > 0) console.error(server.tail(60))
  await server.dispose()
  return { ...figures, before, after, exit: code, reports }
}

const builds = process.env.YISHI_BUILD ? [process.env.YISHI_BUILD] : [plain, join(TOP, 'build-asan'), join(TOP, 'build-tsan')]
const results: Record<string, Record<string, unknown>> = {}
let ok = true
for (const build of builds) {
  const result = await measure(build, join(plain, 'tests', 'bench', 'load'))
  const name = build.split('/').pop()!
  results[name] = result
  const before = result.before as { threads: number; descriptors: number }
  const after = result.after as { threads: number; descriptors: number }
  ok &&= result.connected === participants && result.exit === 0 && (result.reports as string[]).length === 0 &&
    after.threads <= before.threads && after.descriptors <= before.descriptors && (build !== plain || result.lost === 0)
}
console.log(JSON.stringify({ bar: 'load20', participants, seconds, ...results }))
process.exit(ok ? 0 : 1)
