// Which words of the server the pages have a text for.
import type { PresenceSegment } from './attendance'

const DEVICES = ['desktop', 'phone', 'venue', 'other'] as const
// A record, so that none that the server writes can be missing.
const ENDINGS: Record<NonNullable<PresenceSegment['ended_by']>, true> = {
  left: true,
  dropped: true,
  removed: true,
  revoked: true,
  replaced: true,
  ended: true,
  shutdown: true,
  crash: true,
}

export function hasDevice(word: string): word is (typeof DEVICES)[number] {
  return (DEVICES as readonly string[]).includes(word)
}

export function hasEnding(word: string | null): word is NonNullable<PresenceSegment['ended_by']> {
  return word !== null && Object.keys(ENDINGS).includes(word)
}
