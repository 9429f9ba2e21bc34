// The layers of one's own camera (simulcast): the same picture in several sizes, smallest first. The
// server says which of them anybody takes (`demand`); the others are not encoded.

/** Always offered, so that another camera needs no negotiation. */
export const LAYERS = ['l', 'm', 'h'] as const
const BITRATE_BPS: Record<string, number> = { l: 150_000, m: 600_000, h: 1_200_000 }
/** What is watched among others moves well with as many a second as a film or television has, and more would be more
 * work for everybody who sends and shows them. */
const FRAMES_PER_S: Record<string, number> = { l: 24, m: 25, h: 25 }

/** Sent until the server has said what is taken: the least work, as joining is work enough for a phone. */
export const FIRST: readonly string[] = ['l']

/** A picture without simulcast goes by this name. */
const ALL = 'all'

/** How much each layer is smaller than a camera's picture: l is about 320 pixels long, m 640, h all of
 * it. Chromium encodes no more layers than make sense for the size, and counts from the smallest: what
 * is too many stands last, and rests. */
export function scales(longer: number): number[] {
  if (longer >= 960) return [4, 2, 1]
  return longer >= 480 ? [2, 1, 1] : [1, 1, 1]
}

export type LayerSize = 'small' | 'medium' | 'full'

/** What a picture of this size is called: the layers of a camera are about 320 and 640 pixels long, or all of it. */
export function sizeOf(width: number, height: number): LayerSize {
  const longer = Math.max(width, height)
  if (longer <= 400) return 'small'
  return longer <= 800 ? 'medium' : 'full'
}

/** For addTransceiver. Three temporal layers, so that a narrow way costs frames before sharpness. */
export function sendEncodings(longer: number, smallestOnly = false): RTCRtpEncodingParameters[] {
  const first = allowed(FIRST, smallestOnly)
  return LAYERS.map((rid, i) => ({
    rid,
    scaleResolutionDownBy: scales(longer)[i]!,
    maxBitrate: BITRATE_BPS[rid]!,
    maxFramerate: FRAMES_PER_S[rid]!,
    active: first.includes(rid),
    scalabilityMode: 'L1T3',
  }))
}

/** Another camera is put in. False when its layers are the same. */
export function applySize(encodings: RTCRtpEncodingParameters[], longer: number): boolean {
  if (encodings.length < LAYERS.length) return false
  const wanted = scales(longer)
  const changed = encodings.some((encoding, i) => encoding.scaleResolutionDownBy !== wanted[i])
  encodings.forEach((encoding, i) => (encoding.scaleResolutionDownBy = wanted[i]!))
  return changed
}

/** Who saves data sends the smallest only, to whoever takes anything: the server passes on what there is. */
function allowed(demanded: readonly string[], smallestOnly: boolean): readonly string[] {
  return smallestOnly && demanded.length > 0 ? [LAYERS[0], ALL] : demanded
}

/** Switches the encodings on or off as demanded. False when all are so already. */
export function applyDemand(
  encodings: RTCRtpEncodingParameters[],
  wanted: readonly string[],
  smallestOnly = false,
): boolean {
  const demanded = allowed(wanted, smallestOnly)
  let changed = false
  for (const encoding of encodings) {
    const active = demanded.includes(encoding.rid ?? ALL)
    // Browsers leave `active` out when it was never set.
    if ((encoding.active ?? true) !== active) changed = true
    encoding.active = active
  }
  return changed
}
