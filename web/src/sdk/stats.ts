// The connection's quality out of getStats: what goes out and comes in, how much is lost, how long
// the way is, and one word for it.

export type Quality = 'good' | 'fair' | 'poor' | 'unknown'

export interface ConnectionStats {
  quality: Quality
  up_bps: number
  down_bps: number
  /** 0…1 of what was sent / received in the interval. */
  loss_up: number
  loss_down: number
  rtt_ms: number | null
  jitter_ms: number | null
  sending: { width: number; height: number; fps: number } | null
}

interface Counters {
  at: number
  bytesUp: number
  bytesDown: number
  received: number
  lost: number
}

/** Limits at which people notice: ITU-T G.114 (one-way 150/400 ms) and common practice for loss. */
export function judge(rtt_ms: number | null, loss_up: number, loss_down: number): Quality {
  const loss = Math.max(loss_up, loss_down)
  if (rtt_ms === null && loss === 0) return 'unknown'
  const rtt = rtt_ms ?? 0
  if (rtt <= 200 && loss <= 0.03) return 'good'
  if (rtt <= 450 && loss <= 0.1) return 'fair'
  return 'poor'
}

export class StatsReader {
  private before: Counters | null = null

  constructor(private readonly pc: Pick<RTCPeerConnection, 'getStats'>) {}

  async read(): Promise<ConnectionStats> {
    const report = await this.pc.getStats()
    const now: Counters = { at: 0, bytesUp: 0, bytesDown: 0, received: 0, lost: 0 }
    let rtt: number | null = null
    let jitter: number | null = null
    let lossUp = 0
    let sending: ConnectionStats['sending'] = null
    report.forEach((entry) => {
      now.at = Math.max(now.at, entry.timestamp)
      switch (entry.type) {
        case 'outbound-rtp':
          now.bytesUp += entry.bytesSent ?? 0
          if (entry.kind === 'video' && entry.frameWidth > (sending?.width ?? 0)) {
            sending = {
              width: entry.frameWidth,
              height: entry.frameHeight,
              fps: Math.round(entry.framesPerSecond ?? 0),
            }
          }
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
        case 'candidate-pair':
          if (!entry.nominated && !entry.selected) break
          if (typeof entry.currentRoundTripTime === 'number') rtt = entry.currentRoundTripTime * 1000
          break
      }
    })
    const before = this.before
    this.before = now
    const seconds = before ? Math.max(0.1, (now.at - before.at) / 1000) : 0
    const rate = (a: number, b: number) => (seconds ? Math.max(0, ((a - b) * 8) / seconds) : 0)
    const lost = before ? Math.max(0, now.lost - before.lost) : 0
    const received = before ? Math.max(0, now.received - before.received) : 0
    const lossDown = lost + received > 20 ? lost / (lost + received) : 0
    return {
      quality: judge(rtt, lossUp, lossDown),
      up_bps: rate(now.bytesUp, before?.bytesUp ?? 0),
      down_bps: rate(now.bytesDown, before?.bytesDown ?? 0),
      loss_up: lossUp,
      loss_down: lossDown,
      rtt_ms: rtt,
      jitter_ms: jitter,
      sending,
    }
  }
}
