// A thousand subscribers of one stream of 1 Mbit/s (25 bursts of four 1200-byte packets a second).
import { finish, lossOf, round, stepOf, withServer } from '../lib/load'

const SECONDS = Number(process.argv[2] ?? 20)
const PEOPLE = Number(process.argv[3] ?? 1000)
const steps = await withServer(['--participants', String(PEOPLE + 1), '--publishers', '1', '--video-slots', '1', '--send', 'stream'],
  `join all; wait 5; mark -; wait ${SECONDS}; mark run`)
const joined = stepOf(steps, 'join all')
const run = stepOf(steps, 'mark run')
const figures = {
  subscribers: PEOPLE, in: run.in, join_s: round(joined.seconds), packets: run.plain.received, loss: round(lossOf(run.plain), 6), udp_overflows: run.udp_overflows,
  delay_ms: run.plain.video_delay_ms, server_cores: round(run.server.cores), media_cores: round(run.server.media_cpu_s / run.seconds),
  us_per_packet: round((run.server.cpu_s * 1e6) / run.plain.received), client_cores: round(run.client.cores), why: joined.why,
}
const short: string[] = []
if (run.in !== PEOPLE + 1) short.push(`only ${run.in} are in`)
if (run.plain.received < 0.98 * 100 * SECONDS * PEOPLE) short.push(`only ${run.plain.received} packets came`)
if (!(figures.loss < 0.001)) short.push(`loss ${figures.loss}`)
if (!(run.plain.video_delay_ms.p99 <= 50)) short.push(`p99 delay ${run.plain.video_delay_ms.p99} ms`)
finish('thousand', figures, short)
