// A list that the server gives page by page: loading, more, searching with a pause between the keys.
// Whatever was asked last counts; after the component is gone nothing is asked any more.
import { onScopeDispose, ref, shallowRef, watch, type WatchSource } from 'vue'
import type { Page } from '@/model/meta'
import type { StateKind } from '@/components/StatePicture.vue'
import { problemKind, problemText } from './useProblem'
import { api } from './useSession'

export const SEARCH_PAUSE_MS = 250

/** What is shown of a list, and where it goes on. */
export type Shown<Item> = Pick<Page<Item>, 'items' | 'next'>

export interface PagesOptions {
  /** What is searched for, as it is typed: asked anew when it has not changed for a moment. */
  search?: WatchSource<string>
  /** Filters: asked anew at once. */
  filter?: WatchSource
}

export function usePages<Item>(
  fetch: (after: string | null) => Promise<Page<Item>>,
  { search, filter }: PagesOptions = {},
) {
  /** null: not loaded yet. */
  const items = shallowRef<Item[] | null>(null)
  const next = ref<string | null>(null)
  const total = ref(0)
  const busy = ref(false)
  const problem = ref('')
  /** The picture of the problem. */
  const trouble = ref<StateKind>('error')
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false
  let resting = false

  /** True when it is here, false when it failed or something else was asked meanwhile. */
  async function ask(after: string | null): Promise<boolean> {
    if (gone) return false
    const mine = ++turn
    busy.value = true
    try {
      const page = await fetch(after)
      if (mine !== turn) return false
      items.value = after === null ? page.items : [...(items.value ?? []), ...page.items]
      next.value = page.next
      total.value = page.total ?? total.value
      problem.value = ''
      return true
    } catch (error) {
      if (mine !== turn) return false
      problem.value = problemText(error)
      trouble.value = problemKind(error)
      return false
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  const load = () => ask(null)
  const more = () => (next.value === null ? Promise.resolve(false) : ask(next.value))

  /** The first page again, in the background, put together with what is shown. False when it failed, which is not said, or
   * when something else is asked, which goes first. */
  async function renew(together: (shown: Shown<Item>, first: Page<Item>) => Shown<Item>): Promise<boolean> {
    if (gone || busy.value || items.value === null) return false
    const mine = ++turn
    const first = await api.inBackground(() => fetch(null)).catch(() => null)
    if (first === null || mine !== turn) return false
    const now = together({ items: items.value, next: next.value }, first)
    items.value = now.items
    next.value = now.next
    total.value = first.total ?? total.value
    problem.value = ''
    return true
  }

  /** Everything there is, for what only the page itself can search. Ends with the first problem. */
  async function rest(): Promise<void> {
    if (resting) return
    resting = true
    while (next.value !== null && (await more()));
    resting = false
  }

  if (search) {
    watch(search, () => {
      clearTimeout(timer)
      timer = setTimeout(() => void load(), SEARCH_PAUSE_MS)
    })
  }
  if (filter) watch(filter, () => void load())
  onScopeDispose(() => {
    clearTimeout(timer)
    gone = true
    turn++
  })
  void load()

  return { items, next, total, busy, problem, trouble, load, more, renew, rest }
}
