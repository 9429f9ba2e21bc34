import { expect, test } from 'vitest'
import { applyDemand, applySize, sendEncodings } from './layers'

test('the layers are offered smallest first, one of them sent', () => {
  const encodings = sendEncodings(1280)
  expect(encodings.map((e) => [e.rid, e.scaleResolutionDownBy, e.active])).toEqual([
    ['l', 4, false],
    ['m', 2, true],
    ['h', 1, false],
  ])
})

test('a smaller camera has fewer layers of about the same sizes', () => {
  const encodings = sendEncodings(1280)
  expect(applySize(encodings, 1920)).toBe(false)
  expect(applySize(encodings, 640)).toBe(true)
  expect(encodings.map((e) => e.scaleResolutionDownBy)).toEqual([2, 1, 1])
  expect(applySize(encodings, 320)).toBe(true)
  expect(encodings.map((e) => e.scaleResolutionDownBy)).toEqual([1, 1, 1])
  // A browser that knows no simulcast.
  expect(applySize([{}], 320)).toBe(false)
})

test('what is demanded is sent, the rest is not', () => {
  const encodings = sendEncodings(1280)
  expect(applyDemand(encodings, ['m'])).toBe(false)
  expect(applyDemand(encodings, ['h', 'l'])).toBe(true)
  expect(encodings.map((e) => e.active)).toEqual([true, false, true])
  expect(applyDemand(encodings, [])).toBe(true)
  expect(encodings.every((e) => !e.active)).toBe(true)
})

test('a picture without simulcast is sent or not as a whole', () => {
  const encodings: RTCRtpEncodingParameters[] = [{ maxBitrate: 1 }]
  expect(applyDemand(encodings, ['all'])).toBe(false)
  expect(applyDemand(encodings, [])).toBe(true)
  expect(encodings[0]!.active).toBe(false)
})
