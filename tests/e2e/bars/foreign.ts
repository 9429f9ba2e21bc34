// Members on foreign WebRTC stacks: what they do that browsers do not must cost neither them nor anybody else anything.
import { execFileSync } from 'node:child_process'
import { Api, openMeeting } from '../lib/api'
import { FRAME_MS, LibDataChannel, Member, pause, type Stack, VIDEO_SLOTS, Werift } from '../lib/foreign'
import { Server } from '../lib/server'

const MEMBERS = VIDEO_SLOTS + 1
const SILENCE_S = 60
/** So long nothing of a member reaches the server: libdatachannel gives its connection up after 30 s without an answer
 * (RFC 7675), werift does not. */
const CUT_OFF_S: Record<string, number> = { werift: SILENCE_S, libdatachannel: 25 }
/** Without transport-wide feedback receiver reports tell what a way carries, and they come every few seconds. */
const WHOLE_MS = 20_000
const FRAMES_A_SECOND = 1000 / FRAME_MS
/** werift's DTLS is JavaScript, and all of them share a process. */
const CONNECT_MS = 4000

const problems: string[] = []
const figures: Record<string, Record<string, number | string>> = {}

/** Waits until it holds; how long that took, ms. */
async function within(what: string, ms: number, holds: () => boolean): Promise<number> {
  const started = Date.now()
  while (!holds()) {
    if (Date.now() - started > ms) {
      problems.push(`${what}: not within ${ms} ms`)
      return NaN
    }
    await pause(20)
  }
  return Date.now() - started
}

const expect = (holds: boolean, what: string): void => {
  if (!holds) problems.push(what)
}

/** Nothing leaves the stack's own UDP ports any more. */
function block(member: Member, on: boolean): void {
  const nft = (text: string): void => void execFileSync('nft', ['-f', '-'], { input: text })
  if (!on) return nft('delete table inet foreign\n')
  const ports = [...member.offered.sdp.matchAll(/^a=candidate:\S+ \d udp \d+ \S+ (\d+) /gim)].map((line) => line[1])
  nft(`table inet foreign {\n chain out {\n  type filter hook output priority 0;\n  udp sport { ${[...new Set(ports)].join(', ')} } drop\n }\n}\n`)
}

async function visit(server: Server, staff: Api, make: () => Stack): Promise<void> {
  const meeting = await openMeeting(staff, MEMBERS)
  const members = meeting.links.map((link) => new Member(server, meeting.id, link))
  const found: Record<string, number | string> = {}
  let worst = 0
  for (const member of members) {
    await member.join()
    worst = Math.max(worst, await member.connect(make()))
    await member.ask('media', { mic: true, camera: true })
    member.publish()
  }
  const name = members[0]!.stack.name
  figures[name] = found
  found.connect_ms = worst
  expect(worst <= CONNECT_MS, `${name}: ${worst} ms to connect`)

  // Everybody is sent four pictures and voices, whole: goog-remb that is offered and never sent limits nobody.
  const whole = (): boolean => members.every((member) => member.sees().length === VIDEO_SLOTS)
  found.four_pictures_ms = await within(`${name}: four pictures for each`, WHOLE_MS, whole)
  expect(members.every((member) => member.hears().length > 0), `${name}: somebody hears nobody`)
  if (name === 'libdatachannel') expect(members[0]!.offered.sdp.includes('goog-remb'), `${name}: it does not offer goog-remb any more`)
  const shown = (member: Member): number => [...member.stack.lines.values()].reduce((sum, line) => sum + line.pictures, 0)
  const shownPart = async (): Promise<number> => {
    const before = members.map((member) => ({ shown: shown(member), sent: member.frames }))
    await pause(3000)
    const sent = members.map((member, i) => member.frames - before[i]!.sent)
    const all = sent.reduce((sum, count) => sum + count, 0)
    return Math.min(...members.map((member, i) => (shown(member) - before[i]!.shown) / (all - sent[i]!)))
  }
  let part = 0
  const rising = Date.now()
  while (part < 0.95 && Date.now() - rising < 2 * WHOLE_MS) part = await shownPart()
  found.pictures_shown = Math.round(part * 1000) / 1000
  found.whole_ms = Date.now() - rising
  expect(part >= 0.95, `${name}: only ${found.pictures_shown} of the pictures that others sent came`)

  const [first, second, third, fourth, fifth] = members as [Member, Member, Member, Member, Member]
  // Muted is gone for the others; back is back.
  await first.ask('media', { camera: false })
  found.mute_ms = await within(`${name}: a muted picture ends`, 2000, () => !second.sees().includes(first.pid))
  await first.ask('media', { camera: true })
  found.unmute_ms = await within(`${name}: the picture is back`, 3000, () => second.sees().includes(first.pid))

  // An offer that is refused says what to change, and what works goes on.
  const sdp = first.offered.sdp, sources = first.offered.sources
  const print = /a=fingerprint:sha-256 (..)/.exec(sdp)![1]!
  const stranger = sdp.replaceAll(`a=fingerprint:sha-256 ${print}`, `a=fingerprint:sha-256 ${print === '00' ? '01' : '00'}`)
  const mid = /a=mid:(\S+)/.exec(sdp)![1]!
  const renamed = sdp.replace(`BUNDLE ${mid} `, 'BUNDLE renamed ').replace(`a=mid:${mid}\r\n`, 'a=mid:renamed\r\n')
  const refused: [string, string][] = [['junk', 'v'], [renamed, 'mid'], [stranger.replaceAll('a=rtcp-mux\r\n', ''), 'rtcp-mux']]
  for (const [bad, attribute] of refused) {
    const error = await first.ask('offer', { sdp: bad, sources })
    expect(error.t === 'error' && error.code === 'bad_sdp' && error.attribute === attribute, `${name}: ${attribute} was answered by ${JSON.stringify(error).slice(0, 200)}`)
  }
  const packets = first.packets()
  await pause(2000)
  expect(first.packets() - packets > VIDEO_SLOTS * FRAMES_A_SECOND && second.sees().includes(first.pid), `${name}: a refused offer cost the connection`)

  // The page was reloaded: another PeerConnection, of a stack that keeps its certificate.
  second.quiet()
  const old = second.stack
  await second.resume()
  found.reconnect_ms = await second.connect(make())
  second.publish()
  old.close()
  found.resumed_ms = await within(`${name}: four pictures after a resume`, WHOLE_MS, whole)
  const prints = [old, second.stack].length === 2 ? second.offered.sdp.includes(/a=fingerprint:\S+ \S+/.exec(sdp)![0]) : false
  found.same_certificate = String(prints)
  if (name === 'werift') expect(prints, `${name}: it makes a certificate for each connection now: no test of the same one any more`)

  // Two that only receive from now on. Of the one nothing arrives any more: media pauses, but each second it is sent
  // something that it could answer, and with its first word all is back. The other is silent by itself.
  for (const silent of [fourth, fifth]) {
    silent.quiet()
    await silent.ask('media', { mic: false, camera: false })
  }
  const speaking = members.length - 2
  await pause(500)
  block(fifth, true)
  let least = Infinity, most = 0, stopped = 0, last = 0
  const cutOff = CUT_OFF_S[name]!
  for (let at = 1; at <= cutOff; at++) {
    const start = fifth.packets()
    await pause(1000)
    const came = fifth.packets() - start
    if (came < 3 * FRAMES_A_SECOND) stopped ||= at
    if (stopped && at > stopped + 1) {
      least = Math.min(least, came + last) // of two seconds: each is a little more than one to the server
      most = Math.max(most, came)
    }
    last = came
  }
  block(fifth, false)
  found.cut_off_paused_s = stopped
  found.cut_off_packets = `${least} in 2 s, ${most} in 1 s`
  expect(stopped > 0 && stopped <= 10, `${name}: media to one who was cut off paused after ${stopped} s`)
  expect(least >= 1 && most <= 60, `${name}: one who was cut off was sent ${least} packets in 2 s, ${most} in 1 s`)
  found.cut_off_back_ms = await within(`${name}: all pictures after ${cutOff} s cut off`, 10_000, () => fifth.sees().length === speaking)
  await pause(1000 * (SILENCE_S - cutOff))
  await within(`${name}: who is silent sees all after ${SILENCE_S} s`, WHOLE_MS, () => fourth.sees().length === speaking)
  found.silent_lost = fourth.said('media_state').filter((message) => message.state === 'lost').length
  expect(found.silent_lost === 0, `${name}: who is silent was taken for lost`)

  // Leaving, and vanishing.
  const bye = await fourth.ask('leave')
  expect(bye.t === 'bye' && bye.reason === 'left', `${name}: leaving was answered by ${JSON.stringify(bye)}`)
  found.left_ms = await within(`${name}: who left is in no slot`, 2000, () => !first.inSlots(fourth.pid))
  fourth.end()
  block(third, true)
  const at = Date.now()
  third.vanish()
  found.vanished_ms = await within(`${name}: the picture of one who vanished ends`, 10_000, () => !first.inSlots(third.pid))
  const away = (): boolean => first.said('roster_delta').some((delta) => (delta.changed as { pid: string; away: boolean }[]).some((item) => item.pid === third.pid && item.away))
  await within(`${name}: the roster says so`, Math.max(0, 15_000 - (Date.now() - at)), away)
  found.away_ms = Date.now() - at
  block(third, false)
  await staff.call('POST', `/api/v1/meetings/${meeting.id}/end`, {})
  for (const member of members) member.end()
}

const server = new Server(8090)
try {
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const only = process.argv[2]
  for (const [name, make] of [['werift', () => new Werift()], ['libdatachannel', () => new LibDataChannel()]] as const)
    if (!only || only === name) await visit(server, staff, make)
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
if ((await server.stop()) !== 0) problems.push('the server did not end by itself')
for (const problem of problems) console.error('problem:', problem)
if (problems.length > 0) console.error(server.tail(20))
await server.dispose()
console.log(JSON.stringify({ bar: 'foreign', silence_s: SILENCE_S, ...figures, problems: problems.length }))
process.exit(problems.length === 0 ? 0 : 1)
