// Hostile input against a running server: every answer is a typed error, the server keeps serving and its memory
// does not grow.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { Api, openMeeting } from '../lib/api'
import { RawSocket } from '../lib/rawsocket'
import { Server } from '../lib/server'

const MESSAGES = 10_000
const SDPS = 10_000
const ATTACKERS = 48
const PACE_MS = 55 // 20 messages a second are allowed
const MEMORY_LIMIT_KIB = 5 * 1024

let seed = 20261123
const random = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 8) % below
}

const rssKib = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

const problems: string[] = []
const expect = (holds: boolean, what: string): void => {
  if (!holds) problems.push(what)
}

const SEEDS: unknown[] = [
  { t: 'ping', id: 1, at: 5 },
  { t: 'media', id: 2, mic: true, camera: false },
  { t: 'view', id: 3, want: [{ pid: '0123456789abcdef', w: 640, h: 360 }] },
  { t: 'roster', id: 4, after: '', limit: 50, search: '王' },
  { t: 'chat', id: 5, text: '您好' },
  { t: 'hand', id: 6, up: true },
  { t: 'floor', id: 7, pid: null },
  { t: 'mute', id: 8, pid: null, source: 'mic' },
  { t: 'record', id: 9, on: true },
  { t: 'remove', id: 10, pid: '0123456789abcdef' },
  { t: 'hello', id: 11, token: 'x', device: 'desktop', client: 'test' },
  { t: 'resume', id: 12, session: 'x', device: 'phone', client: 'test' },
]

const mutateText = (text: Buffer): Buffer => {
  const out = Buffer.from(text)
  for (let edits = 1 + random(6); edits > 0; edits--) {
    if (out.length === 0) return out
    out[random(out.length)] = random(256)
  }
  if (random(4) === 0) return out.subarray(0, random(out.length + 1))
  if (random(5) === 0) return Buffer.concat([out, out.subarray(0, random(out.length + 1))])
  return out
}

const mutateValue = (value: unknown): unknown => {
  const kinds: unknown[] = [null, true, -1, 2 ** 31, 1.5, '', 'x'.repeat(3000), [], {}, [[[[1]]]], '\u0000', '\ud800x', 1e308]
  return random(3) === 0 ? kinds[random(kinds.length)] : value
}

const mutateMessage = (): Buffer => {
  const message = { ...(SEEDS[random(SEEDS.length)] as Record<string, unknown>) }
  for (const key of Object.keys(message)) if (random(2) === 0) message[key] = mutateValue(message[key])
  if (random(4) === 0) message[`extra${random(3)}`] = mutateValue(1)
  if (random(6) === 0) delete message[Object.keys(message)[random(Object.keys(message).length)]!]
  const text = Buffer.from(JSON.stringify(message))
  return random(3) === 0 ? mutateText(text) : text
}

const OFFER = readFileSync(new URL('../../data/sdp/chromium-meeting.sdp', import.meta.url), 'utf8').replace(/\r?\n/g, '\r\n')

const mutateSdp = (): string => {
  const lines = OFFER.split('\r\n')
  for (let edits = 1 + random(8); edits > 0; edits--) {
    const at = random(lines.length)
    const line = lines[at]!
    switch (random(6)) {
      case 0: lines.splice(at, 1); break
      case 1: lines.splice(at, 0, lines[random(lines.length)]!); break
      case 2: lines[at] = line.slice(0, random(line.length + 1)); break
      case 3: lines[at] = line.replace(/\d+/, String([0, -1, 65536, 4294967296, 999][random(5)])); break
      case 4: lines[at] = line + 'A'.repeat(random(600)); break
      default: lines[at] = mutateText(Buffer.from(line)).toString('latin1')
    }
  }
  return lines.join('\r\n')
}

class Attacker {
  socket: RawSocket = undefined as never // until connect()
  answered = 0
  private session = ''
  constructor(readonly server: Server, readonly api: Api, readonly meeting: string) {}

  /** Resumes its place where it can: a person has at most so many devices at once. */
  async connect(): Promise<void> {
    for (let tries = 0; tries < 30; tries++) {
      ;(this.socket as RawSocket | undefined)?.end()
      this.socket = await RawSocket.open(this.server.port)
      const who = { id: 1, device: 'desktop', client: 'bad-input' }
      this.socket.json(this.session ? { t: 'resume', session: this.session, ...who } : { t: 'hello', token: await this.api.joinToken(this.meeting), ...who })
      const answer = await this.socket.message((m) => m.t === 'welcome' || m.t === 'error')
      if (answer?.t === 'welcome') {
        this.session = String(answer.session)
        return
      }
      this.session = ''
      await pause(2000) // gone, or full until an earlier place is given up
    }
    throw new Error(`no welcome: ${this.socket.status} ${JSON.stringify(this.socket.closed)}`)
  }

  /** Sends and waits until the server has dealt with it; false when it refused to look at it. */
  async send(payload: Buffer): Promise<boolean> {
    if (this.socket.closed) await this.connect()
    this.socket.messages.length = 0
    this.socket.text(payload)
    await this.socket.until(() => this.socket.closed !== undefined || this.socket.messages.some((m) => 'id' in m || m.t === 'error' || m.t === 'bye'), 3000)
    const answer = this.socket.messages.find((m) => m.t === 'error' || 'id' in m || m.t === 'bye')
    if (answer?.code === 'too_fast') return false
    if (answer) this.answered++
    if (answer?.t === 'error') expect(typeof answer.code === 'string' && typeof answer.message === 'string', `untyped error ${JSON.stringify(answer)}`)
    expect(answer !== undefined || this.socket.closed !== undefined, `no answer to ${payload.toString().slice(0, 200)}`)
    if (this.socket.closed) expect([1000, 1007, 1008, 1009, 1003, 1002, 4001, 4002, 4003].includes(this.socket.closed.code), `closed with ${this.socket.closed.code}`)
    return true
  }
}

/** Attackers share the work, each below the rate limit: what is refused as too fast was not looked at. */
async function flood(attackers: Attacker[], total: number, make: () => Buffer): Promise<void> {
  let left = total
  await Promise.all(
    attackers.map(async (attacker) => {
      while (left-- > 0) {
        const payload = make()
        while (!(await attacker.send(payload))) await pause(200)
        await pause(PACE_MS)
      }
    }),
  )
}

async function http(port: number, bytes: string): Promise<{ status: number; body: string }> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (data) => (text += data.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(bytes)
  await Promise.race([once(socket, 'close'), new Promise((done) => setTimeout(done, 1500))])
  socket.destroy()
  return { status: Number(text.slice(9, 12)), body: text }
}

async function frames(server: Server, api: Api, meeting: string): Promise<void> {
  const attacker = new Attacker(server, api, meeting)
  await attacker.connect()
  attacker.socket.text(Buffer.alloc(131072 + 1, 0x20))
  expect((await attacker.socket.closing())?.code === 1009, 'a message of one byte too many is not closed with 1009')
  await attacker.connect()
  attacker.socket.frame(1, Buffer.alloc(65536, 0x20), false)
  for (let i = 0; i < 40 && !attacker.socket.closed; i++) {
    attacker.socket.frame(0, Buffer.alloc(65536, 0x20), false)
    await pause(10) // the close frame is to be read before the connection is reset
  }
  expect((await attacker.socket.closing())?.code === 1009, 'endless fragments are not closed with 1009')
  await attacker.connect()
  attacker.socket.frame(1, Buffer.from('{"t"'), true, 2 ** 30)
  attacker.socket.frame(1, Buffer.alloc(65536, 0x20))
  expect((await attacker.socket.closing(12000)) !== undefined, 'a declared GiB is waited for')
  attacker.socket.end()
  await attacker.connect()
  attacker.socket.frame(2, Buffer.from([1, 2, 3]))
  expect((await attacker.socket.closing())?.code === 1003, 'a binary frame is not closed with 1003')
  await attacker.connect()
  const ping = Buffer.from('{"t":"ping","id":7,"at":1}')
  for (let i = 0; i < ping.length; i++) attacker.socket.frame(i === 0 ? 1 : 0, ping.subarray(i, i + 1), i === ping.length - 1)
  expect((await attacker.socket.message((m) => m.t === 'pong'))?.id === 7, 'a message in one-byte fragments is not understood')
  attacker.socket.text(Buffer.from([0x22, 0xff, 0xfe, 0x22]))
  expect((await attacker.socket.closing(1500)) !== undefined || attacker.socket.messages.some((m) => m.t === 'error'), 'invalid UTF-8 is swallowed')
  attacker.socket.end()
}

async function doors(server: Server, meeting: string): Promise<void> {
  for (const origin of ['http://evil.example', 'null', `http://localhost:${server.port}.evil.example`, null]) {
    const socket = await RawSocket.open(server.port, { Origin: origin })
    expect(socket.status === 403, `Origin ${origin}: ${socket.status}`)
    socket.end()
  }
  for (const token of ['', 'x', '0'.repeat(52), "' or 1=1 --", '\u0000']) {
    const socket = await RawSocket.open(server.port)
    socket.json({ t: 'hello', id: 1, token, device: 'desktop', client: 'x' })
    const answer = await socket.message((m) => m.t === 'error')
    expect(answer !== undefined && ['unauthorised', 'bad_message', 'bad_json'].includes(String(answer.code)), `token ${JSON.stringify(token)}: ${JSON.stringify(answer)}`)
    socket.end()
  }
  // libwebsockets 4.1 frees the request and uses it again on an Upgrade it does not know.
  const host = `Host: localhost:${server.port}\r\n`
  for (let i = 0; i < 20; i++)
    await http(server.port, `GET / HTTP/1.1\r\n${host}\r\nGET /ws HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: foo\r\n\r\n`)
  const secrets = ['root:', 'SQLite format 3', 'PRIVATE KEY']
  const climbs = ['../'.repeat(8) + 'etc/passwd', '%2e%2e/'.repeat(8) + 'etc/passwd', '..%2f'.repeat(8) + 'etc%2fpasswd', '%2e%2e%2f%2e%2e%2fyishi.db',
    '....//....//etc/passwd', '%00', 'x%00.html', '..\\..\\etc\\passwd', '%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd', '//etc/passwd', '%252e%252e%252fetc%252fpasswd']
  for (const prefix of ['/', '/assets/', '/j/', `/api/v1/recordings/${meeting}/files/`, '/api/v1/recordings/']) {
    for (const climb of climbs) {
      const { body, status } = await http(server.port, `GET ${prefix}${climb} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
      expect(!secrets.some((secret) => body.includes(secret)), `${prefix}${climb} leaked`)
      expect(status < 500, `${prefix}${climb}: ${status}`)
    }
  }
}

const server = new Server(8080)
await server.start()
const staff = server.demo().staff
const api = await new Api(server.url).signIn(staff.login, staff.password)
const meeting = await openMeeting(api, ATTACKERS)
const guests = await Promise.all(meeting.links.map((link) => new Api(server.url).signInByLink(link)))
const attackers = guests.map((guest) => new Attacker(server, guest, meeting.id))
for (const attacker of attackers) await attacker.connect()

const offer = (): Buffer => Buffer.from(JSON.stringify({ t: 'offer', id: 1 + random(1000), sdp: mutateSdp(), sources: { '0': 'mic', '1': 'camera' } }))
// Warm: what 48 participants with media need, and what allocators and caches keep, is there before the count starts.
for (const attacker of attackers) await attacker.send(Buffer.from(JSON.stringify({ t: 'offer', id: 1, sdp: OFFER, sources: { '0': 'mic', '1': 'camera' } })))
await flood(attackers, 1000, mutateMessage)
await flood(attackers, 1000, offer)
const before = rssKib(server.pid)
await flood(attackers, MESSAGES, mutateMessage)
const afterMessages = rssKib(server.pid)
await flood(attackers, SDPS, offer)
const afterSdps = rssKib(server.pid)
await frames(server, guests[0]!, meeting.id)
await doors(server, meeting.id)
const after = rssKib(server.pid)
const healthy = (await fetch(`${server.url}/healthz`)).ok
expect(healthy, 'the server no longer serves')
expect(after - before <= MEMORY_LIMIT_KIB, `memory grew by ${after - before} KiB`)
for (const attacker of attackers) attacker.socket.end()
const code = await server.stop()
expect(code === 0, `the server ended with ${code}`)
for (const problem of problems.slice(0, 20)) console.error('problem:', problem)
if (problems.length > 0) console.error(server.tail(20))
await server.dispose()
console.log(JSON.stringify({
  bar: 'bad-input', messages: MESSAGES, sdps: SDPS, answered: attackers.reduce((sum, a) => sum + a.answered, 0), problems: problems.length,
  memory_kib: { before, after_messages: afterMessages, after_sdps: afterSdps, after }, limit_kib: MEMORY_LIMIT_KIB,
}))
process.exit(problems.length === 0 ? 0 : 1)
