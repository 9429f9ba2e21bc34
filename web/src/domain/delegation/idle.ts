// When whoever is at this window last did anything: what he does in another's name ends when he has gone away.
import { shallowRef } from 'vue'

/** How often it is looked at. */
export const LOOK_MS = 10_000
/** So long before the end it is said. */
export const WARN_MS = 2 * 60_000
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const
const how = { capture: true, passive: true }

/** Whole minutes that are left, once they are few. */
export const minutesLeft = shallowRef<number | null>(null)

let seen = 0
let timer: ReturnType<typeof setInterval> | undefined
const note = () => void (seen = Date.now())

export function stopIdle(): void {
  clearInterval(timer)
  timer = undefined
  minutesLeft.value = null
  for (const sign of SIGNS) removeEventListener(sign, note, how)
}

/** From `at` on; each look tells when he was last seen. ended: he has done nothing for so long; it is called once. */
export function startIdle(at: number, most_ms: number, looked: (seen: number) => void, ended: () => void): void {
  stopIdle()
  seen = at
  for (const sign of SIGNS) addEventListener(sign, note, how)
  timer = setInterval(() => {
    const left = seen + most_ms - Date.now()
    looked(seen)
    minutesLeft.value = left <= WARN_MS ? Math.max(1, Math.ceil(left / 60_000)) : null
    if (left > 0) return
    stopIdle()
    ended()
  }, LOOK_MS)
}
