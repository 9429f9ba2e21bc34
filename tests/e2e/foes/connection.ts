// What somebody does with his own connection, and a stranger with the connections of others: offers that are refused,
// the same certificate again, silence, ICE checks that were overheard, checks for nobody.
import { randomBytes } from 'node:crypto'
import { Foe, pause, Pump, Thief, within, worstGap } from '../lib/foe'
import { attack, foes, guests, type Judge } from './attack'

const MEDIA_PORT = 7000

/** Another's picture flows to the viewer; returns it with the moment from which to count. */
async function watching(viewer: Foe, publishers: string[]): Promise<number> {
  await viewer.ask({ t: 'view', want: publishers.slice(0, 4).map((pid) => ({ pid, w: 320, h: 180 })) })
  await within(4000, () => viewer.received.length > 60)
  return performance.now()
}

const isCheck = (data: Buffer): boolean => data.length >= 20 && data.readUInt16BE(0) === 0x0001 && data.readUInt32BE(4) === 0x2112a442

const REFUSED: [name: string, edit: (sdp: string) => string][] = [
  ['renamed-mid', (sdp) => sdp.replace('a=mid:0', 'a=mid:elsewhere').replace(/a=group:BUNDLE 0/, 'a=group:BUNDLE elsewhere')],
  ['other-fingerprint', (sdp) => sdp.replace(/a=fingerprint:sha-256 ..:..:../g, 'a=fingerprint:sha-256 00:11:22').replace(/a=rtcp-mux\r\n/g, '')],
  ['junk', () => 'v=0\r\nthis is no session description'],
  ['empty-line', (sdp) => sdp.replace('s=-', 's=')],
  ['no-hash', (sdp) => sdp.replace(/a=fingerprint:sha-256 [0-9A-F:]+/g, 'a=fingerprint:md5 00:11')],
]

const refusedOffers = attack('refused-offer', 'an offer that is refused leaves the connection as it was', 20, async (place, judge) => {
  const [viewer] = await foes(place, { pictures: 4 })
  await watching(viewer!, place.publishers)
  for (const [name, edit] of REFUSED) {
    const reply = await viewer!.ask({ t: 'offer', sdp: edit(viewer!.offered), sources: {} })
    const moment = performance.now()
    await pause(1200)
    const packets = viewer!.received.filter((r) => r.at >= moment).length
    judge.figures[name] = { t: reply.t, code: reply.code, line: reply.line, attribute: reply.attribute, message: reply.message, packets }
    judge.expect(packets > 20, `${name}: ${packets} packets in 1.2 s after it`)
    if (reply.t === 'error') judge.expect(String(reply.message ?? '') !== '', `${name}: no word on what is wrong`)
  }
  await viewer!.close()
})

const sameCertificate = attack('same-certificate', 'a new PeerConnection with the certificate of the one before', 12, async (place, judge) => {
  const [viewer] = await foes(place, { pictures: 4 })
  await watching(viewer!, place.publishers)
  const old = viewer!.pc
  viewer!.prepare({ pictures: 4 })
  const moment = performance.now()
  await viewer!.offer()
  judge.figures.connected_ms = viewer!.isConnected ? Math.round(performance.now() - moment) : null
  judge.expect(viewer!.isConnected, 'does not connect')
  const connected = performance.now()
  judge.expect(await within(2000, () => viewer!.received.some((r) => r.at > connected)), 'no media after it connected')
  await old.close()
  await viewer!.close()
})

const silence = attack('silence', 'a receiver who sends nothing for 14 s, and then answers', 22, async (place, judge) => {
  const [viewer] = await foes(place, { pictures: 4 })
  await watching(viewer!, place.publishers)
  let silent = true
  viewer!.outgoing(() => !silent)
  await pause(10000)
  const late = performance.now()
  await pause(4000)
  judge.figures.packets_after_10_s = viewer!.received.filter((r) => r.at >= late).length
  judge.figures.reports_after_10_s = viewer!.rtcp.length
  silent = false
  const moment = performance.now()
  // A receiver report of no source: anything that is authenticated.
  for (let i = 0; i < 5; i++) {
    await viewer!.report(Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]))
    await pause(100)
  }
  await pause(2000)
  const back = viewer!.received.filter((r) => r.at >= moment + 500).length
  judge.figures.packets_back = back
  judge.expect(Number(judge.figures.packets_after_10_s) > 0, 'nothing to answer comes after 10 s of silence')
  judge.expect(back > 60, `${back} packets in 2 s after it answered`)
  await viewer!.close()
})

const replay = attack('replay', 'an overheard ICE check, sent again from elsewhere, once and every half second', 16, async (place, judge) => {
  const [viewer] = await foes(place, { pictures: 4 })
  let check: Buffer | undefined
  viewer!.outgoing((data) => {
    if (isCheck(data)) check = Buffer.from(data)
    return true
  })
  await watching(viewer!, place.publishers)
  await within(6000, () => check !== undefined)
  judge.expect(check !== undefined, 'no check was overheard')
  if (!check) return
  const thief = new Thief(MEDIA_PORT)
  const moment = performance.now()
  for (let i = 0; i < 10; i++) {
    thief.send(check)
    await pause(500)
  }
  const end = performance.now()
  judge.figures.stolen_bytes = thief.bytes
  judge.figures.gap_ms = worstGap(viewer!.received, moment, end)
  judge.expect(thief.bytes <= 10 * 150, `${thief.bytes} bytes went to the thief`)
  judge.expect(Number(judge.figures.gap_ms) <= 500, `${String(judge.figures.gap_ms)} ms without media`)
  thief.close()
  await viewer!.close()
})

/** A binding request for a user fragment that nobody has. */
function strange(): Buffer {
  const name = `${randomBytes(4).toString('hex')}:peer`
  const padded = Buffer.alloc((name.length + 3) & ~3)
  padded.write(name)
  const bytes = Buffer.alloc(20 + 4)
  bytes.writeUInt16BE(1, 0)
  bytes.writeUInt16BE(4 + padded.length + 24 + 8, 2)
  bytes.writeUInt32BE(0x2112a442, 4)
  randomBytes(12).copy(bytes, 8)
  bytes.writeUInt16BE(6, 20)
  bytes.writeUInt16BE(name.length, 22)
  const integrity = Buffer.concat([Buffer.from([0, 8, 0, 20]), randomBytes(20)])
  const body = Buffer.concat([bytes, padded, integrity])
  const fingerprint = Buffer.alloc(8)
  fingerprint.writeUInt16BE(0x8028, 0)
  fingerprint.writeUInt16BE(4, 2)
  fingerprint.writeUInt32BE((crc32(body) ^ 0x5354554e) >>> 0, 4)
  return Buffer.concat([body, fingerprint])
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

const strangers = attack('strangers', '4,000 checks a second for nobody, from the address of people who join', 16, async (place, judge) => {
  const checks = Array.from({ length: 256 }, strange)
  const thieves = Array.from({ length: 4 }, () => new Thief(MEDIA_PORT))
  let sent = 0
  const timer = setInterval(() => {
    for (let i = 0; i < 40; i++) thieves[sent % 4]!.send(checks[sent++ % 256]!)
  }, 10)
  await pause(500)
  const times: number[] = []
  const apis = await guests(place, 3)
  for (const api of apis) {
    const started = performance.now()
    try {
      const foe = await Foe.connect(api, place.server.port, place.meeting, { pictures: 1 })
      times.push(Math.round(performance.now() - started))
      await foe.close()
    } catch {
      times.push(Infinity)
    }
  }
  clearInterval(timer)
  judge.figures.sent = sent
  judge.figures.join_ms = times
  judge.expect(times.every((ms) => ms <= 2000), `joins took ${times.join(', ')} ms`)
  for (const thief of thieves) thief.close()
})

const NUMBERS = 42_000

/** Replay windows and rollover counters of receivers do not survive numbers that ran on unsent. */
const inactiveSlot = attack('inactive-slot', `a slot that rests while ${NUMBERS} packets pass`, 44, async (place, judge) => {
  const [foe, viewer] = await foes(place, { camera: true, pictures: 0 }, { pictures: 1 })
  await viewer!.ask({ t: 'view', want: [{ pid: foe!.pid, w: 320, h: 180 }] })
  const pump = new Pump(foe!, { ssrc: 7900, fps: 50, packets: 34, bytes: 60 })
  const ssrc = viewer!.slot('v0')
  await within(3000, () => viewer!.of(ssrc).length > 200)
  const at = pump.sent
  const resting = (sdp: string): string => sdp.replace(/a=recvonly/g, 'a=inactive')
  await viewer!.ask({ t: 'offer', sdp: resting(viewer!.offered), sources: {} })
  await within(26000, () => pump.sent - at > NUMBERS)
  judge.figures.passed = pump.sent - at
  await viewer!.ask({ t: 'offer', sdp: viewer!.offered, sources: {} })
  const moment = performance.now()
  await pause(1500)
  pump.stop()
  const back = viewer!.of(ssrc, moment).length
  judge.figures.packets_back = back
  judge.expect(back > 500, `${back} packets in 1.5 s after it came back`)
  await foe!.close()
  await viewer!.close()
})

const transport = (judge: Judge, name: string, sdp: string): void => {
  for (const line of sdp.split(/^(?=m=)/m).slice(1)) {
    if (!/a=fingerprint:/.test(line) || !/a=setup:/.test(line) || !/a=ice-ufrag:/.test(line)) judge.expect(false, `${name}: an m-line of the answer has no ICE or DTLS attributes`)
  }
}

/** Offers as the RFCs allow them, and as strict parsers want them answered. */
const offersOfOthers = attack('offers', 'm=text, lines that only ride in the bundle, other profiles and payload types', 16, async (place, judge) => {
  const ODD: [name: string, edit: (sdp: string) => string][] = [
    ['text', (sdp) => `${sdp.replace(/a=group:BUNDLE (.*)\r\n/, 'a=group:BUNDLE $1 t\r\n')}m=text 9 UDP/TLS/RTP/SAVPF 98\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=mid:t\r\na=rtpmap:98 t140/1000\r\na=sendrecv\r\n`],
    ['tcp-profile', (sdp) => sdp.replace(/m=(\w+) 9 UDP\/TLS\/RTP\/SAVPF/g, 'm=$1 9 TCP/DTLS/RTP/SAVPF')],
    ['bundle-only', (sdp) => {
      const [head, first, ...rest] = sdp.split(/^(?=m=)/m)
      const bare = rest.map((line) => line.replace(/^m=(\w+) 9/, 'm=$1 0').replace(/a=(ice-ufrag|ice-pwd|ice-options|fingerprint|setup|candidate|end-of-candidates|rtcp:)[^\r]*\r\n/g, '').replace(/(a=mid:[^\r]*\r\n)/, '$1a=bundle-only\r\n'))
      return [head, first, ...bare].join('')
    }],
  ]
  const apis = await guests(place, ODD.length)
  for (const [i, [name, edit]] of ODD.entries()) {
    const foe = await Foe.join(apis[i]!, place.server.port, place.meeting)
    foe.prepare({ pictures: 2 })
    await foe.pc.setLocalDescription(await foe.pc.createOffer())
    const reply = await foe.ask({ t: 'offer', sdp: edit(foe.offered), sources: {} })
    judge.figures[name] = reply.t === 'answer' ? 'answered' : { code: reply.code, message: reply.message }
    judge.expect(reply.t === 'answer', `${name}: ${JSON.stringify(judge.figures[name])}`)
    if (reply.t === 'answer') transport(judge, name, String(reply.sdp))
    await foe.close()
  }
})

export const connection = [refusedOffers, sameCertificate, silence, replay, strangers, inactiveSlot, offersOfOthers]
