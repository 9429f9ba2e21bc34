import { describe, expect, it } from 'vitest'
import { isWantedCodec, trimOffer } from './sdp'

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
const LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
const CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  'a=extmap-allow-mixed',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0',
  'c=IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 1 4f1a.local 5000 typ host',
  'a=ice-ufrag:abcd',
  'a=mid:0',
  `a=extmap:1 ${LEVEL}`,
  'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  `a=extmap:3 ${CC}`,
  `a=extmap:4 ${MID}`,
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100',
  'a=mid:1',
  'a=recvonly',
  `a=extmap:4 ${MID}`,
  'a=extmap:5/recvonly urn:3gpp:video-orientation',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack pli',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 VP9/90000',
  'a=rtcp-fb:98 nack pli',
  'a=fmtp:98 profile-id=0',
  'a=rtpmap:99 rtx/90000',
  'a=fmtp:99 apt=98',
  'a=rtpmap:100 ulpfec/90000',
  '',
].join('\r\n')

const trimmed = trimOffer(OFFER).split('\r\n')

describe('trimOffer', () => {
  it('keeps opus, with copies too, and nothing else of the audio codecs', () => {
    expect(trimmed).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 111 63')
    expect(trimmed).toContain('a=fmtp:111 minptime=10;useinbandfec=1')
    expect(trimmed).toContain('a=fmtp:63 111/111')
    expect(trimmed.some((line) => /G722|PCMU/.test(line))).toBe(false)
  })

  it('keeps VP8 with its own retransmission, not that of a dropped codec', () => {
    expect(trimmed).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96 97')
    expect(trimmed).toContain('a=fmtp:97 apt=96')
    expect(trimmed.some((line) => /:(98|99|100) /.test(line))).toBe(false)
  })

  it('keeps the extensions the server uses, by direction', () => {
    expect(trimmed).toContain(`a=extmap:1 ${LEVEL}`)
    expect(trimmed).toContain(`a=extmap:3 ${CC}`)
    expect(trimmed.some((line) => line.includes('abs-send-time'))).toBe(false)
    expect(trimmed.some((line) => line.includes('video-orientation'))).toBe(false)
  })

  it('gives no candidate away and ends in a line break', () => {
    expect(trimmed.some((line) => line.startsWith('a=candidate'))).toBe(false)
    expect(trimmed).toContain('a=ice-ufrag:abcd')
    expect(trimOffer(OFFER).endsWith('\r\n')).toBe(true)
  })

  it('leaves alone a line of which it knows no codec', () => {
    const odd = 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 120\r\na=rtpmap:120 AV1/90000\r\n'
    expect(trimOffer(odd)).toBe(odd)
  })

  it('does nothing to what is trimmed already', () => {
    expect(trimOffer(trimOffer(OFFER))).toBe(trimOffer(OFFER))
  })
})

it('knows the codecs of the room', () => {
  for (const redundant of [true, false]) {
    expect(isWantedCodec('video/VP8', redundant)).toBe(true)
    expect(isWantedCodec('video/rtx', redundant)).toBe(true)
    expect(isWantedCodec('audio/opus', redundant)).toBe(true)
    expect(isWantedCodec('video/VP9', redundant)).toBe(false)
    expect(isWantedCodec('audio/red', redundant)).toBe(redundant)
  }
})
