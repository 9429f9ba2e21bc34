// A page that stays current by asking again and again: only while it is seen, until it is left, and in
// the background (Api.inBackground), so that a page left open signs nobody in for ever.
import { onScopeDispose } from 'vue'
import { api } from './useSession'

export function usePolling(load: () => unknown, every_ms: number, wanted: () => boolean = () => true): void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && wanted()) void api.inBackground(load)
  }, every_ms)
  onScopeDispose(() => clearInterval(timer))
}
