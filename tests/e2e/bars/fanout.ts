// What forwarding costs: the server's CPU time per packet that arrives, with one publisher of 1200-byte packets in
// bursts of four and subscribers that report as browsers do (transport-wide feedback, RR, NACK), beside the floor
// (protect and send alone) measured right before and after, three times: the middle one counts, as a shared machine's
// speed changes by a third within a minute; and beside Janus; the same with small packets; and what a packet of
// feedback costs, beside a run of receivers that offer none.
import { costOf, finish, floor, lossOf, round, runJanus, stepOf, withServer, type Step } from '../lib/load'

const SECONDS = Number(process.argv[2] ?? 6)
const STEPS = [50, 100, 200, 500]
const ROUNDS = 3
const JANUS = 200
const script = `join all; wait 3; mark -; wait ${SECONDS}; mark run`
const short: string[] = []

const ours = async (subscribers: number, send: string, ...more: string[]): Promise<Step> =>
  stepOf(await withServer(['--participants', String(subscribers + 1), '--publishers', '1', '--video-slots', '1', '--send', send, ...more], script), 'mark run')

const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}

const oneRound = async (subscribers: number) => {
  const before = floor(subscribers)
  const run = await ours(subscribers, 'burst')
  const floorUs = (before + floor(subscribers)) / 2
  const us = costOf(run)
  judge(run.in === subscribers + 1, `${subscribers}: only ${run.in} stayed`)
  return {
    subscribers, packets: run.plain.received, loss: round(lossOf(run.plain), 5), us_per_packet: round(us),
    media_thread_us: round((run.server.media_cpu_s * 1e6) / run.plain.received), floor_us: round(floorUs), ratio: round(us / floorUs),
    client_cores: round(run.client.cores),
  }
}

const steps: Record<string, unknown>[] = []
const costs: number[] = []
for (const subscribers of STEPS) {
  const rounds = []
  for (let i = 0; i < ROUNDS; i++) rounds.push(await oneRound(subscribers))
  rounds.sort((a, b) => a.ratio - b.ratio)
  const step = { ...rounds[ROUNDS >> 1]!, ratios: rounds.map((round) => round.ratio) }
  costs.push(rounds.map((round) => round.us_per_packet).sort((a, b) => a - b)[ROUNDS >> 1]!)
  console.error(JSON.stringify(step))
  steps.push(step)
  judge(step.ratio <= 1.25, `${subscribers}: ${step.ratio} of the floor`)
}
judge(Math.max(...costs) <= 1.25 * Math.min(...costs), `not flat: ${costs.map((us) => round(us)).join(' ')} µs`)

// At a rate that Janus holds: 25 bursts a second. What loses packets is not measured, it is overloaded.
const stream = await ours(JANUS, 'stream')
const janus = await runJanus(JANUS, 'stream', SECONDS)
const small = await ours(JANUS, 'small')
const deaf = await ours(JANUS, 'small', '--no-feedback')
const janusSmall = await runJanus(JANUS, 'small', SECONDS)
const beside = {
  stream_us: round(costOf(stream)), janus_us: janus && round(costOf(janus)), janus_loss: janus && round(lossOf(janus.plain), 5), of_janus: janus && round(costOf(stream) / costOf(janus), 3),
  small_us: round(costOf(small)), janus_small_us: janusSmall && round(costOf(janusSmall)), small_of_janus: janusSmall && round(costOf(small) / costOf(janusSmall), 3),
  feedback_us: round(((small.server.cpu_s - deaf.server.cpu_s) * 1e6) / small.plain.feedbacks_sent),
}
console.error(JSON.stringify(beside))
judge(beside.janus_loss !== null && beside.janus_loss < 0.01, `Janus did not hold ${JANUS}: loss ${beside.janus_loss}`)
judge(beside.of_janus !== null && beside.of_janus <= 0.1, `${beside.of_janus} of Janus`)
judge(beside.small_of_janus !== null && beside.small_of_janus <= 0.25, `small packets: ${beside.small_of_janus} of Janus`)
judge(deaf.plain.received >= 0.95 * small.plain.received, `only ${deaf.plain.received} packets without feedback`)
judge(beside.feedback_us > 0 && beside.feedback_us <= 10, `a packet of feedback: ${beside.feedback_us} µs`)
finish('fanout', { seconds: SECONDS, steps, ...beside }, short)
