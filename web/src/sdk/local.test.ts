import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LocalMedia } from './local'

class FakeTrack {
  constructor(
    readonly device: string,
    readonly label = device,
  ) {}
  getSettings = () => ({ deviceId: this.device })
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
/** What is plugged in, the system's choice first. */
let plugged: Record<'audioinput' | 'videoinput' | 'audiooutput', string[]>
let local: LocalMedia

beforeEach(() => {
  opened = []
  failure = null
  plugged = { audioinput: ['headset', 'built-in'], videoinput: ['camera'], audiooutput: ['headset', 'built-in'] }
  const getUserMedia = async ({ audio, video }: MediaStreamConstraints) => {
    if (failure) throw failure
    const list = audio ? plugged.audioinput : plugged.videoinput
    const wish = ((audio ?? video) as { deviceId?: { ideal: string } }).deviceId?.ideal ?? ''
    if (list.length === 0) throw Object.assign(new Error(), { name: 'NotFoundError' })
    const track = new FakeTrack(list.includes(wish) ? wish : list[0]!)
    opened.push(track)
    return { getTracks: () => [track] }
  }
  const enumerateDevices = async () =>
    Object.entries(plugged).flatMap(([kind, list]) => list.map((deviceId) => ({ kind, deviceId, label: deviceId })))
  const saved = new Map<string, string>()
  vi.stubGlobal('localStorage', { getItem: (key: string) => saved.get(key) ?? null, setItem: (key: string, value: string) => saved.set(key, value) })
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia, enumerateDevices } })
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

it('says apart a page without https and a browser that has no devices to give', async () => {
  vi.stubGlobal('navigator', {})
  await local.turnOn('mic')
  expect(local.stateOf('mic')).toBe('unsupported')
  vi.stubGlobal('isSecureContext', false)
  await local.turnOn('mic')
  expect(local.stateOf('mic')).toBe('insecure')
})

function unplug(device: string) {
  plugged = { audioinput: plugged.audioinput.filter((one) => one !== device), videoinput: plugged.videoinput, audiooutput: plugged.audiooutput.filter((one) => one !== device) }
}
function plug(device: string) {
  plugged = { audioinput: [device, ...plugged.audioinput], videoinput: plugged.videoinput, audiooutput: [device, ...plugged.audiooutput] }
}
const movesOf = (media: LocalMedia) => {
  const moves: string[] = []
  media.on('moved', ({ source, from, to, back }) => moves.push(`${source}: ${from} -> ${to}${back ? ' again' : ''}`))
  return moves
}

it('uses another microphone when the headset is unplugged, says so, and takes it back', async () => {
  const moves = movesOf(local)
  await local.turnOn('mic')
  unplug('headset')
  opened[0]!.readyState = 'ended'
  opened[0]!.onended!()
  await vi.waitFor(() => expect(local.isOn('mic')).toBe(true))
  expect(opened[1]!.device).toBe('built-in')
  expect(moves).toEqual(['mic: headset -> built-in'])
  plug('headset')
  await local.devicesChanged()
  await vi.waitFor(() => expect(local.trackOf('mic')).toBe(opened[2]))
  expect(opened[2]!.device).toBe('headset')
  expect(moves).toEqual(['mic: headset -> built-in', 'mic: built-in -> headset again'])
})

it('notices a device that went away without a word from its track', async () => {
  const moves = movesOf(local)
  await local.turnOn('mic')
  unplug('headset')
  await local.devicesChanged()
  await vi.waitFor(() => expect(moves).toEqual(['mic: headset -> built-in']))
  await local.devicesChanged()
  expect(opened).toHaveLength(2) // and leaves it at that
})

it('is lost when there is no other device, and on again when there is one', async () => {
  await local.turnOn('camera')
  plugged = { ...plugged, videoinput: [] }
  opened[0]!.onended!()
  await vi.waitFor(() => expect(local.stateOf('camera')).toBe('lost'))
  plugged = { ...plugged, videoinput: ['camera'] }
  await local.devicesChanged()
  await vi.waitFor(() => expect(local.isOn('camera')).toBe(true))
})

it('opens nothing for a microphone that is switched off', async () => {
  await local.turnOn('mic')
  local.turnOff('mic')
  unplug('headset')
  opened[0]!.onended!()
  plug('headset')
  await local.devicesChanged()
  expect(opened).toHaveLength(1)
  await local.turnOn('mic')
  expect(opened[1]!.device).toBe('headset')
})

it('plays on the system loudspeaker while the chosen one is away', async () => {
  const moves = movesOf(local)
  local.chooseSpeaker('headset')
  await local.devicesChanged()
  unplug('headset')
  await local.devicesChanged()
  expect(local.speaker).toBe('')
  plug('headset')
  await local.devicesChanged()
  expect(local.speaker).toBe('headset')
  expect(moves).toEqual(['speaker: headset -> ', 'speaker:  -> headset again'])
})
