// What each picture is like, out of getStats: those received and the layers of one's own camera; and
// where the other end is. For the connection panel and whoever looks after the network.
import { sizeOf, type LayerSize } from './layers'
import type { Entry } from './stats'

export interface ReceivedPicture {
  mid: string | null
  width: number
  height: number
  fps: number
  size: LayerSize
}

/** What keeps the browser from sending better. */
export type Limit = 'none' | 'cpu' | 'bandwidth'

export interface SentPicture {
  mid: string | null
  /** null: without simulcast. */
  rid: string | null
  width: number
  height: number
  fps: number
  limit: Limit
}

export interface ConnectionDetails {
  received: ReceivedPicture[]
  /** Only what is sent now. */
  sent: SentPicture[]
  /** Address and port of the server (or relay) that is talked to, as far as the browser tells. */
  remote: string | null
  /** How a relay is reached: udp, tcp, tls. */
  relayProtocol: string | null
}

const LIMITS: Record<string, Limit> = { cpu: 'cpu', bandwidth: 'bandwidth' }

function picture(entry: Entry) {
  return {
    mid: (entry.mid as string | undefined) ?? null,
    width: (entry.frameWidth as number | undefined) ?? 0,
    height: (entry.frameHeight as number | undefined) ?? 0,
    fps: Math.round(entry.framesPerSecond ?? 0),
  }
}

export function readDetails(report: RTCStatsReport, pair: Entry | null): ConnectionDetails {
  const received: ReceivedPicture[] = []
  const sent: SentPicture[] = []
  report.forEach((entry: Entry) => {
    if (entry.kind !== 'video') return
    const one = picture(entry)
    if (entry.type === 'inbound-rtp') received.push({ ...one, size: sizeOf(one.width, one.height) })
    // A layer that rests keeps the numbers of its last picture.
    if (entry.type === 'outbound-rtp' && one.fps > 0 && entry.active !== false) {
      sent.push({ ...one, rid: entry.rid ?? null, limit: LIMITS[entry.qualityLimitationReason] ?? 'none' })
    }
  })
  sent.sort((a, b) => b.width * b.height - a.width * a.height)
  const local = pair && (report.get(pair.localCandidateId) as Entry | undefined)
  const remote = pair && (report.get(pair.remoteCandidateId) as Entry | undefined)
  const address: string | undefined = remote?.address ?? remote?.ip
  return {
    received,
    sent,
    remote: address ? `${address.includes(':') ? `[${address}]` : address}:${remote!.port}` : null,
    relayProtocol: local?.relayProtocol ?? null,
  }
}
