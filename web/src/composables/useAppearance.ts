// How the pages look to this person, as something that components can watch and change.
import { computed, reactive, ref, watchEffect } from 'vue'
import {
  appearanceFor,
  DARK_WISH,
  keepAppearance,
  keptAppearance,
  showAppearance,
  typeOf,
  type TypeSize,
} from './appearance'

export { THEMES, TYPE_SIZES, type Theme, type TypeSize } from './appearance'

export const appearance = reactive(keptAppearance())

/** The size of type that is shown, in pixels. */
export const typeShown = computed(() => typeOf(appearance))

/** From here on a phone shows one picture and four buttons. */
const LARGE_FROM: TypeSize = 24
export const isLarge = computed(() => typeShown.value >= LARGE_FROM)

export function setElder(on: boolean): void {
  appearance.elder = on
}

/** Somebody has signed in, or was signed in already. */
export function appearFor(person: string): void {
  Object.assign(appearance, appearanceFor(person, appearance))
}

export function followAppearance(): void {
  const wish = matchMedia(DARK_WISH)
  const darkWish = ref(wish.matches)
  wish.addEventListener('change', () => (darkWish.value = wish.matches))
  watchEffect(() => {
    showAppearance(appearance, darkWish.value)
    keepAppearance(appearance)
  })
}
