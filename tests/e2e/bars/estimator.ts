// The estimate of a downlink on a real queue: the loopback of the bar's own network namespace is given the packet size of
// a network, and what goes to one listener's address passes a token bucket. First beside a TCP stream on 3 Mbit/s, then
// alone from a cold start on 10 Mbit/s with pictures of 13 Mbit/s to be had.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { finish, round, withServer, type Step } from '../lib/load'

const SECONDS = Number(process.argv[2] ?? 40)
const LISTENER = '127.0.0.2'
const QUEUE_MS = 200
const short: string[] = []
const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}
const tc = (...args: string[]): void => {
  execFileSync('tc', args)
}

/** What goes to the listener gets so many kbit/s and QUEUE_MS of queue; all else passes freely. */
function narrow(kbps: number): void {
  execFileSync('ip', ['link', 'set', 'lo', 'mtu', '1500'])
  try {
    execFileSync('tc', ['qdisc', 'del', 'dev', 'lo', 'root'], { stdio: 'ignore' })
  } catch {
    // there was none
  }
  tc('qdisc', 'add', 'dev', 'lo', 'root', 'handle', '1:', 'htb', 'default', '1')
  tc('class', 'add', 'dev', 'lo', 'parent', '1:', 'classid', '1:1', 'htb', 'rate', '4gbit', 'quantum', '60000')
  tc('class', 'add', 'dev', 'lo', 'parent', '1:', 'classid', '1:3', 'htb', 'rate', `${kbps}kbit`, 'ceil', `${kbps}kbit`, 'burst', '5k', 'cburst', '5k')
  tc('qdisc', 'add', 'dev', 'lo', 'parent', '1:3', 'handle', '30:', 'bfifo', 'limit', String(Math.round(kbps * QUEUE_MS / 8)))
  tc('filter', 'add', 'dev', 'lo', 'parent', '1:0', 'protocol', 'ip', 'u32', 'match', 'ip', 'dst', `${LISTENER}/32`, 'flowid', '1:3')
}

/** A TCP stream to the listener's address; returns the bytes that arrived so far, and its end. */
async function competitor(): Promise<{ bytes: () => number; end: () => void }> {
  let bytes = 0
  const receiver = net.createServer((socket) => socket.on('data', (data) => (bytes += data.length)).on('error', () => undefined))
  receiver.listen(0, LISTENER)
  await once(receiver, 'listening')
  const socket = net.connect((receiver.address() as AddressInfo).port, LISTENER)
  socket.on('error', () => undefined)
  const block = Buffer.alloc(65536)
  const fill = (): void => {
    while (socket.write(block));
  }
  socket.on('drain', fill)
  socket.on('connect', fill)
  return {
    bytes: () => bytes,
    end: () => {
      socket.destroy()
      receiver.close()
    },
  }
}

const run = (publishers: number, view: string, script: string): Promise<Step[]> =>
  withServer(['--participants', String(publishers + 1), '--publishers', String(publishers), '--video-slots', String(view.split(' ').length), '--simulcast', '--staggered',
    '--view', view, '--listener-address', LISTENER], script)
// The listener alone is behind a link, one that changes nothing, so that it is counted by itself.
const apart = (publishers: number): string => `link ${publishers} 1 down rate=1000000 queue=1000; mark -`
const mbps = (step: Step): number => (step.linked!.bytes * 8e-6) / step.seconds
const each = (count: number): string => Array.from({ length: count }, (_, i) => `wait 1; mark s${i}`).join('; ')

narrow(3000)
const stream = await competitor()
let last = stream.bytes()
const tcp: number[] = []
const clock = setInterval(() => {
  tcp.push(((stream.bytes() - last) * 8e-6))
  last = stream.bytes()
}, 1000)
const shared = (await run(4, '1280x720 1280x720 1280x720', `join all; ${apart(4)}; ${each(SECONDS)}`)).filter((step) => step.step.startsWith('mark s'))
clearInterval(clock)
stream.end()
const later = <T>(list: T[]): T[] => list.slice(Math.floor(list.length / 4))
const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length)
const media = mean(later(shared).map(mbps))
const rival = mean(tcp.slice(-later(shared).length))
const sum = media + rival
judge(media / sum >= 0.25, `media got ${round(media)} of ${round(sum)} Mbit/s`)
judge(rival / sum >= 0.25, `TCP got ${round(rival)} of ${round(sum)} Mbit/s`)

narrow(10000)
const alone = (await run(10, Array<string>(9).fill('1280x720').join(' '), `join 10; wait 2; join 1; ${apart(10)}; ${each(20)}`)).filter((step) => step.step.startsWith('mark s'))
const rates = alone.map(mbps)
const reached = rates.findIndex((rate) => rate >= 8)
// Sending without regard to the way reaches it too, and loses what does not fit.
const settled = alone.slice(10).map((step) => step.linked!)
const lost = settled.reduce((total, f) => total + f.lost, 0) / Math.max(1, settled.reduce((total, f) => total + f.lost + f.received, 0))
judge(lost <= 0.02, `on 10 Mbit/s ${round(100 * lost)} % of the packets are lost`)
judge(reached >= 0 && reached < 10, `8 Mbit/s ${reached < 0 ? 'never' : `after ${reached + 1} s`} (most ${round(Math.max(...rates))})`)
finish('estimator', {
  shared: { media_mbps: round(media), tcp_mbps: round(rival) },
  cold: { reached_8_mbps_s: reached < 0 ? null : reached + 1, loss: round(lost, 4), mbps: rates.map((rate) => round(rate)) },
}, short)
