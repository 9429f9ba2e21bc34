// How the pages look to this person: size of type (up to 30 px) and elder mode, remembered.
import { computed, reactive, watchEffect } from 'vue'

export type TypeSize = 16 | 18 | 20 | 24 | 30
export const TYPE_SIZES: readonly TypeSize[] = [16, 18, 20, 24, 30]

const STORED = 'yishi.appearance'

function stored(): { type: TypeSize; elder: boolean } {
  try {
    return { type: 16, elder: false, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') }
  } catch {
    return { type: 16, elder: false }
  }
}

export const appearance = reactive(stored())

/** From here on a phone shows one picture and four buttons. */
const LARGE_FROM: TypeSize = 24
export const isLarge = computed(() => appearance.type >= LARGE_FROM)

export function setElder(on: boolean): void {
  appearance.elder = on
  if (on && appearance.type < 18) appearance.type = 20
  if (!on) appearance.type = 16
}

export function followAppearance(): void {
  watchEffect(() => {
    const root = document.documentElement
    root.toggleAttribute('data-elder', appearance.elder)
    root.dataset.type = String(appearance.type)
    try {
      localStorage.setItem(STORED, JSON.stringify(appearance))
    } catch {
      // private browsing
    }
  })
}
