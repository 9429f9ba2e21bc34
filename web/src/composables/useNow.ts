// A clock that components can watch: the server's, as far as it is known, because what it is compared
// with are the server's times and the machine's own clock may be wrong.
import { onScopeDispose, ref, type Ref } from 'vue'

let ahead_ms = 0

/** From a message that has just come. */
export function keepServerTime(now: number): void {
  ahead_ms = now - Date.now()
}

export const serverNow = (): number => Date.now() + ahead_ms

export function useNow(interval_ms = 1000, clock: () => number = serverNow): Ref<number> {
  const now = ref(clock())
  const timer = setInterval(() => (now.value = clock()), interval_ms)
  onScopeDispose(() => clearInterval(timer))
  return now
}
