import { expect, test } from 'vitest'
import { applyDemand, applySize, sendEncodings, sizeOf } from './layers'

test('the layers are offered smallest first, one of them sent', () => {
  const encodings = sendEncodings(1280)
  expect(encodings.map((e) => [e.rid, e.scaleResolutionDownBy, e.active])).toEqual([
    ['l', 4, true],
    ['m', 2, false],
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
  expect(applyDemand(encodings, ['l'])).toBe(false)
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

test('who saves data sends the smallest layer, and only when somebody takes any', () => {
  expect(sendEncodings(1280, true).map((e) => e.active)).toEqual([true, false, false])
  const encodings = sendEncodings(1280)
  expect(applyDemand(encodings, ['m', 'h'])).toBe(true)
  expect(applyDemand(encodings, ['m', 'h'], true)).toBe(true)
  expect(encodings.map((e) => e.active)).toEqual([true, false, false])
  expect(applyDemand(encodings, [], true)).toBe(true)
  expect(encodings.some((e) => e.active)).toBe(false)
  // Without simulcast there is no smaller one to send.
  const whole: RTCRtpEncodingParameters[] = [{ active: false }]
  expect(applyDemand(whole, ['all'], true)).toBe(true)
  expect(whole[0]!.active).toBe(true)
})

test('a picture has a word for its size, upright too', () => {
  expect([sizeOf(320, 180), sizeOf(180, 320), sizeOf(640, 360), sizeOf(480, 640), sizeOf(1280, 720)]).toEqual([
    'small',
    'small',
    'medium',
    'medium',
    'full',
  ])
})
