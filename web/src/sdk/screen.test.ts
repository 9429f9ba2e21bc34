import { expect, it } from 'vitest'
import { applyKind, captureAs, screenEncodings } from './screen'

it('captures a text slowly and sharp, a film fast, on the same track', async () => {
  const asked: MediaTrackConstraints[] = []
  const track = {
    contentHint: '',
    applyConstraints: async (wanted: MediaTrackConstraints) => void asked.push(wanted),
  }
  await captureAs(track as unknown as MediaStreamTrack, 'detail')
  expect(track.contentHint).toBe('detail')
  await captureAs(track as unknown as MediaStreamTrack, 'motion')
  expect(track.contentHint).toBe('motion')
  expect(asked.map((wanted) => (wanted.frameRate as ConstrainULongRange).max)).toEqual([10, 30])
})

it('goes on where the browser refuses to change the capture', async () => {
  const track = { contentHint: '', applyConstraints: () => Promise.reject(new Error()) }
  await captureAs(track as unknown as MediaStreamTrack, 'motion')
  expect(track.contentHint).toBe('motion')
})

it('limits the encoder likewise, and leaves the rest of its parameters', () => {
  const encodings = screenEncodings('detail').map((encoding) => ({ ...encoding, active: false }))
  expect(applyKind(encodings, 'detail')).toBe(false)
  expect(applyKind(encodings, 'motion')).toBe(true)
  expect(encodings).toEqual(screenEncodings('motion').map((encoding) => ({ ...encoding, active: false })))
})

it('is there in two sizes, the smaller for a way of a megabit and less, even of its pictures only the fourth part', () => {
  const [small, large] = screenEncodings('detail')
  expect([small!.rid, large!.rid]).toEqual(['l', 'h'])
  expect(small!.scaleResolutionDownBy).toBe(2)
  expect(large!.scaleResolutionDownBy).toBe(1)
  expect(small!.maxBitrate).toBeLessThanOrEqual(500_000)
  for (const encoding of [small!, large!]) expect(encoding).toMatchObject({ scalabilityMode: 'L1T3' })
})

it('leaves alone what it did not name: a browser that made one encoding of it', () => {
  const encodings: RTCRtpEncodingParameters[] = [{ maxBitrate: 1 }]
  expect(applyKind(encodings, 'motion')).toBe(false)
  expect(encodings).toEqual([{ maxBitrate: 1 }])
})
