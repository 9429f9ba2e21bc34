// The connection's quality out of getStats: what goes out and comes in, how much is lost, how long
// the way is, and one word for it. What each picture is like is read only for whoever looks at it.
import { readDetails, type ConnectionDetails } from './stats-details'

export type Quality = 'good' | 'fair' | 'poor' | 'unknown'
/** Straight to the server over UDP or TCP, or through a relay (TURN). */
export type Way = 'udp' | 'tcp' | 'relay'

export interface ConnectionStats {
  quality: Quality
  up_bps: number
  down_bps: number
  /** 0…1 of what was sent / received in the interval. */
  loss_up: number
  loss_down: number
  rtt_ms: number | null
  jitter_ms: number | null
  way: Way | null
  details: ConnectionDetails | null
}

interface Counters {
  at: number
  bytesUp: number
  bytesDown: number
  received: number
  lost: number
}

/** As much of the report's entries as is read here; browsers leave members out. */
export type Entry = RTCStats & Record<string, any>

/** Limits at which people notice: ITU-T G.114 (one-way 150/400 ms) and common practice for loss. */
export function judge(rtt_ms: number | null, loss_up: number, loss_down: number): Quality {
  const loss = Math.max(loss_up, loss_down)
  if (rtt_ms === null && loss === 0) return 'unknown'
  const rtt = rtt_ms ?? 0
  if (rtt <= 200 && loss <= 0.03) return 'good'
  if (rtt <= 450 && loss <= 0.1) return 'fair'
  return 'poor'
}

/** The pair of candidates in use. After an ICE restart several are nominated: the transport knows. */
export function selectedPair(report: RTCStatsReport): Entry | null {
  let named: string | null = null
  let nominated: Entry | null = null
  report.forEach((entry: Entry) => {
    if (entry.type === 'transport' && entry.selectedCandidatePairId) named = entry.selectedCandidatePairId
    if (entry.type !== 'candidate-pair' || (!entry.selected && !entry.nominated)) return
    if (!nominated || entry.selected) nominated = entry
  })
  return (named && (report.get(named) as Entry | undefined)) || nominated
}

function wayOf(report: RTCStatsReport, pair: Entry | null): Way | null {
  const local = pair && (report.get(pair.localCandidateId) as Entry | undefined)
  if (!local) return null
  if (local.candidateType === 'relay') return 'relay'
  return local.protocol === 'tcp' ? 'tcp' : 'udp'
}

export class StatsReader {
  private before: Counters | null = null

  constructor(private readonly pc: Pick<RTCPeerConnection, 'getStats'>) {}

  async read(detailed = false): Promise<ConnectionStats> {
    const report = await this.pc.getStats()
    const now: Counters = { at: 0, bytesUp: 0, bytesDown: 0, received: 0, lost: 0 }
    let rtt: number | null = null
    let jitter: number | null = null
    let lossUp = 0
    report.forEach((entry: Entry) => {
      now.at = Math.max(now.at, entry.timestamp)
      switch (entry.type) {
        case 'outbound-rtp':
          now.bytesUp += entry.bytesSent ?? 0
          break
        case 'inbound-rtp':
          now.bytesDown += entry.bytesReceived ?? 0
          now.received += entry.packetsReceived ?? 0
          now.lost += entry.packetsLost ?? 0
          if (entry.kind === 'audio' && typeof entry.jitter === 'number') {
            jitter = Math.max(jitter ?? 0, entry.jitter * 1000)
          }
          break
        case 'remote-inbound-rtp':
          lossUp = Math.max(lossUp, entry.fractionLost ?? 0)
          if (typeof entry.roundTripTime === 'number') rtt ??= entry.roundTripTime * 1000
          break
      }
    })
    const pair = selectedPair(report)
    if (typeof pair?.currentRoundTripTime === 'number') rtt = pair.currentRoundTripTime * 1000
    const since = this.since(now)
    return {
      ...since,
      quality: judge(rtt, lossUp, since.loss_down),
      loss_up: lossUp,
      rtt_ms: rtt,
      jitter_ms: jitter,
      way: wayOf(report, pair),
      details: detailed ? readDetails(report, pair) : null,
    }
  }

  /** Rates and losses since the last reading. */
  private since(now: Counters): Pick<ConnectionStats, 'up_bps' | 'down_bps' | 'loss_down'> {
    const before = this.before
    // Two readings at once (a panel was opened) say nothing about rates: the older one stays.
    if (!before || now.at - before.at >= 500) this.before = now
    const seconds = before ? Math.max(0.1, (now.at - before.at) / 1000) : 0
    const rate = (a: number, b: number) => (seconds ? Math.max(0, ((a - b) * 8) / seconds) : 0)
    const lost = before ? Math.max(0, now.lost - before.lost) : 0
    const received = before ? Math.max(0, now.received - before.received) : 0
    return {
      up_bps: rate(now.bytesUp, before?.bytesUp ?? 0),
      down_bps: rate(now.bytesDown, before?.bytesDown ?? 0),
      loss_down: lost + received > 20 ? lost / (lost + received) : 0,
    }
  }
}
