// How many dialogs lie over the page: while there is one, the page below takes neither focus nor clicks.
import { nextTick, onBeforeUnmount, ref } from 'vue'

export const covered = ref(0)

/** Covers the page until the component goes; then the focus is where it was. */
export function coverPage(): void {
  const before = document.activeElement
  covered.value++
  onBeforeUnmount(async () => {
    covered.value--
    await nextTick()
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  })
}
