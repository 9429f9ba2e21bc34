// The meetings that are on now, whoever is invited: what staff want to see first.
import { shallowRef } from 'vue'
import type { Meeting } from '@/domain/meeting/gen'
import { usePolling } from './usePolling'
import { api } from './useSession'

const REFRESH_MS = 30_000

export function useLiveMeetings(wanted: () => boolean) {
  const live = shallowRef<Meeting[]>([])
  async function load() {
    // The page that this stands on says what is wrong; the next time may be better.
    const page = await api.meetings({ when: 'live', limit: 50 }).catch(() => null)
    if (page) live.value = page.items
  }
  if (wanted()) void load()
  usePolling(load, REFRESH_MS, wanted)
  return live
}
