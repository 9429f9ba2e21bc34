import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LocalMedia } from './local'

class FakeTrack {
  readyState = 'live'
  muted = false
  onended: (() => void) | null = null
  onmute: (() => void) | null = null
  onunmute: (() => void) | null = null
  stop() {
    this.readyState = 'ended'
  }
}

let opened: FakeTrack[]
let failure: Error | null
let local: LocalMedia

beforeEach(() => {
  opened = []
  failure = null
  const getUserMedia = async () => {
    if (failure) throw failure
    const track = new FakeTrack()
    opened.push(track)
    return { getTracks: () => [track] }
  }
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  local = new LocalMedia()
})
afterEach(() => vi.unstubAllGlobals())

it('keeps the microphone open while it is switched off', async () => {
  await local.turnOn('mic')
  local.turnOff('mic')
  expect(await local.turnOn('mic')).toBe(true)
  expect(opened).toHaveLength(1)
})

it('opens a microphone anew that a telephone call muted', async () => {
  await local.turnOn('mic')
  opened[0]!.muted = true
  opened[0]!.onmute!()
  expect(local.stateOf('mic')).toBe('lost')
  expect(await local.turnOn('mic')).toBe(true)
  expect(opened).toHaveLength(2)
  expect(opened[0]!.readyState).toBe('ended')
  expect(local.trackOf('mic')).toBe(opened[1])
})

it('is on again by itself when the system gives the microphone back', async () => {
  await local.turnOn('mic')
  opened[0]!.onmute!()
  opened[0]!.onunmute!()
  expect(local.stateOf('mic')).toBe('on')
})

it('opens anew, when it is looked at again, what the system took away', async () => {
  await local.turnOn('mic')
  await local.turnOn('camera')
  opened[0]!.muted = true
  opened[0]!.onmute!()
  failure = Object.assign(new Error(), { name: 'NotReadableError' }) // the call goes on
  local.recover()
  await Promise.resolve()
  await vi.waitFor(() => expect(local.stateOf('mic')).toBe('busy'))
  failure = null
  local.recover()
  await vi.waitFor(() => expect(local.stateOf('mic')).toBe('on'))
  expect(opened).toHaveLength(3) // the camera was left alone
  local.recover()
  expect(local.stateOf('mic')).toBe('on')
  expect(opened).toHaveLength(3)
})

it('notices a track that ended or was muted without a word', async () => {
  await local.turnOn('mic')
  opened[0]!.readyState = 'ended'
  local.recover()
  await vi.waitFor(() => expect(local.trackOf('mic')).toBe(opened[1]))
  opened[1]!.muted = true
  local.recover()
  await vi.waitFor(() => expect(local.trackOf('mic')).toBe(opened[2]))
})

it('does not open again what the person switched off, or what never opened', async () => {
  await local.turnOn('mic')
  opened[0]!.onmute!()
  local.turnOff('mic')
  failure = Object.assign(new Error(), { name: 'NotReadableError' })
  await local.turnOn('camera')
  failure = null
  local.recover()
  await Promise.resolve()
  expect(local.stateOf('mic')).toBe('off')
  expect(local.stateOf('camera')).toBe('busy')
})

it('puts out the camera light when it is switched off', async () => {
  await local.turnOn('camera')
  local.turnOff('camera')
  expect(opened[0]!.readyState).toBe('ended')
  expect(local.trackOf('camera')).toBeNull()
})

it('puts back a device that opens after the person changed his mind', async () => {
  const opening = local.turnOn('camera')
  local.turnOff('camera')
  expect(await opening).toBe(false)
  expect(opened[0]!.readyState).toBe('ended')
  expect(local.stateOf('camera')).toBe('off')
})

it('says what is wrong with a device', async () => {
  failure = Object.assign(new Error(), { name: 'NotReadableError' })
  expect(await local.turnOn('mic')).toBe(false)
  expect(local.stateOf('mic')).toBe('busy')
})
