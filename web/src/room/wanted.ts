// Which pictures are asked of the server and how large: what is on the stage, less what the person
// does not want to receive.
import type { Wanted } from '@/sdk/meeting'

/** `auto`: what fits the screen and the way. `saver`: few and small. `audio`: voices only. */
export const QUALITIES = ['auto', 'saver', 'audio'] as const
export type Quality = (typeof QUALITIES)[number]

/** While saving data: about what the smallest layer of a camera is. */
const SAVER = { w: 320, h: 180, pictures: 4 }

function shrink({ pid, w, h }: Wanted): Wanted {
  const scale = Math.min(1, SAVER.w / Math.max(w, 1), SAVER.h / Math.max(h, 1))
  return { pid, w: Math.round(w * scale), h: Math.round(h * scale) }
}

/** shown: most important first. Who shows no picture takes nobody's place. */
export function wantedOf(
  shown: readonly Wanted[],
  quality: Quality,
  hasCamera: (pid: string) => boolean,
): Wanted[] {
  if (quality === 'audio') return []
  if (quality === 'auto') return [...shown]
  return shown
    .filter(({ pid }) => hasCamera(pid))
    .slice(0, SAVER.pictures)
    .map(shrink)
}
