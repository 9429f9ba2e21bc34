// On a phone on its side the bars hide after a while, so that the picture has the screen; a touch brings them back.
import { onScopeDispose, ref, watch, type Ref } from 'vue'

const SHOWN_MS = 5000

/** `held`: something of the bars is in use. */
export function useBars(hides: Ref<boolean>, held: Ref<boolean>) {
  const shown = ref(true)
  let timer: ReturnType<typeof setTimeout> | undefined

  function wait(): void {
    clearTimeout(timer)
    if (!hides.value) return
    timer = setTimeout(() => {
      const menu = document.querySelector('.pop.open, dialog[open]') !== null
      if (held.value || menu) wait()
      else shown.value = false
    }, SHOWN_MS)
  }

  /** Shows them; `turns`: or hides them at once, when they are shown. */
  function touch(turns = false): void {
    if (!hides.value) return
    shown.value = !(turns && shown.value)
    wait()
  }

  watch(
    hides,
    () => {
      shown.value = true
      wait()
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { shown, touch }
}
