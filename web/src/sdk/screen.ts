// What is shared decides how it is sent: a text must be sharp and may change seldom, a film must move.
// contentHint tells the browser which of the two to give up when the way is narrow (W3C mst-content-hint).

export type ScreenKind = 'detail' | 'motion'

const FRAMES_PER_S: Record<ScreenKind, number> = { detail: 10, motion: 30 }
const BITRATE_BPS: Record<ScreenKind, number> = { detail: 2_500_000, motion: 3_000_000 }

/** Asked for when sharing begins: as fast as a film needs, because a browser does not capture faster later. */
export const CAPTURE: MediaTrackConstraints = { ...constraints('motion') }

function constraints(kind: ScreenKind): MediaTrackConstraints {
  const fps = FRAMES_PER_S[kind]
  return { frameRate: { ideal: fps, max: fps }, width: { max: 1920 }, height: { max: 1080 } }
}

/** For a track that may be on its way to others already: no new share, no negotiation. */
export async function captureAs(track: MediaStreamTrack, kind: ScreenKind): Promise<void> {
  if ('contentHint' in track) track.contentHint = kind
  // Where the browser cannot, the encoder still leaves frames out.
  await track.applyConstraints?.(constraints(kind)).catch(() => undefined)
}

export function screenEncodings(kind: ScreenKind): RTCRtpEncodingParameters[] {
  return [{ maxBitrate: BITRATE_BPS[kind], maxFramerate: FRAMES_PER_S[kind] }]
}

/** False when the encodings are so already. */
export function applyKind(encodings: RTCRtpEncodingParameters[], kind: ScreenKind): boolean {
  const [wanted] = screenEncodings(kind)
  let changed = false
  for (const encoding of encodings) {
    if (encoding.maxFramerate === wanted!.maxFramerate && encoding.maxBitrate === wanted!.maxBitrate) continue
    Object.assign(encoding, wanted)
    changed = true
  }
  return changed
}
