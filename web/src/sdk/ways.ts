// The ways on which media may go to the server (directly by UDP or TCP, or through a TURN relay), which of them were
// tried, and what became of each: so that a page that found none can say so instead of guessing.
//
// What is offered is in the answer's candidates and in the ICE servers; what was tried, in getStats: which candidates the
// browser has and which pairs were answered. Browsers forget pairs that failed, so it is gathered while it goes on.

export type WayKind = 'udp' | 'tcp' | 'turn_udp' | 'turn_tcp' | 'turn_tls'

export type Outcome =
  /** Not tried: the server does not offer it. */
  | 'absent'
  /** Not tried: the browser has no address to try it from. */
  | 'untried'
  /** Nobody answered. */
  | 'silent'
  /** The relay did not answer. */
  | 'unreached'
  /** The relay answered that it will not. */
  | 'refused'
  /** The relay serves, but the media server did not answer through it. */
  | 'beyond'
  /** The media server answered, but no encrypted connection came of it. */
  | 'answered'

export interface Place {
  host: string
  port: number
}

export interface Way {
  kind: WayKind
  places: Place[]
  outcome: Outcome
}

const KINDS: readonly WayKind[] = ['udp', 'tcp', 'turn_udp', 'turn_tcp', 'turn_tls']
/** RTCPeerConnectionIceErrorEvent: below are the answers of the server (RFC 8656), above the browser's own. */
const NO_ANSWER = 700

export type Places = Record<WayKind, Place[]>

const nowhere = (): Places => ({ udp: [], tcp: [], turn_udp: [], turn_tcp: [], turn_tls: [] })

/** Without the server's own loopback address, unless there is no other. */
function fromElsewhere(places: Place[]): Place[] {
  const others = places.filter(({ host }) => !/^127\.|^::1$/.test(host))
  return others.length > 0 ? others : places
}

/** Where an answer's candidates are. Of TCP only those that wait for us: to others nobody can connect. */
export function placesOfAnswer(sdp: string): Pick<Places, 'udp' | 'tcp'> {
  const { udp, tcp } = nowhere()
  for (const [, protocol, host, port, rest] of sdp.matchAll(
    /^a=candidate:\S+ \d+ (\S+) \d+ (\S+) (\d+) typ \S+(.*)$/gm,
  )) {
    const list = protocol!.toLowerCase() === 'udp' ? udp : / tcptype passive\b/.test(rest!) ? tcp : null
    // Each m-line may repeat them.
    if (!list || list.some((one) => one.host === host && one.port === Number(port))) continue
    list.push({ host: host!, port: Number(port) })
  }
  return { udp: fromElsewhere(udp), tcp: fromElsewhere(tcp) }
}

/** RFC 7065; null for what is no TURN URI. */
export function parseTurnUri(uri: string): (Place & { kind: WayKind }) | null {
  const match = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(uri)
  if (!match) return null
  const [, scheme, host, port, transport] = match
  const secure = scheme === 'turns'
  const kind = secure ? 'turn_tls' : transport === 'tcp' ? 'turn_tcp' : 'turn_udp'
  return { kind, host: host!.replace(/[[\]]/g, ''), port: Number(port ?? (secure ? 5349 : 3478)) }
}

/** Members of candidates that TypeScript's library does not know yet. */
type Candidate = {
  id: string
  candidateType?: string
  protocol?: string
  relayProtocol?: string
  url?: string
}
type Pair = { localCandidateId: string; responsesReceived?: number; state?: string }

function kindOf(candidate: Candidate): WayKind | null {
  if (candidate.candidateType !== 'relay') return candidate.protocol === 'tcp' ? 'tcp' : 'udp'
  const by = candidate.relayProtocol
  if (by === 'udp' || by === 'tcp' || by === 'tls') return `turn_${by}`
  return candidate.url ? (parseTurnUri(candidate.url)?.kind ?? null) : null
}

export class WayWatch {
  private places = nowhere()
  /** The browser has a candidate for it. */
  private readonly tried = new Set<WayKind>()
  private readonly answeredBy = new Set<WayKind>()
  private readonly refusedBy = new Set<WayKind>()

  constructor(private readonly pc: Pick<RTCPeerConnection, 'getStats' | 'addEventListener'>) {
    pc.addEventListener('icecandidateerror', ({ url, errorCode }) => {
      const uri = parseTurnUri(url ?? '')
      if (uri && errorCode < NO_ANSWER) this.refusedBy.add(uri.kind)
    })
  }

  /** The ICE servers in use. */
  offered(servers: RTCIceServer[]): void {
    const { udp, tcp } = this.places
    this.places = { ...nowhere(), udp, tcp }
    for (const uri of servers.flatMap((server) => server.urls)) {
      const parsed = parseTurnUri(uri)
      if (parsed) this.places[parsed.kind].push({ host: parsed.host, port: parsed.port })
    }
  }

  answered(sdp: string): void {
    Object.assign(this.places, placesOfAnswer(sdp))
  }

  /** Call now and then while there is no connection. */
  async observe(): Promise<void> {
    const locals = new Map<string, WayKind>()
    const pairs: Pair[] = []
    const report = await this.pc.getStats()
    report.forEach((entry: { type: string }) => {
      if (entry.type === 'local-candidate') {
        const candidate = entry as Candidate & { type: string }
        const kind = kindOf(candidate)
        if (kind) locals.set(candidate.id, kind)
      } else if (entry.type === 'candidate-pair') pairs.push(entry as Pair & { type: string })
    })
    for (const kind of locals.values()) this.tried.add(kind)
    for (const { localCandidateId, responsesReceived, state } of pairs) {
      const kind = locals.get(localCandidateId)
      if (kind && (state === 'succeeded' || (responsesReceived ?? 0) > 0)) this.answeredBy.add(kind)
    }
  }

  ways(): Way[] {
    return KINDS.map((kind) => ({ kind, places: this.places[kind], outcome: this.outcome(kind) }))
  }

  private outcome(kind: WayKind): Outcome {
    if (this.places[kind].length === 0) return 'absent'
    if (this.answeredBy.has(kind)) return 'answered'
    if (kind === 'udp' || kind === 'tcp') return this.tried.has(kind) ? 'silent' : 'untried'
    if (this.tried.has(kind)) return 'beyond'
    if (this.refusedBy.has(kind)) return 'refused'
    // A browser that has any address of its own has asked the relay from it.
    return this.tried.size > 0 ? 'unreached' : 'untried'
  }
}
