// Bad networks, emulated in front of synthetic participants (tests/bench/load/link.h): loss, jitter and reordering, a
// narrow downlink, another port or address. Four of eight receive through them; three send.
import { finish, round, stepOf, withServer, type Figures, type Step } from '../lib/load'

const SECONDS = Number(process.argv[2] ?? 20)
const BEHIND = 4
const BAD = `4 ${BEHIND}` // the last members
const short: string[] = []
const figures: Record<string, unknown> = {}
const run = (script: string, view = '640x360 320x180 320x180'): Promise<Step[]> =>
  withServer(['--participants', '8', '--publishers', '3', '--video-slots', '4', '--simulcast', '--staggered', '--turn', '5', '--view', view], `join all; wait 3; ${script}`)
const judge = (ok: boolean, what: string): void => {
  if (!ok) short.push(what)
}
const both = (words: string): string => `link ${BAD} up ${words}; link ${BAD} down ${words}`
const linked = (step: Step): Figures => step.linked!
const frozen = (f: Figures): number => round((f.frozen_s * 60) / Math.max(1, f.picture_s))
const gaps = (f: Figures): number => round((100 * f.audio_gaps) / Math.max(1, f.audio + f.audio_lost), 3)

// Loss both ways: the share of sound that neither a packet nor a copy in a later one brings; frozen seconds a minute.
const rows: [percent: number, gap: number, frozen: number][] = [[5, 1, 1], [10, 3, 3], [20, 8, Infinity], [30, 20, Infinity]]
const loss: Record<string, unknown> = {}
for (const [percent, gapMost, frozenMost] of rows) {
  const f = linked(stepOf(await run(`${both(`loss=${percent / 100} delay=20`)}; wait 4; mark -; wait ${SECONDS}; mark run`), 'mark run'))
  loss[percent] = { audio_gaps_percent: gaps(f), audio_lost: f.audio_lost, lost: f.lost, repaired: f.repaired, frozen_s_a_minute: frozen(f), worst_gap_ms: f.worst_gap_ms }
  judge(f.audio > 0 && gaps(f) <= gapMost, `loss ${percent} %: sound missing ${gaps(f)} %`)
  judge(frozen(f) <= frozenMost, `loss ${percent} %: frozen ${frozen(f)} s a minute`)
}
figures.loss = loss

const jitter = linked(stepOf(await run(`${both('delay=60 jitter=50 reorder=0.05 hold=20')}; wait 4; mark -; wait ${SECONDS}; mark run`), 'mark run'))
figures.jitter = { worst_gap_ms: jitter.worst_gap_ms, frozen_s_a_minute: frozen(jitter), lost: jitter.lost, audio_gaps_percent: gaps(jitter) }
judge(jitter.frames > 0 && jitter.worst_gap_ms <= 500, `jitter: frozen for ${jitter.worst_gap_ms} ms`)

// The downlink falls to 500 kbit/s and comes back: watched every half second.
const half = (name: string, count: number): string => Array.from({ length: count }, (_, i) => `wait 0.5; mark ${name}${i}`).join('; ')
const narrow = await run(`link ${BAD} down rate=20000 queue=1000; wait 8; mark wide; link ${BAD} down rate=500 queue=1000; ${half('narrow', 30)}; link ${BAD} down rate=20000 queue=1000; ${half('back', 40)}`,
  '1280x720 320x180')
/** Each asks for one; the last speaker's is there for a moment beside the next one's, so that two steps count. */
const large = (step: Step): number => linked(step).widths[3]
const narrowSteps = narrow.filter((step) => step.step.startsWith('mark narrow'))
const backSteps = narrow.filter((step) => step.step.startsWith('mark back'))
const at = (steps: Step[], is: (step: Step, index: number) => boolean): number => {
  const index = steps.findIndex(is)
  return index < 0 ? Infinity : (index + 1) / 2
}
const wide = large(stepOf(narrow, 'mark wide'))
figures.narrow = {
  large_before: wide, lower_s: at(narrowSteps, (step) => large(step) === 0), back_s: at(backSteps, (step, i) => large(step) >= BEHIND && large(backSteps[i + 1] ?? step) >= BEHIND),
  audio_lost: narrowSteps.concat(backSteps).reduce((sum, step) => sum + linked(step).audio_lost, 0),
  queue_ms: Math.max(...narrowSteps.slice(4).map((step) => linked(step).queue_ms ?? 0)),
  queue_first_ms: Math.max(...narrowSteps.slice(0, 4).map((step) => linked(step).queue_ms ?? 0)),
  kbps: narrowSteps.map((step) => Math.round((linked(step).bytes * 8e-3) / step.seconds / Math.max(1, linked(step).seats))),
}
const narrowed = figures.narrow as { lower_s: number; back_s: number; audio_lost: number; queue_ms: number; queue_first_ms: number }
judge(wide >= BEHIND, `narrow: only ${wide} large pictures before`)
judge(narrowed.lower_s <= 2, `narrow: a lower layer after ${narrowed.lower_s} s`)
judge(narrowed.back_s <= 15, `narrow: full again after ${narrowed.back_s} s`)
judge(narrowed.audio_lost === 0, `narrow: ${narrowed.audio_lost} packets of sound lost`)
judge(Math.max(narrowed.queue_ms, narrowed.queue_first_ms) <= 300, `narrow: ${narrowed.queue_first_ms} ms of queue at first, ${narrowed.queue_ms} ms later`)

const moved = await run('mark -; rebind 4 4; wait 6; mark rebound; storm ice 0.5 0.5; wait 3; mark moved')
const rebound = stepOf(moved, 'mark rebound').plain
const returned = stepOf(moved, 'storm ice 0.5 0.5')
figures.rebind = { worst_gap_ms: rebound.worst_gap_ms, lost: rebound.lost, moved_first_packet_ms: returned.first_packet_ms, moved_first_picture_ms: returned.first_picture_ms }
judge(rebound.frames > 0 && rebound.worst_gap_ms <= 3000, `another port: ${rebound.worst_gap_ms} ms without a picture`)
judge((returned.first_picture_ms?.[1] ?? Infinity) <= 5000, `another address: a picture after ${returned.first_picture_ms?.[1]} ms (p95)`)
finish('faults-net', figures, short)
