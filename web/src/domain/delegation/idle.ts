// When whoever is at this window last did anything: what he does in another's name ends when he has gone away.
import { shallowRef } from 'vue'
import { serverNow } from '@/composables/useNow'

/** How often it is looked at. */
export const LOOK_MS = 10_000
/** So long before the end it is said. */
export const WARN_MS = 2 * 60_000
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const
/** The page is seen again. The first is the document's, and the window hears it as it goes down. */
const BACK = ['visibilitychange', 'pageshow'] as const
const how = { capture: true, passive: true }

/** Whole minutes that are left, once they are few. */
export const minutesLeft = shallowRef<number | null>(null)

let stop: () => void = () => undefined

export function stopIdle(): void {
  stop()
  stop = () => undefined
  minutesLeft.value = null
}

/** From `at` on; each look tells when he was last seen. ended: he has done nothing for so long; it is called once. */
export function startIdle(at: number, most_ms: number, looked: (seen: number) => void, ended: () => void): void {
  stopIdle()
  let seen = at

  /** Whether he still acts. Timers stand still while a machine sleeps: each sign of him is looked at before it counts. */
  function look(): boolean {
    const left = seen + most_ms - serverNow()
    if (left <= 0) {
      stopIdle()
      ended()
      return false
    }
    minutesLeft.value = left <= WARN_MS ? Math.max(1, Math.ceil(left / 60_000)) : null
    return true
  }
  const note = () => {
    if (!look()) return
    seen = serverNow()
    minutesLeft.value = null
  }

  const timer = setInterval(() => look() && looked(seen), LOOK_MS)
  for (const sign of SIGNS) addEventListener(sign, note, how)
  for (const sign of BACK) addEventListener(sign, look, how)
  stop = () => {
    clearInterval(timer)
    for (const sign of SIGNS) removeEventListener(sign, note, how)
    for (const sign of BACK) removeEventListener(sign, look, how)
  }
}
