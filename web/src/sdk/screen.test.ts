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
  const encodings = [{ ...screenEncodings('detail')[0], active: false }]
  expect(applyKind(encodings, 'detail')).toBe(false)
  expect(applyKind(encodings, 'motion')).toBe(true)
  expect(encodings).toEqual([{ active: false, maxFramerate: 30, maxBitrate: 3_000_000 }])
})
