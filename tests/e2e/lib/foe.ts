// A participant who does not keep to the rules: real signalling, ICE, DTLS and SRTP (werift, a WebRTC stack in
// JavaScript), and on them whatever bytes an attack wants.
import { createSocket } from 'node:dgram'
import { RTCPeerConnection, RTCRtpCodecParameters, RtcpSrPacket, type RtcpPacket, RtpHeader, type RtpPacket, type RTCRtpTransceiver, useSdesMid, useSdesRTPStreamId } from 'werift'
import type { Api } from './api'
import { RawSocket } from './rawsocket'
import { withoutStun } from './werift'

type Message = Record<string, unknown>
type Edit = (sdp: string) => string

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** True as soon as done is, false after ms. */
export async function within(ms: number, done: () => boolean): Promise<boolean> {
  const end = performance.now() + ms
  while (!done()) {
    if (performance.now() > end) return false
    await pause(10)
  }
  return true
}

const OPUS = 111
const VP8 = 96
const RTX = 97
const SDES = 'urn:ietf:params:rtp-hdrext:sdes:'

const vp8 = (feedback: string[]): RTCRtpCodecParameters =>
  new RTCRtpCodecParameters({
    mimeType: 'video/VP8', clockRate: 90000, payloadType: VP8,
    rtcpFeedback: feedback.map((words) => ({ type: words.split(' ')[0]!, parameter: words.split(' ')[1] })),
  })

export interface Shape {
  /** What it sends. */
  mic?: boolean
  camera?: boolean
  /** Receiving slots for pictures; 0: it receives nothing. */
  pictures?: number
  /** rtcp-fb of its video. */
  feedback?: string[]
}

export interface Received {
  packet: RtpPacket
  at: number
}

export class Foe {
  socket!: RawSocket
  pid = ''
  session = ''
  pc!: RTCPeerConnection
  received: Received[] = []
  rtcp: RtcpPacket[] = []
  private camera?: RTCRtpTransceiver
  private mic?: RTCRtpTransceiver
  private lastId = 100
  private said = ''
  private answer = ''
  private heard: unknown
  private beat?: NodeJS.Timeout

  constructor(readonly api: Api, readonly port: number, readonly meeting: string) {}

  /** In the room, without media. */
  static async join(api: Api, port: number, meeting: string): Promise<Foe> {
    const foe = new Foe(api, port, meeting)
    await foe.enter({ t: 'hello', token: await api.joinToken(meeting) })
    return foe
  }

  async enter(message: Message): Promise<void> {
    this.socket = await RawSocket.open(this.port, { Host: new URL(this.api.url).host, Origin: this.api.url })
    this.socket.json({ id: 1, device: 'desktop', client: 'foe', ...message })
    const answer = await this.socket.message((m) => m.t === 'welcome' || m.t === 'error')
    if (answer?.t !== 'welcome') throw new Error(`no welcome: ${JSON.stringify(answer ?? this.socket.closed)}`)
    this.pid = String(answer.pid)
    this.session = String(answer.session)
    clearInterval(this.beat)
    this.beat = setInterval(() => this.socket.json({ t: 'ping', id: 1, at: 0 }), 1000 * Number(answer.heartbeat_s))
    this.beat.unref()
  }

  /** A request and its reply. */
  async ask(message: Message, ms = 10000): Promise<Message> {
    const id = this.lastId++
    this.socket.json({ id, ...message })
    const reply = await this.socket.message((m) => m.id === id, ms)
    if (!reply) throw new Error(`no reply to ${String(message.t)}: ${JSON.stringify(this.socket.closed)}`)
    return reply
  }

  /** A PeerConnection of that shape, not offered yet. One process has one certificate: each is the same as before. */
  prepare(shape: Shape): void {
    const feedback = shape.feedback ?? ['nack', 'nack pli', 'transport-cc']
    this.pc = new RTCPeerConnection({
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48000, channels: 2, payloadType: OPUS })],
        video: [vp8(feedback), new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90000, payloadType: RTX, parameters: `apt=${VP8}` })],
      },
      headerExtensions: { audio: [useSdesMid()], video: [useSdesMid(), useSdesRTPStreamId()] },
      iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'], bundlePolicy: 'max-bundle',
    })
    this.mic = shape.mic ? this.pc.addTransceiver('audio', { direction: 'sendonly' }) : undefined
    this.camera = shape.camera ? this.pc.addTransceiver('video', { direction: 'sendonly' }) : undefined
    const pictures = shape.pictures ?? 4
    for (let i = 0; pictures > 0 && i < 3; i++) this.pc.addTransceiver('audio', { direction: 'recvonly' })
    for (let i = 0; pictures > 0 && i < pictures + 1; i++) this.pc.addTransceiver('video', { direction: 'recvonly' })
    withoutStun(this.pc)
  }

  /** Offers; edit: what the server is told in place of it. What the server refuses is returned, and changes nothing here. */
  async offer(edit: Edit = (sdp) => sdp): Promise<Message> {
    await this.pc.setLocalDescription(await this.pc.createOffer())
    const sources: Record<string, string> = {}
    if (this.mic?.mid) sources[this.mic.mid] = 'mic'
    if (this.camera?.mid) sources[this.camera.mid] = 'camera'
    this.said = edit(this.offered)
    const reply = await this.ask({ t: 'offer', sdp: this.said, sources })
    if (reply.t !== 'answer') return reply
    this.answer = String(reply.sdp)
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer })
    await this.whenConnected()
    return reply
  }

  /** The newest offer, unedited. */
  get offered(): string {
    return this.pc.localDescription!.sdp
  }

  private async whenConnected(): Promise<void> {
    await within(8000, () => this.isConnected)
    const transport = this.pc.dtlsTransports[0]!
    if (this.heard === transport) return
    this.heard = transport
    transport.onRtcp.subscribe((packet) => this.rtcp.push(packet))
    transport.onRtp.subscribe((packet) => this.received.push({ packet, at: performance.now() }))
  }

  get isConnected(): boolean {
    return this.pc.dtlsTransports[0]?.state === 'connected'
  }

  /** In the room with media that flows. */
  static async connect(api: Api, port: number, meeting: string, shape: Shape, edit?: Edit): Promise<Foe> {
    const foe = await Foe.join(api, port, meeting)
    foe.prepare(shape)
    const reply = await foe.offer(edit)
    if (!foe.isConnected) throw new Error(`not connected: ${JSON.stringify(reply).slice(0, 200)}`)
    if (shape.mic || shape.camera) await foe.ask({ t: 'media', mic: !!shape.mic, camera: !!shape.camera })
    return foe
  }

  /** The number that the offer gives an extension on the m-line of that mid. */
  private extension(mid: string, name: string): number {
    const line = this.said.split(/^(?=m=)/m).find((part) => part.includes(`a=mid:${mid}\r`)) ?? ''
    return Number(new RegExp(`^a=extmap:(\\d+) ${name}\\r$`, 'm').exec(line)?.[1] ?? 0)
  }

  /** One RTP packet. mid and rid go as header extensions. */
  rtp(header: Partial<RtpHeader>, payload: Buffer, mid?: string, rid?: string): Promise<number> {
    const extensions = [
      ...(mid === undefined ? [] : [{ id: this.extension(mid, `${SDES}mid`), payload: Buffer.from(mid) }]),
      ...(mid === undefined || rid === undefined ? [] : [{ id: this.extension(mid, `${SDES}rtp-stream-id`), payload: Buffer.from(rid) }]),
    ]
    return this.pc.dtlsTransports[0]!.sendRtp(payload, new RtpHeader({ version: 2, extension: extensions.length > 0, extensions, ...header }))
  }

  sound(ssrc: number, sequence: number, payload: Buffer, payloadType = OPUS): Promise<number> {
    return this.rtp({ ssrc, payloadType, sequenceNumber: sequence & 0xffff, timestamp: (sequence * 960) >>> 0, marker: false }, payload, this.mic?.mid ?? undefined)
  }

  picture(ssrc: number, sequence: number, timestamp: number, payload: Buffer, marker: boolean, rid?: string): Promise<number> {
    return this.rtp({ ssrc, payloadType: VP8, sequenceNumber: sequence & 0xffff, timestamp: timestamp >>> 0, marker }, payload, this.camera?.mid ?? undefined, rid)
  }

  /** RTCP as bytes. */
  async report(bytes: Buffer): Promise<void> {
    await this.pc.dtlsTransports[0]!.sendRtcp([{ serialize: () => bytes } as unknown as RtcpPacket])
  }

  /** The SSRC of one of its slots ("v0"), from the answer. */
  slot(name: string): number {
    return Number(new RegExp(`^a=ssrc:(\\d+) cname:slot-${name}\\r?$`, 'm').exec(this.answer)?.[1] ?? 0)
  }

  /** Media of a slot since a moment, repairs left out. */
  of(ssrc: number, since = 0): Received[] {
    return this.received.filter((r) => r.packet.header.ssrc === ssrc && r.at >= since)
  }

  /** Repairs since a moment. */
  repairs(since: number): Received[] {
    return this.received.filter((r) => r.packet.header.payloadType === RTX && r.packet.payload.length > 2 && r.at >= since)
  }

  /** Every datagram that it sends goes through filter: false keeps it back. */
  outgoing(filter: (data: Buffer) => boolean): void {
    type Transport = { send: (data: Buffer, address?: unknown) => Promise<void> }
    const { protocols } = this.pc.iceTransports[0]!.connection as unknown as { protocols: { transport: Transport }[] }
    for (const { transport } of protocols) {
      const send = transport.send
      transport.send = async (data, address) => (filter(data) ? send(data, address) : undefined)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.beat)
    await (this.pc as RTCPeerConnection | undefined)?.close()
    this.socket.end()
  }
}

/** NACK (RFC 4585 §6.2.1) of that many numbers from first on. */
export function nack(ssrc: number, first: number, count: number): Buffer {
  const pairs = Math.ceil(count / 17)
  const bytes = Buffer.alloc(12 + 4 * pairs)
  bytes.writeUInt8(0x81, 0)
  bytes.writeUInt8(205, 1)
  bytes.writeUInt16BE(2 + pairs, 2)
  bytes.writeUInt32BE(1, 4)
  bytes.writeUInt32BE(ssrc, 8)
  for (let i = 0; i < pairs; i++) {
    const more = Math.min(16, count - 17 * i - 1)
    bytes.writeUInt16BE((first + 17 * i) & 0xffff, 12 + 4 * i)
    bytes.writeUInt16BE(2 ** more - 1, 14 + 4 * i)
  }
  return bytes
}

/** A receiver report that says: your report of a moment ago, `ago` ms, is answered at once. So the server believes that
 * the way takes that long. */
export function slowReport(foe: Foe, ssrc: number): Buffer | null {
  const last = foe.rtcp.filter((packet): packet is RtcpSrPacket => packet instanceof RtcpSrPacket && packet.ssrc === ssrc).pop()
  if (!last) return null
  const bytes = Buffer.alloc(32)
  bytes.writeUInt8(0x81, 0)
  bytes.writeUInt8(201, 1)
  bytes.writeUInt16BE(7, 2)
  bytes.writeUInt32BE(1, 4)
  bytes.writeUInt32BE(ssrc, 8)
  const stamp = BigInt(last.senderInfo.ntpTimestamp)
  bytes.writeUInt32BE(Number((stamp >> 16n) & 0xffffffffn), 24)
  return bytes
}

const KEY = Buffer.from([0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]) // RFC 6386 §9.1: 320x180
const DELTA = Buffer.from([0x11, 0x00, 0x00])

export interface Camera {
  ssrc: number
  sequence?: number
  rid?: string
  fps?: number
  packets?: number
  bytes?: number
}

/** Sends a picture that nobody can decode but every server takes for VP8; a key frame first and whenever asked. */
export class Pump {
  sent = 0
  sequence: number
  private id = 1
  private timestamp = 90000
  private going = true
  private keyWanted = true
  private seen: number
  constructor(private readonly foe: Foe, private readonly camera: Camera) {
    this.sequence = camera.sequence ?? 1000
    this.seen = foe.rtcp.length
    void this.run()
  }

  private async run(): Promise<void> {
    const { fps = 25, packets = 1, bytes = 900, ssrc, rid } = this.camera
    let next = performance.now()
    while (this.going) {
      for (; this.seen < this.foe.rtcp.length; this.seen++) if (this.foe.rtcp[this.seen]!.type === 206) this.keyWanted = true
      const key = this.keyWanted
      this.keyWanted = false
      this.id = (this.id + 1) & 0x7fff
      this.timestamp += Math.round(90000 / fps)
      for (let i = 0; i < packets; i++) {
        // RFC 7741 §4.2: X, I with 15 bits; S at the first packet.
        const head = Buffer.from([i === 0 ? 0x90 : 0x80, 0x80, 0x80 | (this.id >> 8), this.id & 0xff])
        const payload = Buffer.concat([head, i === 0 ? (key ? KEY : DELTA) : Buffer.alloc(0), Buffer.alloc(bytes, 7)])
        await this.foe.picture(ssrc, this.sequence++, this.timestamp, payload, i === packets - 1, rid)
        this.sent++
      }
      next += 1000 / fps
      await pause(Math.max(0, next - performance.now()))
    }
  }

  stop(): void {
    this.going = false
  }
}

/** Says something on the microphone, 50 times a second: bytes of that length filled with mark. */
export function speak(foe: Foe, ssrc: number, mark: number, bytes = 100, header?: (sequence: number) => Partial<RtpHeader>): () => void {
  let sequence = 500
  const timer = setInterval(() => {
    sequence++
    if (header) void foe.rtp({ ssrc, payloadType: OPUS, sequenceNumber: sequence, timestamp: sequence * 960, ...header(sequence) }, Buffer.alloc(bytes, mark))
    else void foe.sound(ssrc, sequence, Buffer.alloc(bytes, mark))
  }, 20)
  return () => clearInterval(timer)
}

/** The longest time without one, ms, between two moments. */
export function worstGap(received: Received[], from: number, to: number): number {
  let last = from
  let worst = 0
  for (const { at } of received) {
    if (at < from || at > to) continue
    worst = Math.max(worst, at - last)
    last = at
  }
  return Math.round(Math.max(worst, to - last))
}

/** Datagrams to the server from an address of its own; counts the bytes that come back. */
export class Thief {
  bytes = 0
  private readonly socket = createSocket('udp4')
  constructor(private readonly port: number, private readonly address = '127.0.0.1') {
    this.socket.on('message', (data) => (this.bytes += data.length))
    this.socket.on('error', () => undefined)
  }

  send(data: Buffer): void {
    this.socket.send(data, this.port, this.address)
  }

  close(): void {
    this.socket.close()
  }
}
