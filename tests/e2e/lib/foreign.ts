// Members on WebRTC stacks that are no browser: werift (JavaScript) and libdatachannel (C++, by node-datachannel). What
// they send is RTP made by hand: pictures that the server can tell apart and nobody decodes.
import { PeerConnection as Native, Audio, RtcpReceivingSession, Video, type Track } from 'node-datachannel'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, type RTCRtpTransceiver } from 'werift'
import { Api } from './api'
import { RawSocket } from './rawsocket'
import { type Server } from './server'
import { withoutStun } from './werift'

export const AUDIO_SLOTS = 3
export const VIDEO_SLOTS = 4
const OPUS = 111
const VP8 = 96
/** Slow enough for many stacks in one process. */
export const FRAME_MS = 100
const PARTS = 3
const AUDIO_MS = 20

/** What came on one m-line. */
export interface Line {
  packets: number
  pictures: number
  keyframes: number
  at: number
}

export interface Offer {
  sdp: string
  sources: Record<string, string>
}

export interface Stack {
  readonly name: string
  /** By mid. */
  readonly lines: Map<string, Line>
  offer(): Promise<Offer>
  answer(sdp: string): Promise<void>
  state(): string
  send(source: 'mic' | 'camera', rtp: Buffer): void
  close(): void
}

const emptyLine = (): Line => ({ packets: 0, pictures: 0, keyframes: 0, at: 0 })

/** RFC 3550 §5.1, without extensions. */
function rtp(payloadType: number, sequence: number, timestamp: number, ssrc: number, marker: boolean, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = (marker ? 0x80 : 0) | payloadType
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE(timestamp >>> 0, 4)
  head.writeUInt32BE(ssrc >>> 0, 8)
  return Buffer.concat([head, payload])
}

/** One picture of 640x360 in some packets (RFC 7741 §4.2, RFC 6386 §9.1): 240 kbit/s. */
function picture(keyframe: boolean): Buffer[] {
  const parts = Array.from({ length: PARTS }, () => Buffer.alloc(1000))
  Buffer.from([0x10, keyframe ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]).copy(parts[0]!)
  return parts
}

/** A packet that came: 0xB0 is the first of a VP8 frame with the X bit, 0x10 without. */
function note(line: Line, packet: Buffer): void {
  const extended = (packet[0]! & 0x10) !== 0
  const at = 12 + 4 * (packet[0]! & 0x0f) + (extended ? 4 + 4 * packet.readUInt16BE(14 + 4 * (packet[0]! & 0x0f)) : 0)
  line.packets++
  line.at = Date.now()
  if ((packet[1]! & 0x7f) !== VP8 || packet.length < at + 2) return
  const first = packet[at]!
  let payload = at + 1
  if (first & 0x80) {
    const extension = packet[at + 1]!
    payload++
    if (extension & 0x80) payload += packet[payload]! & 0x80 ? 2 : 1
    if (extension & 0x40) payload++
    if (extension & 0x30) payload++
  }
  if ((first & 0x1f) !== 0x10) return
  line.pictures++
  if ((packet[payload]! & 1) === 0) line.keyframes++
}

export class Werift implements Stack {
  readonly name = 'werift'
  readonly lines = new Map<string, Line>()
  private readonly tracks = { mic: new MediaStreamTrack({ kind: 'audio' }), camera: new MediaStreamTrack({ kind: 'video' }) }
  private readonly pc: RTCPeerConnection
  private readonly sending: Record<'mic' | 'camera', RTCRtpTransceiver>

  constructor() {
    this.pc = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48000, channels: 2, payloadType: OPUS })],
        video: [
          new RTCRtpCodecParameters({
            mimeType: 'video/VP8',
            clockRate: 90000,
            payloadType: VP8,
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          }),
        ],
      },
    })
    this.sending = {
      mic: this.pc.addTransceiver(this.tracks.mic, { direction: 'sendonly' }),
      camera: this.pc.addTransceiver(this.tracks.camera, { direction: 'sendonly' }),
    }
    for (let i = 0; i < AUDIO_SLOTS + VIDEO_SLOTS + 1; i++) {
      const line = this.pc.addTransceiver(i < AUDIO_SLOTS ? 'audio' : 'video', { direction: 'recvonly' })
      line.onTrack.subscribe((track) => {
        const counted = emptyLine()
        this.lines.set(line.mid ?? '', counted)
        track.onReceiveRtp.subscribe((packet) => note(counted, packet.serialize()))
      })
    }
    withoutStun(this.pc)
  }

  async offer(): Promise<Offer> {
    await this.pc.setLocalDescription(await this.pc.createOffer())
    return { sdp: this.pc.localDescription!.sdp, sources: { [this.sending.mic.mid!]: 'mic', [this.sending.camera.mid!]: 'camera' } }
  }

  answer(sdp: string): Promise<void> {
    return this.pc.setRemoteDescription({ type: 'answer', sdp })
  }

  state(): string {
    return this.pc.connectionState
  }

  send(source: 'mic' | 'camera', packet: Buffer): void {
    this.tracks[source].writeRtp(packet)
  }

  close(): void {
    void this.pc.close()
  }
}

export class LibDataChannel implements Stack {
  readonly name = 'libdatachannel'
  readonly lines = new Map<string, Line>()
  private readonly pc = new Native('member', { iceServers: [], disableAutoNegotiation: true })
  private readonly tracks: Record<'mic' | 'camera', Track>
  private readonly receiving: Track[] = []

  constructor() {
    const mic = new Audio('mic', 'SendOnly'), camera = new Video('camera', 'SendOnly')
    mic.addOpusCodec(OPUS)
    mic.addSSRC(SSRC.mic, 'member')
    camera.addVP8Codec(VP8) // with goog-remb, of which it sends none
    camera.addSSRC(SSRC.camera, 'member')
    this.tracks = { mic: this.pc.addTrack(mic), camera: this.pc.addTrack(camera) }
    for (let i = 0; i < AUDIO_SLOTS + VIDEO_SLOTS + 1; i++) {
      const mid = `slot${i}`
      const line = i < AUDIO_SLOTS ? new Audio(mid, 'RecvOnly') : new Video(mid, 'RecvOnly')
      if (line instanceof Audio) line.addOpusCodec(OPUS)
      else line.addVP8Codec(VP8)
      const track = this.pc.addTrack(line), counted = emptyLine()
      this.lines.set(mid, counted)
      track.setMediaHandler(new RtcpReceivingSession())
      track.onMessage((packet) => note(counted, packet))
      this.receiving.push(track)
    }
  }

  async offer(): Promise<Offer> {
    const gathered = new Promise<void>((done) => this.pc.onGatheringStateChange((state) => state === 'complete' && done()))
    this.pc.setLocalDescription('offer')
    await gathered
    return { sdp: this.pc.localDescription()!.sdp, sources: { mic: 'mic', camera: 'camera' } }
  }

  answer(sdp: string): Promise<void> {
    this.pc.setRemoteDescription(sdp, 'answer')
    return Promise.resolve()
  }

  state(): string {
    return this.pc.state()
  }

  send(source: 'mic' | 'camera', packet: Buffer): void {
    if (this.tracks[source].isOpen()) this.tracks[source].sendMessageBinary(packet)
  }

  close(): void {
    for (const track of [...this.receiving, ...Object.values(this.tracks)]) track.close()
    this.pc.close()
  }
}

const SSRC = { mic: 0x0a000001, camera: 0x0b000001 }

/** Somebody in the meeting, whatever connections he makes. */
export class Member {
  socket!: RawSocket
  stack!: Stack
  /** The last that was accepted or not. */
  offered!: Offer
  pid = ''
  /** slot → whose picture or voice. */
  readonly slots = new Map<string, string>()
  /** Pictures sent. */
  frames = 0
  private names: Record<string, string> = {}
  private session = ''
  private id = 0
  private timer?: ReturnType<typeof setInterval>
  private heart?: ReturnType<typeof setInterval>
  private read = 0

  constructor(readonly server: Server, readonly meeting: string, readonly link: string) {}

  async join(): Promise<void> {
    const api = await new Api(this.server.url).signInByLink(this.link)
    this.socket = await RawSocket.open(this.server.port)
    const welcome = await this.ask('hello', { token: await api.joinToken(this.meeting), device: 'desktop', client: 'foreign' })
    this.pid = String(welcome.pid)
    this.session = String(welcome.session)
    this.heart = setInterval(() => this.socket.json({ t: 'ping', id: ++this.id, at: 0 }), 1000 * Number(welcome.heartbeat_s))
  }

  async resume(): Promise<void> {
    this.socket.end()
    this.socket = await RawSocket.open(this.server.port)
    this.read = 0
    await this.ask('resume', { session: this.session, device: 'desktop', client: 'foreign' })
  }

  /** A request and its reply, an `error` too. */
  async ask(type: string, members: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.id
    this.socket.json({ t: type, id, ...members })
    const reply = await this.socket.message((message) => message.id === id, 10_000)
    if (!reply) throw new Error(`no reply to ${type}: ${JSON.stringify(this.socket.closed)}`)
    return reply
  }

  /** Connects a PeerConnection; returns how long it took from the offer on, ms. */
  async connect(stack: Stack): Promise<number> {
    this.stack = stack
    const offer = await stack.offer()
    const started = Date.now()
    this.offered = offer
    const answer = await this.ask('offer', { ...offer })
    if (answer.t !== 'answer') throw new Error(`${stack.name} was refused: ${JSON.stringify(answer)}`)
    this.names = answer.slots as Record<string, string>
    await stack.answer(String(answer.sdp))
    while (stack.state() !== 'connected') {
      if (Date.now() - started > 15_000) throw new Error(`${stack.name} is ${stack.state()} after 15 s`)
      await pause(10)
    }
    return Date.now() - started
  }

  /** Speaks and shows a picture from now on, a key frame a second. */
  publish(): void {
    let frame = 0
    this.timer = setInterval(() => {
      picture(frame % (1000 / FRAME_MS) === 0).forEach((part, i) =>
        this.stack.send('camera', rtp(VP8, PARTS * frame + i, frame * 90 * FRAME_MS, SSRC.camera, i === PARTS - 1, part)))
      const words = FRAME_MS / AUDIO_MS
      for (let i = words * frame; i < words * (frame + 1); i++)
        this.stack.send('mic', rtp(OPUS, i, i * 48 * AUDIO_MS, SSRC.mic, false, Buffer.alloc(60, 0xfc)))
      this.frames++
      frame++
    }, FRAME_MS)
  }

  /** Vanishes as a machine does that loses its power: nothing is said. */
  vanish(): void {
    this.quiet()
    clearInterval(this.heart)
    this.socket.end()
  }

  quiet(): void {
    clearInterval(this.timer)
  }

  /** Takes in what the server has said since. */
  private hear(): void {
    for (; this.read < this.socket.messages.length; this.read++) {
      const message = this.socket.messages[this.read]!
      if (message.t !== 'slots') continue
      for (const [slot, who] of Object.entries(message.set as Record<string, { pid: string } | null>))
        if (who) this.slots.set(slot, who.pid)
        else this.slots.delete(slot)
    }
  }

  said(type: string): Record<string, unknown>[] {
    return this.socket.messages.filter((message) => message.t === type)
  }

  lineOf(slot: string): Line {
    const mid = Object.entries(this.names).find(([, name]) => name === slot)?.[0] ?? ''
    return this.stack.lines.get(mid) ?? emptyLine()
  }

  /** Whose pictures came within the last second and a half. */
  sees(): string[] {
    this.hear()
    const now = Date.now()
    return [...this.slots].filter(([slot]) => slot.startsWith('v') && now - this.lineOf(slot).at < 1500 && this.lineOf(slot).keyframes > 0).map(([, pid]) => pid)
  }

  hears(): string[] {
    this.hear()
    const now = Date.now()
    return [...this.slots].filter(([slot]) => slot.startsWith('a') && now - this.lineOf(slot).at < 1500).map(([, pid]) => pid)
  }

  inSlots(pid: string): boolean {
    this.hear()
    return [...this.slots.values()].includes(pid)
  }

  packets(): number {
    return [...this.stack.lines.values()].reduce((sum, line) => sum + line.packets, 0)
  }

  end(): void {
    this.quiet()
    clearInterval(this.heart)
    this.stack.close()
    this.socket.end()
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
