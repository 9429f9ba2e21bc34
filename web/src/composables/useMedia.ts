// A media query as a ref.
import { onScopeDispose, ref, type Ref } from 'vue'

export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query)
  const matches = ref(list.matches)
  const changed = () => (matches.value = list.matches)
  list.addEventListener('change', changed)
  onScopeDispose(() => list.removeEventListener('change', changed))
  return matches
}

/** A phone on its side. */
export const useLow = (): Ref<boolean> => useMedia('(max-height: 30em) and (orientation: landscape)')

export const useNarrow = (): Ref<boolean> => useMedia('(max-width: 47.99em), (max-height: 30em)')
