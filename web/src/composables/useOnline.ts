// Whether the device has a network, as far as it knows.
import { onScopeDispose, ref, type Ref } from 'vue'

export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine)
  const changed = () => (online.value = navigator.onLine)
  addEventListener('online', changed)
  addEventListener('offline', changed)
  onScopeDispose(() => {
    removeEventListener('online', changed)
    removeEventListener('offline', changed)
  })
  return online
}
