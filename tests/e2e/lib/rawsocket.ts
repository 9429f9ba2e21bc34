// A WebSocket spoken byte by byte, so that tests can send what no library would.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

export interface Closed {
  code: number
  reason: string
}

export class RawSocket {
  private buffer = Buffer.alloc(0)
  private waiting: (() => void)[] = []
  readonly messages: Record<string, unknown>[] = []
  closed?: Closed
  status = 0

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => this.receive(data))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed ??= { code: 1006, reason: '' }
      this.wake()
    })
  }

  /** Resolves when the server answered the upgrade, whatever it answered. */
  static async open(port: number, headers: Record<string, string | null> = {}, path = '/ws', from = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from })
    await once(socket, 'connect')
    const raw = new RawSocket(socket)
    const all: Record<string, string | null> = {
      Host: `localhost:${port}`,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': 'yishi.v1',
      Origin: `http://localhost:${port}`,
      ...headers,
    }
    const lines = Object.entries(all).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    await raw.until(() => raw.status !== 0 || raw.closed !== undefined, 5000)
    return raw
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake()
  }

  private receive(data: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, data])
    if (this.status === 0) {
      const end = this.buffer.indexOf('\r\n\r\n')
      if (end < 0) return
      this.status = Number(this.buffer.subarray(9, 12).toString())
      this.buffer = this.buffer.subarray(end + 4)
    }
    if (this.status === 101) while (this.takeFrame());
    this.wake()
  }

  private takeFrame(): boolean {
    const b = this.buffer
    if (b.length < 2) return false
    let length = b[1]! & 0x7f
    let at = 2
    if (length === 126) {
      if (b.length < 4) return false
      length = b.readUInt16BE(2)
      at = 4
    } else if (length === 127) {
      if (b.length < 10) return false
      length = Number(b.readBigUInt64BE(2))
      at = 10
    }
    if (b.length < at + length) return false
    const payload = b.subarray(at, at + length)
    this.buffer = b.subarray(at + length)
    const opcode = b[0]! & 0x0f
    if (opcode === 1) this.messages.push(JSON.parse(payload.toString()) as Record<string, unknown>)
    else if (opcode === 8)
      this.closed = { code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005, reason: payload.subarray(2).toString() }
    else if (opcode === 9) this.frame(10, payload)
    return true
  }

  /** Sends one frame; fin and declared length may lie. */
  frame(opcode: number, payload: Buffer, fin = true, declared = payload.length): void {
    const mask = randomBytes(4)
    const head = declared < 126 ? Buffer.from([0, declared | 0x80]) : declared < 65536 ? Buffer.alloc(4) : Buffer.alloc(10)
    head[0] = (fin ? 0x80 : 0) | opcode
    if (declared >= 126 && declared < 65536) {
      head[1] = 126 | 0x80
      head.writeUInt16BE(declared, 2)
    } else if (declared >= 65536) {
      head[1] = 127 | 0x80
      head.writeBigUInt64BE(BigInt(declared), 2)
    }
    const masked = Buffer.from(payload)
    for (let i = 0; i < masked.length; i++) masked[i] = masked[i]! ^ mask[i & 3]!
    this.bytes(Buffer.concat([head, mask, masked]))
  }

  /** Whatever they are. */
  bytes(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  text(text: string | Buffer): void {
    this.frame(1, Buffer.isBuffer(text) ? text : Buffer.from(text))
  }

  json(message: unknown): void {
    this.text(JSON.stringify(message))
  }

  async until(done: () => boolean, ms: number): Promise<boolean> {
    const end = Date.now() + ms
    while (!done()) {
      const left = end - Date.now()
      if (left <= 0) return false
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    return true
  }

  async message(match: (m: Record<string, unknown>) => boolean, ms = 5000): Promise<Record<string, unknown> | undefined> {
    let found: Record<string, unknown> | undefined
    await this.until(() => (found = this.messages.find(match)) !== undefined || this.closed !== undefined, ms)
    return found
  }

  async closing(ms = 5000): Promise<Closed | undefined> {
    await this.until(() => this.closed !== undefined, ms)
    return this.closed
  }

  end(): void {
    this.socket.destroy()
  }
}
