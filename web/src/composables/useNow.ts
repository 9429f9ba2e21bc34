// A clock that components can watch: the server's, as far as it is known, because what it is compared
// with are the server's times and the machine's own clock may be wrong.
import { onScopeDispose, ref, type Ref } from 'vue'

let ahead_ms = 0

/** From a message that has just come. */
export function keepServerTime(now: number): void {
  ahead_ms = now - Date.now()
}

/** A `Date` header has whole seconds, cut off. */
const DATE_STEP_MS = 1000

/**
 * From an answer to a request that took so long: the server's clock shows this second at the earliest, and at the latest
 * the end of it with all the time on the way. What is known better and agrees with that stays.
 */
export function keepServerDate(date: number, took_ms: number): void {
  const now = Math.min(Math.max(serverNow(), date), date + DATE_STEP_MS + took_ms)
  ahead_ms = now - Date.now()
}

export const serverNow = (): number => Date.now() + ahead_ms

export function useNow(interval_ms = 1000, clock: () => number = serverNow): Ref<number> {
  const now = ref(clock())
  const timer = setInterval(() => (now.value = clock()), interval_ms)
  onScopeDispose(() => clearInterval(timer))
  return now
}
