// Fifty peers coming and going, through a normal, an AddressSanitizer and a ThreadSanitizer build of the server.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runLoad } from '../lib/load'
import { Server, TOP } from '../lib/server'

const SECONDS = Number(process.argv[2] ?? 300)
const PEERS = 50
const plain = join(TOP, 'build')
const count = (pid: number, what: 'task' | 'fd'): number => readdirSync(`/proc/${pid}/${what}`).length
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

interface Churn {
  left: number
  in: number
  failed: number
  why: string
}

async function measure(build: string) {
  const settings: Record<string, string> = { YISHI_CONNECTIONS_PER_ADDRESS: '1000' }
  // ThreadSanitizer sees GStreamer's threads but not its locks: the server records through the plain pipeline program.
  if (build.endsWith('tsan')) settings.YISHI_PIPELINE_PROGRAM = join(plain, 'pipelines', 'yishi-pipeline')
  const server = new Server(8080, settings, build)
  await server.start()
  const args = ['--publishers', '6', '--simulcast', '--staggered', '--view', '640x360 320x180 320x180 320x180']
  // A first small round lets pools, threads and connections come up that are meant to stay.
  await runLoad(server, ['--participants', '4', ...args], 'join all; wait 1')
  await pause(3000)
  const before = { threads: count(server.pid, 'task'), descriptors: count(server.pid, 'fd') }
  const step = `churn ${SECONDS}`
  const churn = (await runLoad(server, ['--participants', String(PEERS), ...args], step)).find((line) => line.step === step) as unknown as Churn | undefined
  await pause(5000)
  const after = { threads: count(server.pid, 'task'), descriptors: count(server.pid, 'fd') }
  const code = await server.stop()
  const reports = (readFileSync(server.log, 'utf8').match(/(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error)[^\n]*/g) ?? []).slice(0, 5)
  if (code !== 0 || reports.length > 0) console.error(server.tail(60))
  await server.dispose()
  return { ...churn, before, after, exit: code, reports }
}

const builds = process.env.YISHI_BUILD ? [process.env.YISHI_BUILD] : [plain, join(TOP, 'build-asan'), join(TOP, 'build-tsan')]
const results: Record<string, unknown> = {}
let ok = true
for (const build of builds) {
  const result = await measure(build)
  results[build.split('/').pop()!] = result
  console.error(JSON.stringify(result))
  ok &&= result.failed === 0 && (result.left ?? 0) > SECONDS && result.exit === 0 && result.reports.length === 0 &&
    result.after.threads <= result.before.threads && result.after.descriptors <= result.before.descriptors
}
console.log(JSON.stringify({ bar: 'churn', peers: PEERS, seconds: SECONDS, ...results }))
process.exit(ok ? 0 : 1)
