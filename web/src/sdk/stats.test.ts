import { expect, it } from 'vitest'
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

it('makes rates and losses of two readings', async () => {
  const at = (n: number) =>
    new Map<string, object>([
      [
        'out',
        {
          type: 'outbound-rtp',
          kind: 'video',
          timestamp: n * 2000,
          bytesSent: n * 250_000,
          frameWidth: 1280,
          frameHeight: 720,
          framesPerSecond: 29.6,
        },
      ],
      [
        'in',
        {
          type: 'inbound-rtp',
          kind: 'audio',
          timestamp: n * 2000,
          bytesReceived: n * 50_000,
          packetsReceived: n * 95,
          packetsLost: n * 5,
          jitter: 0.004,
        },
      ],
      [
        'pair',
        {
          type: 'candidate-pair',
          timestamp: n * 2000,
          nominated: true,
          currentRoundTripTime: 0.05,
          availableOutgoingBitrate: 2e6,
        },
      ],
      ['other', { type: 'candidate-pair', timestamp: n * 2000, nominated: false, currentRoundTripTime: 9 }],
    ])
  let n = 0
  const reader = new StatsReader({ getStats: async () => at(++n) as unknown as RTCStatsReport })
  expect((await reader.read()).up_bps).toBe(0)
  const stats = await reader.read()
  expect(stats.up_bps).toBe(1_000_000)
  expect(stats.down_bps).toBe(200_000)
  expect(stats.loss_down).toBeCloseTo(0.05)
  expect(stats.rtt_ms).toBe(50)
  expect(stats.quality).toBe('fair')
  expect(stats.sending).toEqual({ width: 1280, height: 720, fps: 30 })
})
