// One's own microphone, camera and screen: on or off, which device, what is wrong. Lives through
// the device check and the meeting, and does not know where the tracks go: it says when they change.
import {
  DeviceError,
  isPhone,
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
}

interface Held {
  state: LocalState
  track: MediaStreamTrack | null
  /** Raised by each request, so that a slow device that opens too late is put back. */
  turn: number
  /** It went away by itself; wanted back until the person switches it off. */
  taken: boolean
}

export class LocalMedia extends Emitter<LocalEvents> {
  readonly choice: DeviceChoice = loadChoice()
  private readonly held: Record<LocalSource, Held> = {
    mic: { state: 'off', track: null, turn: 0, taken: false },
    camera: { state: 'off', track: null, turn: 0, taken: false },
  }
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
      const failed = state === 'lost' || state === 'busy' || state === 'failed'
      if (dead || (taken && failed)) void this.turnOn(source)
    }
  }

  async choose(source: LocalSource, deviceId: string): Promise<void> {
    this.choice[source] = deviceId
    saveChoice(this.choice)
    await this.reopen(source)
  }

  chooseSpeaker(deviceId: string): void {
    this.choice.speaker = deviceId
    saveChoice(this.choice)
    this.emit('change', { source: 'mic' })
  }

  async setNoiseSuppression(on: boolean): Promise<void> {
    this.choice.noiseSuppression = on
    saveChoice(this.choice)
    await this.reopen('mic')
  }

  /** Opens what was on the last time. The camera first: its picture is what the person waits for. */
  async begin(): Promise<void> {
    const { micOn, cameraOn } = this.choice
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
    this.clearListeners()
  }

  private open(source: LocalSource): Promise<MediaStreamTrack> {
    if (source === 'mic') return openMic(this.choice.mic, this.choice.noiseSuppression)
    return openCamera(this.choice.camera, isPhone())
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
    track.onended = () => {
      if (held.track !== track) return
      this.drop(source)
      this.set(source, 'lost')
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
