// One's own microphone, camera and screen: on or off, which device, what is wrong. Lives through
// the device check and the meeting, and does not know where the tracks go: it says when they change.
import {
  DeviceError,
  isPhone,
  listDevices,
  loadChoice,
  openCamera,
  openMic,
  openScreen,
  saveChoice,
  type DeviceChoice,
  type DeviceTrouble,
} from './devices'
import { Emitter } from './events'
import { captureAs, type ScreenKind } from './screen'

export type LocalSource = 'mic' | 'camera'
/** `lost`: the system took the device away (unplugged, a telephone call). */
export type LocalState = 'off' | 'starting' | 'on' | 'lost' | DeviceTrouble

export type LocalEvents = {
  change: { source: LocalSource | 'screen' }
  track: { source: LocalSource; track: MediaStreamTrack | null }
  screenEnded: undefined
  moved: Moved
}

/** What was in use went away and another device took its place, or it is there again and in use. */
export interface Moved {
  source: LocalSource | 'speaker'
  from: string
  to: string
  back: boolean
}

interface Device {
  id: string
  label: string
}

interface Held {
  state: LocalState
  track: MediaStreamTrack | null
  /** Raised by each request, so that a slow device that opens too late is put back. */
  turn: number
  /** It went away by itself; wanted back until the person switches it off. */
  taken: boolean
  /** What is or was open. */
  device: Device | null
  /** The device that went away while another stands in for it. */
  missed: Device | null
}

/** Plugging one thing in or out makes several events. */
const SETTLE_MS = 300
const closedNow = (): Held => ({ state: 'off', track: null, turn: 0, taken: false, device: null, missed: null })

export class LocalMedia extends Emitter<LocalEvents> {
  readonly choice: DeviceChoice = loadChoice()
  private readonly held: Record<LocalSource, Held> = {
    mic: closedNow(),
    camera: closedNow(),
  }
  /** The loudspeaker in use: the chosen one while it is there, otherwise the system's (''). */
  speaker = this.choice.speaker
  private speakerLabel = ''
  private settleTimer: ReturnType<typeof setTimeout> | undefined
  private watching = false
  /** What is shared is like; text until told otherwise. */
  screenKind: ScreenKind = 'detail'
  private shared: { video: MediaStreamTrack; audio: MediaStreamTrack | null } | null = null

  stateOf(source: LocalSource): LocalState {
    return this.held[source].state
  }

  isOn(source: LocalSource): boolean {
    return this.held[source].state === 'on'
  }

  trackOf(source: LocalSource): MediaStreamTrack | null {
    return this.held[source].track
  }

  get screen(): { video: MediaStreamTrack; audio: MediaStreamTrack | null } | null {
    return this.shared
  }

  async turnOn(source: LocalSource): Promise<boolean> {
    const held = this.held[source]
    const turn = ++held.turn
    // A microphone switched off stays open: the level meter notices who speaks without being heard.
    // One that the system muted (a telephone call on iOS) may stay silent for ever: opened anew.
    if (held.track?.readyState === 'live' && !held.track.muted) {
      this.set(source, 'on')
      return true
    }
    this.drop(source)
    this.set(source, 'starting')
    try {
      const track = await this.open(source)
      if (held.turn !== turn) {
        track.stop()
        return false
      }
      this.adopt(source, track)
      this.set(source, 'on')
      return true
    } catch (error) {
      if (held.turn !== turn) return false
      this.set(source, error instanceof DeviceError ? error.trouble : 'failed')
      return false
    }
  }

  /** The camera's light goes out; the microphone stays open but nothing is sent. */
  turnOff(source: LocalSource): void {
    const held = this.held[source]
    held.turn += 1
    if (source === 'camera') this.drop(source)
    this.set(source, 'off')
  }

  /** After a sleep, a telephone call, or behind other apps: what the system took away is opened anew. Some
   * systems take it without a word: iOS leaves a muted track, others an ended one. */
  recover(): void {
    for (const source of ['mic', 'camera'] as const) {
      const { state, track, taken } = this.held[source]
      const dead = state === 'on' && (track?.readyState === 'ended' || track?.muted === true)
      const failed = state === 'lost' || state === 'busy' || state === 'none' || state === 'failed'
      if (dead || (taken && failed)) void this.turnOn(source)
    }
  }

  async choose(source: LocalSource, deviceId: string): Promise<void> {
    this.choice[source] = deviceId
    this.held[source].missed = null
    saveChoice(this.choice)
    await this.reopen(source)
  }

  chooseSpeaker(deviceId: string): void {
    this.choice.speaker = this.speaker = deviceId
    saveChoice(this.choice)
    void this.devicesChanged() // its name, for when it goes away
    this.emit('change', { source: 'mic' })
  }

  async setNoiseSuppression(on: boolean): Promise<void> {
    this.choice.noiseSuppression = on
    saveChoice(this.choice)
    await this.reopen('mic')
  }

  /** Opens what was on the last time. The camera first: its picture is what the person waits for. */
  async begin({ micOn, cameraOn }: { micOn: boolean; cameraOn: boolean } = this.choice): Promise<void> {
    this.watchDevices()
    // Whoever joins before the devices are open wants them all the same.
    if (micOn) this.set('mic', 'starting')
    if (cameraOn) await this.turnOn('camera')
    if (micOn && this.stateOf('mic') === 'starting') await this.turnOn('mic')
  }

  /** What the device check ended with is where the next one begins. */
  remember(): void {
    const wanted = (source: LocalSource) => ['on', 'starting'].includes(this.stateOf(source))
    this.choice.micOn = wanted('mic')
    this.choice.cameraOn = wanted('camera')
    saveChoice(this.choice)
  }

  /** False when the person changed his mind in the browser's dialogue. */
  async shareScreen(): Promise<boolean> {
    let opened
    try {
      opened = await openScreen()
    } catch (error) {
      if (error instanceof Error && error.name === 'NotAllowedError') return false
      throw error
    }
    this.stopScreen()
    this.shared = opened
    await this.setScreenKind('detail')
    opened.video.onended = () => {
      if (this.shared !== opened) return
      this.stopScreen()
      this.emit('screenEnded', undefined)
    }
    this.emit('change', { source: 'screen' })
    return true
  }

  async setScreenKind(kind: ScreenKind): Promise<void> {
    this.screenKind = kind
    if (this.shared) await captureAs(this.shared.video, kind)
    this.emit('change', { source: 'screen' })
  }

  stopScreen(): void {
    this.shared?.video.stop()
    this.shared?.audio?.stop()
    this.shared = null
    this.emit('change', { source: 'screen' })
  }

  close(): void {
    this.stopScreen()
    this.drop('mic')
    this.drop('camera')
    this.held.mic.turn += 1
    this.held.camera.turn += 1
    this.held.mic.state = this.held.camera.state = 'off'
    clearTimeout(this.settleTimer)
    if (this.watching) navigator.mediaDevices?.removeEventListener('devicechange', this.changed)
    this.watching = false
    this.clearListeners()
  }

  private watchDevices(): void {
    if (this.watching || !navigator.mediaDevices?.addEventListener) return
    this.watching = true
    navigator.mediaDevices.addEventListener('devicechange', this.changed)
    void this.devicesChanged()
  }

  private readonly changed = (): void => {
    clearTimeout(this.settleTimer)
    this.settleTimer = setTimeout(() => void this.devicesChanged(), SETTLE_MS)
  }

  /** Something was plugged in or out. */
  async devicesChanged(): Promise<void> {
    const lists = await listDevices().catch(() => null)
    if (!lists) return
    for (const source of ['mic', 'camera'] as const) {
      const { state, device, missed, taken } = this.held[source]
      const isHere = (wanted: Device | null) => lists[source].some((one) => one.deviceId === wanted?.id)
      // Some systems let a track live on that nothing feeds any more.
      if (state === 'on' && device?.id && lists[source].length > 0 && !isHere(device)) void this.standIn(source)
      else if (missed && isHere(missed)) void this.takeBack(source, missed)
      else if (taken && state !== 'on' && state !== 'starting' && lists[source].length > 0) void this.standIn(source)
    }
    this.followSpeaker(lists.speaker)
  }

  private followSpeaker(list: MediaDeviceInfo[]): void {
    const wanted = this.choice.speaker
    const found = list.find((one) => one.deviceId === wanted)
    if (found) this.speakerLabel = found.label
    // Without a list nothing can be said: it is given only to pages that may use a microphone.
    const next = found || list.length === 0 ? wanted : ''
    if (next === this.speaker) return
    const system = list.find((one) => one.deviceId === 'default')?.label ?? ''
    const back = next !== ''
    this.speaker = next
    this.emit('change', { source: 'mic' })
    this.emit('moved', { source: 'speaker', from: back ? system : this.speakerLabel, to: back ? this.speakerLabel : system, back })
  }

  /** The device is gone: another one takes its place, if there is any and it was in use. */
  private async standIn(source: LocalSource): Promise<void> {
    const held = this.held[source]
    const gone = held.missed ?? held.device
    const wasOff = held.state === 'off'
    this.drop(source)
    held.missed = gone
    if (wasOff) return // opened anew when it is switched on
    this.set(source, 'lost')
    if (!(await this.turnOn(source))) {
      if (this.stateOf(source) === 'none') this.set(source, 'lost')
      return
    }
    if (held.device?.id === gone?.id) held.missed = null
    else this.emit('moved', { source, from: gone?.label ?? '', to: held.device?.label ?? '', back: false })
  }

  private async takeBack(source: LocalSource, missed: Device): Promise<void> {
    const held = this.held[source]
    const from = held.device?.label ?? ''
    const wasOn = held.state === 'on'
    this.drop(source)
    if (held.state === 'off' || !(await this.turnOn(source))) return
    if (held.device?.id !== missed.id) return
    held.missed = null
    if (wasOn) this.emit('moved', { source, from, to: held.device.label, back: true })
  }

  private open(source: LocalSource): Promise<MediaStreamTrack> {
    const wanted = this.choice[source] || (this.held[source].missed?.id ?? '')
    if (source === 'mic') return openMic(wanted, this.choice.noiseSuppression)
    return openCamera(wanted, isPhone())
  }

  private async reopen(source: LocalSource): Promise<void> {
    const was = this.stateOf(source)
    this.drop(source)
    if (was !== 'off') await this.turnOn(source)
  }

  private adopt(source: LocalSource, track: MediaStreamTrack): void {
    this.drop(source)
    const held = this.held[source]
    held.track = track
    held.device = { id: track.getSettings().deviceId ?? '', label: track.label }
    if (held.device.id === held.missed?.id) held.missed = null
    track.onended = () => {
      if (held.track === track) void this.standIn(source)
    }
    // iOS mutes the microphone for a telephone call and does not always give it back.
    track.onmute = () => {
      if (held.track === track && held.state === 'on') this.set(source, 'lost')
    }
    track.onunmute = () => {
      if (held.track === track && held.state === 'lost') this.set(source, 'on')
    }
  }

  private drop(source: LocalSource): void {
    const held = this.held[source]
    if (!held.track) return
    held.track.onended = held.track.onmute = held.track.onunmute = null
    held.track.stop()
    held.track = null
  }

  private set(source: LocalSource, state: LocalState): void {
    const held = this.held[source]
    held.state = state
    if (state === 'lost') held.taken = true
    else if (state === 'on' || state === 'off') held.taken = false
    this.emit('track', { source, track: state === 'on' ? held.track : null })
    this.emit('change', { source })
  }
}
