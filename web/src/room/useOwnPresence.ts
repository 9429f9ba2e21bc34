// How long one was in the meeting, for the goodbye: connected and open. The server's own count decides.
import { watch, type Ref } from 'vue'

export function useOwnPresence(here: Ref<boolean>) {
  let before_ms = 0
  let since = 0
  watch(
    here,
    (now) => {
      if (now && !since) since = performance.now()
      else if (!now && since) {
        before_ms += performance.now() - since
        since = 0
      }
    },
    { flush: 'sync' },
  )
  return () => before_ms + (since ? performance.now() - since : 0)
}
