// A clock that components can watch.
import { onScopeDispose, ref, type Ref } from 'vue'

export function useNow(interval_ms = 1000): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), interval_ms)
  onScopeDispose(() => clearInterval(timer))
  return now
}
