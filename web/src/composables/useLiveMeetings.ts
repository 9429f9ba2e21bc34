// The meetings that are on now, whoever is invited: what staff want to see first.
import { onScopeDispose, shallowRef } from 'vue'
import type { Meeting } from '@/sdk/api-types'
import { api } from './useSession'

const REFRESH_MS = 30_000

export function useLiveMeetings(wanted: () => boolean) {
  const live = shallowRef<Meeting[]>([])
  async function load() {
    if (!wanted() || document.visibilityState !== 'visible') return
    // The page that this stands on says what is wrong; the next time may be better.
    const page = await api.meetings({ when: 'live', mine: 0, limit: 50 }).catch(() => null)
    if (page) live.value = page.items
  }
  void load()
  const timer = setInterval(() => void load(), REFRESH_MS)
  onScopeDispose(() => clearInterval(timer))
  return live
}
