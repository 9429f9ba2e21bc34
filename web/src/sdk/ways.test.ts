import { describe, expect, it } from 'vitest'
import { parseTurnUri, placesOfAnswer, WayWatch } from './ways'

const ANSWER = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=candidate:1 1 udp 2130706431 203.0.113.7 7000 typ host',
  'a=candidate:2 1 UDP 2130706430 2001:db8::7 7000 typ host',
  'a=candidate:3 1 tcp 2105458943 203.0.113.7 7000 typ host tcptype passive',
  'a=candidate:4 1 tcp 2105458942 203.0.113.7 9 typ host tcptype active',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=candidate:1 1 udp 2130706431 203.0.113.7 7000 typ host',
  '',
].join('\r\n')
const UDP_ONLY = 'a=candidate:1 1 udp 2130706431 203.0.113.7 7000 typ host\r\n'
const TURN = [
  {
    urls: [
      'turn:t.example:3478?transport=udp',
      'turn:t.example:3478?transport=tcp',
      'turns:t.example:5349?transport=tcp',
    ],
    username: 'u',
    credential: 'c',
  },
]

class Peer {
  stats: object[] = []
  fail: (event: { url?: string; errorCode: number }) => void = () => undefined
  getStats = async () => new Map(this.stats.map((entry, i) => [String(i), entry]))
  addEventListener(_: string, listener: (event: { url?: string; errorCode: number }) => void) {
    this.fail = listener
  }
}

const local = (id: string, more: object) => ({
  type: 'local-candidate',
  id,
  candidateType: 'host',
  protocol: 'udp',
  ...more,
})
const relay = (by: string) => local(by, { candidateType: 'relay', relayProtocol: by })
const pair = (localCandidateId: string, responsesReceived = 0) => ({
  type: 'candidate-pair',
  localCandidateId,
  state: 'in-progress',
  responsesReceived,
})

function watch(answer: string, servers: RTCIceServer[] = []) {
  const peer = new Peer()
  const ways = new WayWatch(peer as unknown as RTCPeerConnection)
  ways.offered(servers)
  ways.answered(answer)
  const see = async (...stats: object[]) => {
    peer.stats = stats
    await ways.observe()
  }
  const outcomes = () => Object.fromEntries(ways.ways().map((way) => [way.kind, way.outcome]))
  return { peer, ways, see, outcomes }
}

describe('what is offered', () => {
  it('tells TCP from UDP, takes only TCP that waits, and each place once', () => {
    const v4 = { host: '203.0.113.7', port: 7000 }
    expect(placesOfAnswer(ANSWER)).toEqual({ udp: [v4, { host: '2001:db8::7', port: 7000 }], tcp: [v4] })
    const loopback = UDP_ONLY.replace('203.0.113.7', '127.0.0.1')
    expect(placesOfAnswer(UDP_ONLY + loopback)).toEqual({ udp: [v4], tcp: [] })
    expect(placesOfAnswer(loopback)).toEqual({ udp: [{ host: '127.0.0.1', port: 7000 }], tcp: [] })
    expect(placesOfAnswer('v=0\r\n')).toEqual({ udp: [], tcp: [] })
  })
  it('reads TURN URIs', () => {
    expect(parseTurnUri('turn:t.example')).toEqual({ kind: 'turn_udp', host: 't.example', port: 3478 })
    expect(parseTurnUri('turn:t.example:80?transport=tcp')).toEqual({
      kind: 'turn_tcp',
      host: 't.example',
      port: 80,
    })
    expect(parseTurnUri('turns:[2001:db8::7]')).toEqual({ kind: 'turn_tls', host: '2001:db8::7', port: 5349 })
    expect(parseTurnUri('stun:t.example')).toBeNull()
  })
  it('remembers the places', () => {
    const { ways } = watch(ANSWER, TURN)
    expect(ways.ways().map((way) => way.places.length)).toEqual([2, 1, 1, 1, 1])
  })
})

describe('what became of it', () => {
  it('UDP without an answer, and nothing else on offer', async () => {
    const { see, outcomes } = watch(UDP_ONLY)
    await see(local('a', {}), pair('a'))
    expect(outcomes()).toEqual({
      udp: 'silent',
      tcp: 'absent',
      turn_udp: 'absent',
      turn_tcp: 'absent',
      turn_tls: 'absent',
    })
  })
  it('a browser that has no address tries nothing', async () => {
    const { see, outcomes } = watch(ANSWER, TURN)
    await see()
    expect(new Set(Object.values(outcomes()))).toEqual(new Set(['untried']))
  })
  it('TCP is tried only by a browser that can', async () => {
    const { see, outcomes } = watch(ANSWER)
    await see(local('a', {}))
    expect(outcomes()).toMatchObject({ udp: 'silent', tcp: 'untried' })
    await see(local('b', { protocol: 'tcp' }))
    expect(outcomes()).toMatchObject({ udp: 'silent', tcp: 'silent' })
  })
  it('relays: one serves, one refuses, one cannot be reached', async () => {
    const { peer, see, outcomes } = watch(UDP_ONLY, TURN)
    await see(local('a', {}), relay('tls'), pair('tls'))
    peer.fail({ url: 'turn:t.example:3478?transport=udp', errorCode: 701 })
    peer.fail({ url: 'turn:t.example:3478?transport=tcp', errorCode: 401 })
    expect(outcomes()).toMatchObject({ turn_udp: 'unreached', turn_tcp: 'refused', turn_tls: 'beyond' })
  })
  it('knows a relay by its URL where the browser names no protocol', async () => {
    const { see, outcomes } = watch(UDP_ONLY, TURN)
    await see(local('r', { candidateType: 'relay', url: 'turns:t.example:5349?transport=tcp' }))
    expect(outcomes()).toMatchObject({ turn_tls: 'beyond', turn_udp: 'unreached', udp: 'untried' })
  })
  it('what was answered stays so when the browser has forgotten the pair', async () => {
    const { see, outcomes } = watch(UDP_ONLY)
    await see(local('a', {}), pair('a', 3))
    await see(local('a', {}))
    expect(outcomes()).toMatchObject({ udp: 'answered' })
  })
})
