// How this person likes to look at a meeting, remembered in this browser.
import { reactive, watch } from 'vue'

export interface ViewPreferences {
  layout: 'gallery' | 'speaker'
  mirror: boolean
  hideSelf: boolean
  camerasOnly: boolean
}

const STORED = 'yishi.view'
const PLAIN: ViewPreferences = { layout: 'gallery', mirror: true, hideSelf: false, camerasOnly: false }

function stored(): ViewPreferences {
  try {
    return { ...PLAIN, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') }
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
