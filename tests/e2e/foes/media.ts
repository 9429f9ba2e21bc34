// What somebody sends into the room, or asks of it: pictures whose layers change, streams that begin anew, floods of
// requests for repair, sound that does not say how loud it is.
import { Foe, nack, pause, Pump, slowReport, speak, within, worstGap } from '../lib/foe'
import { attack, foes, foesApart, guests, type Judge } from './attack'

/** An answer without layers takes the extension out of the next offer. */
const RID = 'a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
const LAYERS = [RID, 'a=rid:l send', 'a=rid:m send', 'a=rid:h send', 'a=simulcast:send l;m;h'].join('\r\n')

/** Makes the camera's m-line, the first video of the offer, simulcast: rids in place of SSRCs. */
const withLayers = (sdp: string): string =>
  sdp.replace(/m=video [\s\S]*?(?=m=|$)/, (line) => line.replace(/a=ssrc.*\r\n/g, '').replace(/a=extmap:\d+ \S+rtp-stream-id\r\n/, '').replace('a=sendonly', `a=sendonly\r\n${LAYERS}`))

/** Who looks at somebody's camera, large. */
const look = (viewer: Foe, at: string[]): Promise<unknown> => viewer.ask({ t: 'view', want: at.map((pid) => ({ pid, w: 640, h: 360 })) })

const layerChange = (name: string, muted: boolean) =>
  attack(name, 'a camera that becomes simulcast on the same connection', 8, async (place, judge) => {
    const [foe, viewer] = await foes(place, { camera: true, pictures: 0 }, { pictures: 1 })
    await look(viewer!, [foe!.pid])
    await foe!.picture(7001, 1, 90000, Buffer.from([0x90, 0x80, 0x80, 1, 0x10, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0]), true)
    await pause(300)
    if (muted) await foe!.ask({ t: 'media', camera: false })
    const reply = await foe!.offer(withLayers)
    judge.expect(String(reply.sdp).includes('simulcast:recv'), 'the answer takes no layers')
    judge.expect(reply.t === 'answer', `the second offer: ${JSON.stringify(reply).slice(0, 120)}`)
    const pump = new Pump(foe!, { ssrc: 7002, rid: 'h' })
    await pause(700)
    if (muted) await foe!.ask({ t: 'media', camera: true })
    const from = performance.now()
    await pause(2000)
    pump.stop()
    judge.figures.frames_of_50 = viewer!.of(viewer!.slot('v0'), from).length
    judge.expect(Number(judge.figures.frames_of_50) >= 40, `${judge.figures.frames_of_50} of 50 frames after the change`)
    await foe!.close()
    await viewer!.close()
  })

/** A picture comes back under another SSRC, one never seen before, numbered from `next` on after `first` …. */
async function comesBack(judge: Judge, foe: Foe, viewer: Foe, streams: [number, number], first: number, next: number): Promise<void> {
  const ssrc = viewer.slot('v0')
  const before = new Pump(foe, { ssrc: streams[0], sequence: first })
  await within(3000, () => viewer.of(ssrc).length > 25)
  before.stop()
  await pause(60)
  const last = viewer.of(ssrc).pop()?.packet.header.sequenceNumber ?? 0
  const moment = performance.now()
  const after = new Pump(foe, { ssrc: streams[1], sequence: next })
  await pause(3000)
  after.stop()
  const back = viewer.of(ssrc, moment)
  const hole = back.length ? (back[0]!.packet.header.sequenceNumber - last - 1) & 0xffff : 65535
  const name = next < first ? 'lower' : 'higher'
  judge.figures[`${name}_frames_of_75`] = back.length
  judge.figures[`${name}_hole`] = hole
  judge.figures[`${name}_gap_ms`] = worstGap(back, moment, moment + 2900)
  judge.expect(back.length >= 60, `numbered ${name}: ${back.length} of 75 frames`)
  judge.expect(hole <= 100, `numbered ${name}: a hole of ${hole} numbers`)
  judge.expect(Number(judge.figures[`${name}_gap_ms`]) <= 500, `numbered ${name}: ${String(judge.figures[`${name}_gap_ms`])} ms without a picture`)
}

const newStream = attack('new-ssrc', 'a picture that comes back with another SSRC and other numbers', 18, async (place, judge) => {
  const [foe, viewer] = await foes(place, { camera: true, pictures: 0 }, { pictures: 1 })
  await look(viewer!, [foe!.pid])
  await comesBack(judge, foe!, viewer!, [7101, 7102], 30000, 100)
  await comesBack(judge, foe!, viewer!, [7103, 7104], 1000, 30000)
  await foe!.close()
  await viewer!.close()
})

const NUMBERS = 500

const nackFlood = attack('nack-flood', 'twenty NACKs at once for the same 500 numbers, on a way of 200 ms', 12, async (place, judge) => {
  const [foe, viewer] = await foes(place, { camera: true, pictures: 0 }, { pictures: 1 })
  await look(viewer!, [foe!.pid])
  const pump = new Pump(foe!, { ssrc: 7300, packets: 24, bytes: 150 })
  const ssrc = viewer!.slot('v0')
  await within(4000, () => viewer!.of(ssrc).length > 1200)
  for (let i = 0; i < 6; i++) {
    const report = slowReport(viewer!, ssrc)
    await pause(200)
    if (report) await viewer!.report(report)
  }
  const newest = viewer!.of(ssrc).pop()!.packet.header.sequenceNumber
  const moment = performance.now()
  for (let i = 0; i < 20; i++) await viewer!.report(nack(ssrc, (newest - NUMBERS - 20) & 0xffff, NUMBERS))
  await pause(2500)
  pump.stop()
  judge.figures.asked = NUMBERS
  judge.figures.repairs = viewer!.repairs(moment).length
  judge.expect(Number(judge.figures.repairs) > 0, 'nothing was repaired')
  judge.expect(Number(judge.figures.repairs) <= NUMBERS * 1.05, `${judge.figures.repairs} repairs of ${NUMBERS} numbers`)
  await foe!.close()
  await viewer!.close()
})

const WITH_LEVELS = (sdp: string): string => sdp.replace(/(m=audio [\s\S]*?a=sendonly)/, '$1\r\na=extmap:5 urn:ietf:params:rtp-hdrext:ssrc-audio-level')

const unknownLoudness = attack('no-levels', 'three who do not say how loud they are hold the sound slots', 24, async (place, judge) => {
  const [one, two, three, listener] = await foesApart(place, { mic: true, pictures: 0 }, { mic: true, pictures: 0 }, { mic: true, pictures: 0 }, { pictures: 1 })
  const stops = [one, two, three].map((foe, i) => speak(foe!, 7400 + i, 1 + i, 160))
  await pause(1500)
  const [api] = await guests(place, 1, listener!.meeting)
  const speaker = await Foe.connect(api!, place.server.port, listener!.meeting, { mic: true, pictures: 0 }, WITH_LEVELS)
  const moment = performance.now()
  stops.push(speak(speaker, 7500, 9, 120, () => ({ extension: true, extensions: [{ id: 5, payload: Buffer.from([0x80 | 35]) }] })))
  await pause(4000)
  for (const stop of stops) stop()
  const heard = listener!.received.filter((r) => r.at >= moment && r.packet.payload[r.packet.payload.length - 1] === 9).length
  judge.figures.packets_of_200 = heard
  judge.expect(heard >= 150, `a speaker at -35 dBov is heard with ${heard} of 200 packets`)
  for (const foe of [one!, two!, three!, listener!, speaker]) await foe.close()
})

const silentRemb = attack('silent-remb', 'goog-remb offered, none sent: four pictures all the same', 14, async (place, judge) => {
  const [viewer] = await foes(place, { pictures: 4, feedback: ['nack', 'nack pli', 'goog-remb'] })
  await look(viewer!, place.publishers.slice(0, 4))
  await pause(6000)
  const moment = performance.now()
  await pause(3000)
  const pictures = ['v0', 'v1', 'v2', 'v3'].map((name) => viewer!.of(viewer!.slot(name), moment).length)
  const bytes = viewer!.received.filter((r) => r.at >= moment).reduce((sum, r) => sum + r.packet.payload.length, 0)
  judge.figures.packets = pictures
  judge.figures.kbps = Math.round((bytes * 8) / 3000)
  judge.expect(pictures.every((count) => count > 15), `packets of four pictures in 3 s: ${pictures.join(', ')}`)
  await viewer!.close()
})

const streamChurn = attack('ssrc-churn', 'another SSRC a second', 12, async (place, judge) => {
  const [foe] = await foes(place, { camera: true, mic: true, pictures: 0 })
  const tracks = (): number => place.server.query<{ n: number }>("select count(*) n from meeting_event where kind = 'heard' or kind = 'shown'")[0]!.n
  const before = tracks()
  for (let i = 0; i < 8; i++) {
    const pump = new Pump(foe!, { ssrc: 7600 + i, sequence: 1000 * i })
    const stop = speak(foe!, 7700 + i, 5)
    await pause(1000)
    pump.stop()
    stop()
  }
  judge.figures.events = tracks() - before
  judge.expect(Number(judge.figures.events) <= 8, `${String(judge.figures.events)} events of one camera and microphone under eight SSRCs each`)
  await foe!.close()
})

const redundant = attack('long-red', 'redundant sound longer than 1600 bytes in all', 8, async (place, judge) => {
  const [speaker, listener] = await foesApart(place, { mic: true, pictures: 0 }, { pictures: 1 })
  const reply = await speaker!.offer((sdp) => sdp.replace(/m=audio (\d+) (\S+) 111/, 'm=audio $1 $2 111 63').replace(/(m=audio [\s\S]*?)a=sendonly/, '$1a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=sendonly'))
  judge.expect(reply.t === 'answer' && String(reply.sdp).includes('red/48000'), 'red is not taken')
  const moment = performance.now()
  for (let i = 0; i < 50; i++) {
    // RFC 2198 §3: F and type, offset and length of the copy; then the primary's type.
    const copy = Buffer.alloc(1000, 3)
    const head = Buffer.from([0x80 | 111, (960 * 4) >> 6, ((960 & 0x3f) << 2) | (copy.length >> 8), copy.length & 0xff, 111])
    await speaker!.sound(7800, 100 + i, Buffer.concat([head, copy, Buffer.alloc(300, 4)]), 63)
    await pause(20)
  }
  await pause(300)
  const primaries = listener!.received.filter((r) => r.at >= moment && r.packet.payload[r.packet.payload.length - 1] === 4).length
  judge.figures.primaries_of_50 = primaries
  judge.expect(primaries >= 48, `${primaries} of 50 packets of sound arrive`)
  await speaker!.close()
  await listener!.close()
})

export const media = [layerChange('layers', false), layerChange('layers-muted', true), newStream, nackFlood, unknownLoudness, silentRemb, streamChurn, redundant]
