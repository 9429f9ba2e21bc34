import { describe, expect, it } from 'vitest'
import { judge, StatsReader } from './stats'

it('has one word for a connection', () => {
  expect(judge(null, 0, 0)).toBe('unknown')
  expect(judge(40, 0, 0.01)).toBe('good')
  expect(judge(40, 0, 0.06)).toBe('fair')
  expect(judge(300, 0, 0)).toBe('fair')
  expect(judge(40, 0.2, 0)).toBe('poor')
  expect(judge(900, 0, 0)).toBe('poor')
  expect(judge(null, 0.5, 0)).toBe('poor')
})

type Entries = Record<string, object>
const reader = (at: (n: number) => Entries) => {
  let n = 0
  return new StatsReader({
    getStats: async () => new Map(Object.entries(at(++n))) as unknown as RTCStatsReport,
  })
}

/** The n-th reading, two seconds after the one before. */
const usual = (n: number): Entries => ({
  out: { type: 'outbound-rtp', kind: 'video', timestamp: n * 2000, bytesSent: n * 250_000 },
  in: {
    type: 'inbound-rtp',
    kind: 'audio',
    timestamp: n * 2000,
    bytesReceived: n * 50_000,
    packetsReceived: n * 95,
    packetsLost: n * 5,
    jitter: 0.004,
  },
  pair: { type: 'candidate-pair', timestamp: n * 2000, nominated: true, currentRoundTripTime: 0.05 },
  other: { type: 'candidate-pair', timestamp: n * 2000, nominated: false, currentRoundTripTime: 9 },
})

describe('two readings', () => {
  it('make rates and losses', async () => {
    const stats = reader(usual)
    expect((await stats.read()).up_bps).toBe(0)
    const second = await stats.read()
    expect(second.up_bps).toBe(1_000_000)
    expect(second.down_bps).toBe(200_000)
    expect(second.loss_down).toBeCloseTo(0.05)
    expect(second.rtt_ms).toBe(50)
    expect(second.quality).toBe('fair')
    expect(second.details).toBeNull()
  })

  it('at almost the same time do not spoil the next', async () => {
    const times = [1, 2, 2.01, 3]
    const stats = reader((n) => usual(times[n - 1]!))
    await stats.read()
    await stats.read()
    await stats.read(true)
    expect((await stats.read()).up_bps).toBeCloseTo(1_000_000, -2)
  })
})

describe('the way', () => {
  const pair = (local: object, more: Entries = {}) =>
    reader(() => ({
      pair: { type: 'candidate-pair', nominated: true, localCandidateId: 'l', remoteCandidateId: 'r' },
      l: { type: 'local-candidate', ...local },
      r: { type: 'remote-candidate', address: '192.0.2.1', port: 7000 },
      ...more,
    }))

  it('is told from the candidates in use', async () => {
    expect((await pair({ candidateType: 'host', protocol: 'udp' }).read()).way).toBe('udp')
    expect((await pair({ candidateType: 'host', protocol: 'tcp' }).read()).way).toBe('tcp')
    const relay = await pair({ candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' }).read(true)
    expect(relay.way).toBe('relay')
    expect(relay.details).toMatchObject({ relayProtocol: 'tls', remote: '192.0.2.1:7000' })
    expect((await reader(() => ({})).read()).way).toBeNull()
  })

  it('is the transport’s after a restart left two nominated pairs', async () => {
    const after = pair(
      { candidateType: 'host', protocol: 'udp' },
      {
        now: { type: 'candidate-pair', nominated: true, localCandidateId: 'm', currentRoundTripTime: 0.2 },
        m: { type: 'local-candidate', candidateType: 'host', protocol: 'tcp' },
        t: { type: 'transport', selectedCandidatePairId: 'now' },
      },
    )
    expect(await after.read()).toMatchObject({ way: 'tcp', rtt_ms: 200 })
  })
})

it('tells what each picture is like, to whoever asks', async () => {
  const video = { kind: 'video', timestamp: 1 }
  const layer = (rid: string, width: number, fps: number, more: object = {}) => ({
    ...video,
    type: 'outbound-rtp',
    mid: '1',
    rid,
    frameWidth: width,
    frameHeight: (width * 9) / 16,
    framesPerSecond: fps,
    ...more,
  })
  const stats = reader(() => ({
    l: layer('l', 320, 15),
    m: layer('m', 640, 24, { qualityLimitationReason: 'bandwidth' }),
    h: layer('h', 1280, 30, { active: false }),
    a: { ...video, type: 'inbound-rtp', mid: '5', frameWidth: 640, frameHeight: 360, framesPerSecond: 24.7 },
    b: { ...video, type: 'inbound-rtp', mid: '6' },
    voice: { kind: 'audio', type: 'inbound-rtp', mid: '2' },
  }))
  const { details } = await stats.read(true)
  expect(details?.sent.map(({ rid, fps, limit }) => [rid, fps, limit])).toEqual([
    ['m', 24, 'bandwidth'],
    ['l', 15, 'none'],
  ])
  expect(details?.received).toEqual([
    { mid: '5', width: 640, height: 360, fps: 25, size: 'medium' },
    { mid: '6', width: 0, height: 0, fps: 0, size: 'small' },
  ])
})
