// The meetings that are live, as everything around the pages knows them: asked for once, shown in the rail, at the bottom
// of a phone and on the page that one begins with.
import { shallowRef, watch } from 'vue'
import { usePolling } from '@/composables/usePolling'
import { api, useSession } from '@/composables/useSession'
import type { Meeting } from '@/domain/meeting/gen'

const REFRESH_MS = 30_000

/** null: not known yet. */
const live = shallowRef<Meeting[] | null>(null)

export const useLive = () => live

export async function loadLive(): Promise<void> {
  const { session, isStaff } = useSession()
  const asked = session.value?.person.id
  if (!asked) return
  // Staff run what they are not invited to. What is wrong is said by the page; the next time may be better.
  const page = await api.meetings({ when: 'live', whose: isStaff.value ? undefined : 'mine', limit: 50 }).catch(() => null)
  if (page && session.value?.person.id === asked) live.value = page.items
}

/** Of the shell, which is there as long as somebody is signed in. */
export function followLive(): void {
  const { session } = useSession()
  watch(
    () => session.value?.person.id,
    (person) => {
      live.value = null
      if (person) void loadLive()
    },
    { immediate: true },
  )
  usePolling(loadLive, REFRESH_MS, () => session.value !== null)
}
