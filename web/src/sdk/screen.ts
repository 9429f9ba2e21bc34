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

/** Smallest first. On a narrow way the server passes on the smaller one: half as large, but there. Each has three temporal
 * layers, so that pictures a second go before size, and a text stays sharp as long as it can. */
const LAYERS = [
  { rid: 'l', scale: 2, share: 0.16 },
  { rid: 'h', scale: 1, share: 1 },
] as const

export function screenEncodings(kind: ScreenKind): RTCRtpEncodingParameters[] {
  return LAYERS.map(({ rid, scale, share }) => ({
    rid,
    scaleResolutionDownBy: scale,
    maxBitrate: BITRATE_BPS[kind] * share,
    maxFramerate: FRAMES_PER_S[kind],
    scalabilityMode: 'L1T3',
  }))
}

/** False when the encodings are so already. */
export function applyKind(encodings: RTCRtpEncodingParameters[], kind: ScreenKind): boolean {
  let changed = false
  for (const { rid, maxBitrate, maxFramerate } of screenEncodings(kind)) {
    const encoding = encodings.find((one) => one.rid === rid)
    if (!encoding || (encoding.maxFramerate === maxFramerate && encoding.maxBitrate === maxBitrate)) continue
    Object.assign(encoding, { maxBitrate, maxFramerate })
    changed = true
  }
  return changed
}
