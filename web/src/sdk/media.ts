// The media connection: one RTCPeerConnection on which the client always offers.
//
// Lines in the order they are made: microphone, camera (sendonly, there from the start, so that
// muting and changing devices is only replaceTrack), then the receiving slots: 3 audio, V video,
// 1 screen. Screen sharing adds its lines with a new offer the first time. Nothing else is ever
// renegotiated, except ICE: on `disconnected` and when the network changes a new offer restarts it,
// because browsers do not check again by themselves after an address change.
import { Emitter } from './events'
import { applyDemand, applySize, FIRST, sendEncodings } from './layers'
import { SignalError, type AnswerMessage, type SlotContent, type Source } from './protocol'
import { applyKind, screenEncodings, type ScreenKind } from './screen'
import { isWantedCodec, RECEIVING_EXTENSIONS, SENDING_EXTENSIONS, trimOffer } from './sdp'
import { SlotTable } from './slots'
import { StatsReader, type ConnectionStats } from './stats'
import { WayWatch } from './ways'

export type MediaState = 'new' | 'connecting' | 'connected' | 'interrupted' | 'broken' | 'closed'

export type MediaEvents = {
  state: MediaState
  slots: string[]
  /** The first picture of another is shown, or none is to be waited for. */
  pictured: undefined
  stats: ConnectionStats
}

export interface MediaOptions {
  videoSlots: number
  /** Sends an offer of the connection and brings the answer. */
  exchange: (sdp: string, sources: Record<string, Source>, connection: string) => Promise<AnswerMessage>
  /** Pixels of the camera's longer side, as far as is known yet. */
  cameraSize: number
  /** Of the camera only the smallest layer is sent. */
  smallestOnly: boolean
  /** The statistics tell of each picture. */
  detailed: boolean
}

const AUDIO_SLOTS = 3
const STATS_MS = 2000
const RESTART_AGAIN_MS = 4000
/** So long one's own picture waits for the first of another, from the answer on. */
const PICTURE_WAIT_MS = 800
/** Browsers take half a minute to give up, and never do without a single candidate. */
const CONNECT_MS = 15_000
const RESTARTS_BEFORE_BROKEN = 3

type Negotiable = RTCRtpTransceiver & {
  getHeaderExtensionsToNegotiate?: () => { uri: string; direction: string }[]
  setHeaderExtensionsToNegotiate?: (list: { uri: string; direction: string }[]) => void
}

export function mark(name: string): void {
  performance.mark(`yishi:${name}`)
}

export class MediaSession extends Emitter<MediaEvents> {
  readonly slots = new SlotTable()
  /** What was tried to reach the server, should it not be reached. */
  readonly ways: WayWatch
  state: MediaState = 'new'

  private readonly pc: RTCPeerConnection
  /** By which the server tells it from others of the same page. */
  private readonly name = Math.random().toString(36).slice(2) + Date.now().toString(36)
  private readonly sending = new Map<Source, RTCRtpTransceiver>()
  private readonly reader: StatsReader
  private readonly wanted = new Map<Source, MediaStreamTrack | null>()
  private readonly demanded = new Map<Source, readonly string[]>()
  private queue: Promise<unknown> = Promise.resolve()
  private restarts = 0
  private statsTimer: ReturnType<typeof setInterval> | undefined
  private restartTimer: ReturnType<typeof setTimeout> | undefined
  private begun = false
  private started = false
  /** It was connected once. */
  private held = false
  private ahead: Promise<RTCSessionDescriptionInit | null> | null = null
  /** One's own camera is put in after the first picture of another was shown: whoever joins waits for that, and to encode
   * at the same time makes it late. */
  private cameraWaits = true
  private cameraTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: MediaOptions) {
    super()
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' })
    this.reader = new StatsReader(this.pc)
    this.ways = new WayWatch(this.pc)
    // Who saves data sends his voice once; it is the smaller part, and a copy doubles it.
    this.sending.set('mic', this.addSending('audio', undefined, !options.smallestOnly))
    this.sending.set('camera', this.addSending('video', sendEncodings(options.cameraSize, options.smallestOnly)))
    for (let i = 0; i < AUDIO_SLOTS; i++) this.addReceiving('audio')
    for (let i = 0; i < options.videoSlots + 1; i++) this.addReceiving('video')
    this.pc.onconnectionstatechange = () => this.connectionChanged()
  }

  /** Makes the first offer ahead: with all its lines it is the slowest step of joining. It is not
   * set yet, because Firefox loses tracks that come between that and the answer. */
  prepare(): void {
    this.ahead ??= this.pc.createOffer().catch(() => null)
  }

  /** Sets the first offer, which may happen while the way to the server is being opened: start() or retreat() follows
   * soon. */
  begin(iceServers: RTCIceServer[]): void {
    if (this.begun) return
    this.begun = true
    this.ways.offered(iceServers)
    if (iceServers.length > 0) {
      this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers })
    }
    this.inTurn(async () => {
      const ahead = await this.ahead
      this.ahead = null
      if (this.state !== 'closed') await this.pc.setLocalDescription(ahead ?? (await this.pc.createOffer()))
    }).catch(() => undefined) // start() tries again
  }

  /** Undoes begin(): the meeting is not open yet. */
  retreat(): void {
    if (!this.begun) return
    this.begun = false
    this.inTurn(async () => {
      if (this.pc.signalingState !== 'have-local-offer') return
      await this.pc.setLocalDescription({ type: 'rollback' })
      await this.settled()
    }).catch(() => undefined)
  }

  /** The first exchange. Tracks may be set before or after. */
  async start(iceServers: RTCIceServer[]): Promise<void> {
    this.begin(iceServers)
    this.started = true
    this.setState('connecting')
    this.statsTimer ??= setInterval(() => void this.readStats(), STATS_MS)
    await this.negotiate(false)
    if ((this.state as MediaState) === 'closed') return
    clearTimeout(this.restartTimer)
    this.restartTimer = setTimeout(() => {
      if (this.state !== 'connecting') return
      this.setState('interrupted')
      this.restartIce()
    }, CONNECT_MS)
  }

  /** Sends this track from now on; null sends nothing. No negotiation for microphone and camera. */
  async setTrack(source: 'mic' | 'camera', track: MediaStreamTrack | null): Promise<void> {
    this.wanted.set(source, track)
    const sender = this.sending.get(source)?.sender
    if (!sender || this.state === 'closed') return
    // Muting waits for nothing.
    if (!track && sender.track) await sender.replaceTrack(null)
    // Firefox forgets a track that is put in while a negotiation is under way: in turn, and the newest.
    await this.inTurn(() => this.putIn(source))
  }

  private async putIn(source: 'mic' | 'camera'): Promise<void> {
    const sender = this.sending.get(source)!.sender
    const newest = this.wanted.get(source) ?? null
    if (this.state === 'closed' || sender.track === newest) return
    // Begun, but not answered: settled() makes up for it.
    if (newest && this.pc.signalingState === 'have-local-offer') return
    if (newest && source === 'camera' && this.cameraWaits) return
    await sender.replaceTrack(newest)
    if (source === 'camera' && newest) await this.fitLayers(sender, newest)
  }

  private async fitLayers(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
    const { width = 0, height = 0 } = track.getSettings()
    const parameters = sender.getParameters()
    if (Math.max(width, height) === 0 || !applySize(parameters.encodings, Math.max(width, height))) return
    await sender.setParameters(parameters).catch((error: unknown) => console.debug('layers not fitted', error))
  }

  /** Another's picture is there, or none is to be waited for. */
  pictureShown(): void {
    if (!this.cameraWaits) return
    this.cameraWaits = false
    clearTimeout(this.cameraTimer)
    if (this.state === 'closed') return
    this.emit('pictured', undefined)
    void this.inTurn(() => this.putIn('camera')).catch(() => undefined)
  }

  private awaitPicture(): void {
    const comes = this.slots.all().some(({ source }) => source === 'camera' || source === 'screen')
    if (!comes) this.pictureShown()
    else if (this.cameraWaits) this.cameraTimer ??= setTimeout(() => this.pictureShown(), PICTURE_WAIT_MS)
  }

  /** A negotiation is over, one way or the other. */
  private async settled(): Promise<void> {
    for (const source of ['mic', 'camera'] as const) await this.putIn(source)
  }

  async shareScreen(video: MediaStreamTrack, audio: MediaStreamTrack | null, kind: ScreenKind): Promise<void> {
    let fresh = false
    for (const [source, track] of [
      ['screen', video],
      ['screen_audio', audio],
    ] as const) {
      if (!track) continue
      let line = this.sending.get(source)
      if (!line) {
        line = this.addSending(
          track.kind as 'audio' | 'video',
          track.kind === 'video' ? screenEncodings(kind) : undefined,
        )
        this.sending.set(source, line)
      }
      await line.sender.replaceTrack(track)
      // Also a line whose first offer failed: the server does not know it yet.
      fresh ||= line.currentDirection === null
    }
    this.setScreenKind(kind)
    if (fresh && this.started) await this.negotiate(false)
  }

  /** Without a new share or a negotiation. */
  setScreenKind(kind: ScreenKind): void {
    this.setEncodings('screen', (encodings) => applyKind(encodings, kind))
  }

  async stopScreen(): Promise<void> {
    await this.sending.get('screen')?.sender.replaceTrack(null)
    await this.sending.get('screen_audio')?.sender.replaceTrack(null)
  }

  /** What anybody takes of our picture: the rest need not be encoded. */
  applyDemand(source: Source, layers: readonly string[]): void {
    this.demanded.set(source, layers)
    const smallestOnly = source === 'camera' && this.options.smallestOnly
    this.setEncodings(source, (encodings) => applyDemand(encodings, layers, smallestOnly))
  }

  /** Whether of the camera only the smallest layer is sent. */
  limitCamera(smallestOnly: boolean): void {
    this.options.smallestOnly = smallestOnly
    this.applyDemand('camera', this.demanded.get('camera') ?? FIRST)
  }

  private setEncodings(source: Source, change: (encodings: RTCRtpEncodingParameters[]) => boolean): void {
    this.inTurn(async () => {
      const sender = this.sending.get(source)?.sender
      if (!sender || this.state === 'closed') return
      const parameters = sender.getParameters()
      if (change(parameters.encodings)) await sender.setParameters(parameters)
    }).catch((error: unknown) => console.debug('encodings not changed', error))
  }

  applySlots(set: Record<string, SlotContent | null>): void {
    const changed = this.slots.apply(set, performance.now())
    if (changed.length > 0) this.emit('slots', changed)
  }

  /** The track of a receiving slot; the same for the connection's whole life. */
  trackOf(slot: string): MediaStreamTrack | null {
    const mid = this.slots.midOf(slot)
    if (mid === null) return null
    return this.pc.getTransceivers().find((t) => t.mid === mid)?.receiver.track ?? null
  }

  /** Call when the machine's network changed. */
  networkChanged(): void {
    this.restarts = 0
    if (this.state !== 'new') this.restartIce()
  }

  /** Checks the network anew. */
  restartIce(): void {
    if (!this.started || this.state === 'closed' || this.state === 'broken') return
    clearTimeout(this.restartTimer)
    this.restarts += 1
    if (this.restarts > RESTARTS_BEFORE_BROKEN) return this.setState('broken')
    this.negotiate(true).catch((error: unknown) => {
      // It never left: while the server cannot be reached nothing is tried in vain.
      if (error instanceof SignalError && error.code === 'offline') this.restarts = Math.max(0, this.restarts - 1)
    })
    this.restartTimer = setTimeout(() => {
      // Browsers often stay `connected` through a restart, and tell nothing.
      if (this.state === 'connected') this.restarts = 0
      else this.restartIce()
    }, RESTART_AGAIN_MS)
  }

  close(): void {
    clearInterval(this.statsTimer)
    clearTimeout(this.restartTimer)
    clearTimeout(this.cameraTimer)
    this.setState('closed')
    this.pc.onconnectionstatechange = null
    this.pc.close()
    this.clearListeners()
  }

  private addSending(kind: 'audio' | 'video', encodings?: RTCRtpEncodingParameters[], redundant = false): RTCRtpTransceiver {
    const init: RTCRtpTransceiverInit = { direction: 'sendonly' }
    if (encodings) init.sendEncodings = encodings
    const line = this.pc.addTransceiver(kind, init)
    this.trim(line, kind, SENDING_EXTENSIONS[kind]!, redundant)
    return line
  }

  private addReceiving(kind: 'audio' | 'video'): void {
    const line = this.pc.addTransceiver(kind, { direction: 'recvonly' })
    this.trim(line, kind, RECEIVING_EXTENSIONS, true)
  }

  /** Offers only what the server uses. Where a browser cannot, trimOffer does the rest. */
  private trim(line: Negotiable, kind: 'audio' | 'video', extensions: readonly string[], redundant: boolean): void {
    try {
      const codecs = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? []
      const wanted = codecs.filter((codec) => isWantedCodec(codec.mimeType, redundant))
      if (wanted.length > 0) line.setCodecPreferences?.(wanted)
      const offered = line.getHeaderExtensionsToNegotiate?.()
      if (!offered || !line.setHeaderExtensionsToNegotiate) return
      for (const extension of offered) {
        if (!extensions.includes(extension.uri)) extension.direction = 'stopped'
      }
      line.setHeaderExtensionsToNegotiate(offered)
    } catch (error) {
      console.debug('offer not trimmed', error)
    }
  }

  private sources(): Record<string, Source> {
    const sources: Record<string, Source> = {}
    for (const [source, line] of this.sending) if (line.mid !== null) sources[line.mid] = source
    return sources
  }

  private negotiate(iceRestart: boolean): Promise<void> {
    return this.inTurn(() => this.exchange(iceRestart))
  }

  /** One thing at a time on the connection, in the order they were asked for. */
  private inTurn(act: () => Promise<void>): Promise<void> {
    const run = this.queue.then(act)
    this.queue = run.catch(() => undefined)
    return run
  }

  private async exchange(iceRestart: boolean): Promise<void> {
    if (this.state === 'closed') return
    // begin() may have set it, an earlier exchange that failed has taken it back.
    if (this.pc.signalingState === 'stable') {
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart }))
    }
    try {
      const offer = trimOffer(this.pc.localDescription?.sdp ?? '')
      const answer = await this.options.exchange(offer, this.sources(), this.name)
      // close() may have come while the answer was on its way.
      if ((this.state as MediaState) === 'closed') return
      this.ways.answered(answer.sdp)
      // Before anything that takes time: the pictures' elements load meanwhile.
      this.slots.setNames(answer.slots)
      this.emit(
        'slots',
        this.slots.all().map((slot) => slot.name),
      )
      await this.pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
      if (!this.held) mark('answer')
      this.awaitPicture()
      await this.settled()
    } catch (error) {
      if (this.pc.signalingState === 'have-local-offer') {
        await this.pc.setLocalDescription({ type: 'rollback' }).catch(() => undefined)
        await this.settled().catch(() => undefined)
      }
      throw error
    }
  }

  private connectionChanged(): void {
    const state = this.pc.connectionState
    if (state === 'connected') {
      if (performance.getEntriesByName('yishi:ice-dtls-connected').length === 0) {
        mark('ice-dtls-connected')
      }
      this.restarts = 0
      this.held = true
      clearTimeout(this.restartTimer)
      this.setState('connected')
    } else if (state === 'failed' && this.held) {
      // Firefox checks again after that, says that it is connected, and sends nothing any more.
      this.setState('broken')
    } else if (state === 'disconnected' || state === 'failed') {
      this.setState('interrupted')
      this.restartIce()
    }
  }

  /** Somebody looks at each picture's figures, or no longer. */
  setDetailed(on: boolean): void {
    this.options.detailed = on
    if (on && this.started) void this.readStats()
  }

  async readStats(): Promise<void> {
    if (this.state === 'connecting' || this.state === 'interrupted') await this.ways.observe()
    if (this.state !== 'closed') this.emit('stats', await this.reader.read(this.options.detailed))
  }

  /** The m-line on which this source is sent. */
  midOf(source: Source): string | null {
    return this.sending.get(source)?.mid ?? null
  }

  private setState(state: MediaState): void {
    if (this.state === state || this.state === 'closed') return
    this.state = state
    this.emit('state', state)
  }
}
