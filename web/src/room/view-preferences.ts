// How this person likes to look at a meeting, remembered in this browser.
import { computed, reactive, ref, watch, type UnwrapNestedRefs } from 'vue'
import { isPhone } from '@/sdk/devices'
import { QUALITIES, type Quality } from './wanted'

export type Layout = 'gallery' | 'speaker'

interface Kept {
  /** What the person chose; null: nothing yet, so what suits the device. */
  chosen: Layout | null
  mirror: boolean
  hideSelf: boolean
  camerasOnly: boolean
  quality: Quality
  /** The hint to save data was given once. */
  saverOffered: boolean
}

const STORED = 'yishi.view'
const PLAIN: Kept = {
  chosen: null,
  mirror: true,
  hideSelf: false,
  camerasOnly: false,
  quality: 'auto',
  saverOffered: false,
}

function stored(): Kept {
  try {
    const kept = { ...PLAIN, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') }
    return QUALITIES.includes(kept.quality) ? kept : { ...kept, quality: PLAIN.quality }
  } catch {
    return { ...PLAIN }
  }
}

export type ViewPreferences = UnwrapNestedRefs<ReturnType<typeof createView>>

function createView(kept: Kept) {
  const chosen = ref(kept.chosen)
  // On a phone six faces of equal size are six stamps.
  const suits: Layout = isPhone() ? 'speaker' : 'gallery'
  const layout = computed<Layout>({ get: () => chosen.value ?? suits, set: (next) => (chosen.value = next) })
  return { ...kept, chosen, layout }
}

export function useViewPreferences(): ViewPreferences {
  const view = reactive(createView(stored()))
  watch(view, () => {
    const { layout: _, ...kept } = view
    try {
      localStorage.setItem(STORED, JSON.stringify(kept))
    } catch {
      // private browsing
    }
  })
  return view
}
