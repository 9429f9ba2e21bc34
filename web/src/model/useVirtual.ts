// Of many rows of one height only those near the window stand in the page; what is above and below
// them is empty space of their height. Up to PLAIN_MOST rows all of them stand there.
import { computed, onMounted, onScopeDispose, ref, type Ref } from 'vue'

export const PLAIN_MOST = 200
/** Rows beyond the window's edges, so that scrolling does not outrun them. */
const SPARE = 20

export interface Range {
  from: number
  to: number
}

/** top: where the first row is, from the window's upper edge. */
export function rangeOf(count: number, row_px: number, top_px: number, window_px: number): Range {
  if (count <= PLAIN_MOST) return { from: 0, to: count }
  const from = Math.max(0, Math.min(count, Math.floor(-top_px / row_px) - SPARE))
  return { from, to: Math.min(count, from + Math.ceil(window_px / row_px) + 2 * SPARE) }
}

export function useVirtual(count: () => number, box: Ref<HTMLElement | null>) {
  const range = ref<Range>({ from: 0, to: PLAIN_MOST })
  const row_px = ref(48)

  function settle(): void {
    const rows = count()
    if (!box.value || rows <= PLAIN_MOST) return
    const one = box.value.querySelector<HTMLElement>('[data-row]')
    if (one && one.offsetHeight > 0) row_px.value = one.getBoundingClientRect().height
    range.value = rangeOf(rows, row_px.value, box.value.getBoundingClientRect().top, innerHeight)
  }

  onMounted(() => {
    addEventListener('scroll', settle, { passive: true, capture: true })
    addEventListener('resize', settle)
    settle()
  })
  onScopeDispose(() => {
    removeEventListener('scroll', settle, { capture: true })
    removeEventListener('resize', settle)
  })

  const shown = computed<Range>(() => (count() <= PLAIN_MOST ? { from: 0, to: count() } : { from: Math.min(range.value.from, count()), to: Math.min(range.value.to, count()) }))
  return {
    shown,
    above_px: computed(() => shown.value.from * row_px.value),
    below_px: computed(() => (count() - shown.value.to) * row_px.value),
    settle,
  }
}
