// The address of the window as the state of a list. What is below is another page's as soon as the
// path is another.
import { computed, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import type { Address } from './useList'

export function useRouteAddress(): Address {
  const route = useRoute()
  const router = useRouter()
  const path = route.path
  const query = shallowRef<Readonly<Record<string, unknown>>>(route.query)
  watch(
    () => route.query,
    (now) => {
      if (route.path === path) query.value = now
    },
  )
  return {
    query: computed(() => query.value),
    trail() {
      const kept: unknown = history.state?.trail
      return Array.isArray(kept) ? (kept as (string | null)[]) : []
    },
    go(to, { replace, trail }) {
      const where = { path, query: to as LocationQueryRaw, state: { trail } }
      void (replace ? router.replace(where) : router.push(where))
    },
  }
}
