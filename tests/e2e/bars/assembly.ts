// An assembly: 600 in one room, 13 of them send picture (three layers) and sound and speak in turns; all see four
// pictures and hear three voices. Joining, a late join into the full room, and everybody's network gone and back.
import { finish, lossOf, round, stepOf, withServer, type Step } from '../lib/load'

const PEOPLE = Number(process.argv[2] ?? 600)
const SECONDS = Number(process.argv[3] ?? 15)
const PUBLISHERS = 13
const LATE = 20
/** What each is sent when nothing is left out is 1.34-1.42; a server that thins pictures to keep its time does not hold. */
const WHOLE_MBPS = 1.25
const ladder = [100, 200, 300, 400, 500, 600].filter((size) => size < PEOPLE)
let script = `join ${PUBLISHERS}; wait 3; mark first`
let before = PUBLISHERS
for (const size of ladder) {
  script += `; join ${size - before}; wait 2; mark -; wait 6; mark at ${size}`.replace(/mark at /, 'mark at-')
  before = size
}
script += `; join ${PEOPLE - LATE - before}; wait 2; mark -; join ${LATE}; mark late; wait ${SECONDS}; mark steady`
script += `; storm ice 2 5; wait 3; mark -; wait ${SECONDS}; mark ice; storm anew 2 5; wait 3; mark -; wait ${SECONDS}; mark anew`
const steps = await withServer(['--participants', String(PEOPLE), '--publishers', String(PUBLISHERS), '--video-slots', '4', '--simulcast', '--staggered',
  '--turn', '5', '--view', '640x360 640x360 320x180 320x180'], script)

const short: string[] = []
const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}
const delay = (step: Step): number => Math.max(step.plain.audio_delay_ms.p99, step.plain.video_delay_ms.p99)
const window = (step: Step) => ({
  in: step.in, mbps_each: round(mbps(step)), loss: round(lossOf(step.plain), 6),
  udp_overflows: step.udp_overflows, delay_p50_ms: step.plain.video_delay_ms.p50, delay_p99_ms: delay(step),
  freezes_s_a_minute: round((step.plain.frozen_s * 60) / Math.max(1, step.plain.picture_s)), server_cores: round(step.server.cores),
  media_cores: round(step.server.media_cpu_s / step.seconds), us_per_packet: round((step.server.cpu_s * 1e6) / Math.max(1, step.plain.received)),
  client_cores: round(step.client.cores), threads: step.server.threads,
})
const mbps = (step: Step): number => (step.plain.bytes * 8e-6) / step.seconds / Math.max(1, step.plain.seats)
const holds = (step: Step): boolean => lossOf(step.plain) < 0.001 && delay(step) <= 50 && mbps(step) >= WHOLE_MBPS
const joins = steps.filter((step) => step.step.startsWith('join'))
const joinSeconds = joins.reduce((sum, step) => sum + step.seconds, 0)
const late = stepOf(steps, `join ${LATE}`)
const first = stepOf(steps, 'mark first')
const steady = stepOf(steps, 'mark steady')
const carried = ladder.filter((size) => holds(stepOf(steps, `mark at-${size}`)))
const silent = (steady.server.memory_kib - first.server.memory_kib) / (PEOPLE - PUBLISHERS)
const storms = ['ice', 'anew'].map((how) => ({ back: stepOf(steps, `storm ${how} 2 5`), after: stepOf(steps, `mark ${how}`) }))

judge(steady.in === PEOPLE, `only ${steady.in} are in: ${late.why}`)
judge(joinSeconds <= 60, `joining took ${round(joinSeconds)} s`)
judge((late.first_picture_ms?.[1] ?? Infinity) <= 1000, `late join p95 ${late.first_picture_ms?.[1]} ms`)
judge(holds(steady), `steady: loss ${round(lossOf(steady.plain), 5)}, p99 ${delay(steady)} ms, ${round(mbps(steady))} Mbit/s each`)
for (const { back, after } of storms) judge(after.in === PEOPLE && holds(after), `after ${back.step}: ${after.in} in, loss ${round(lossOf(after.plain), 5)}, p99 ${delay(after)} ms, ${round(mbps(after))} Mbit/s each`)
judge(silent <= 200, `${round(silent)} KiB a silent participant`)
judge(steps.every((step) => !step.server || step.server.threads === first.server.threads), 'threads grew')
finish('assembly', {
  people: PEOPLE, join_s: round(joinSeconds), late_first_packet_ms: late.first_packet_ms, late_first_picture_ms: late.first_picture_ms,
  one_core_carries: carried.length ? Math.max(...carried) : 0, ladder: Object.fromEntries(ladder.map((size) => [size, window(stepOf(steps, `mark at-${size}`))])),
  steady: window(steady), storms: storms.map(({ back, after }) => ({ storm: back.step, back_s: round(back.seconds), first_picture_ms: back.first_picture_ms, ...window(after) })),
  silent_kib: round(silent),
}, short)
