// How this person likes to look at a meeting, remembered in this browser.
import { reactive, watch } from 'vue'
import { QUALITIES, type Quality } from './wanted'

export interface ViewPreferences {
  layout: 'gallery' | 'speaker'
  mirror: boolean
  hideSelf: boolean
  camerasOnly: boolean
  quality: Quality
  /** The hint to save data was given once. */
  saverOffered: boolean
}

const STORED = 'yishi.view'
const PLAIN: ViewPreferences = {
  layout: 'gallery',
  mirror: true,
  hideSelf: false,
  camerasOnly: false,
  quality: 'auto',
  saverOffered: false,
}

function stored(): ViewPreferences {
  try {
    const kept = { ...PLAIN, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') }
    return QUALITIES.includes(kept.quality) ? kept : { ...kept, quality: PLAIN.quality }
  } catch {
    return { ...PLAIN }
  }
}

export function useViewPreferences(): ViewPreferences {
  const view = reactive(stored())
  watch(view, () => {
    try {
      localStorage.setItem(STORED, JSON.stringify(view))
    } catch {
      // private browsing
    }
  })
  return view
}
