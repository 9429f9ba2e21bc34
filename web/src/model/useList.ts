// A list of records as its address says: what is asked of the server, what came, where one is in it.
// Whatever was asked last counts.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { SEARCH_PAUSE_MS } from '@/composables/usePages'
import { api } from '@/composables/useSession'
import { locale } from '@/i18n'
import { countOf, countsOf, fileOf, orderOf, paperQuery, requestOf, stateOf, usualSort, withState, type ListState, type Scope } from './address'
import type { Requests } from './client'
import type { ListMeta, Page } from './meta'
import type { Row } from './row'

/** The server counts no further. */
export const COUNTED_MOST = 10_000

/** Where the state stands: the window's address, in tests something simpler. */
export interface Address {
  readonly query: Ref<Readonly<Record<string, unknown>>>
  /** Cursors of the pages before this one, the first is null; as kept with the address in the history. */
  trail(): (string | null)[]
  go(query: Record<string, unknown>, how: { replace: boolean; trail: (string | null)[] }): void
}

export interface ListOptions {
  address: Address
  /** What stands for the {names} of the list's path. */
  scope?: () => Scope
  /** Filters that are not the person's to change, and not in the address. */
  fixed?: () => Readonly<Record<string, string>>
  requests?: Requests
  /** The member that tells rows apart, where it is not `id`. */
  key?: string | undefined
}

export function useList(
  list: ListMeta,
  { address, scope = () => ({}), fixed = () => ({}), requests = api, key = 'id' }: ListOptions,
) {
  const state = computed<ListState>(() => stateOf(address.query.value, list))
  const whole = computed(() => ({ ...state.value, filters: { ...state.value.filters, ...fixed() } }))
  const request = computed(() => requestOf(list, whole.value, scope()))
  const counted = computed(() => countOf(list, whole.value, scope()))

  const named = (row: Row): Row => (key === 'id' ? row : { ...row, id: String(row[key]) })

  /** null: not loaded yet. */
  const rows = shallowRef<Row[] | null>(null)
  const next = ref<string | null>(null)
  /** null: not known yet. */
  const total = ref<number | null>(null)
  const busy = ref(false)
  const problem = shallowRef<unknown>(null)
  let turn = 0
  let countedFor = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  async function count(mine: number): Promise<void> {
    const asked = counted.value
    try {
      const page = await requests.request<Page<Row>>('GET', asked)
      if (mine !== turn) return
      total.value = page.total
      countedFor = asked
    } catch {
      // the list is there without its number
    }
  }

  async function load(): Promise<void> {
    const mine = ++turn
    busy.value = true
    if (countedFor !== counted.value) total.value = null
    try {
      const page = await requests.request<Page<Row>>('GET', request.value)
      if (mine !== turn) return
      rows.value = page.items.map(named)
      next.value = page.next
      problem.value = null
      if (page.total !== null) {
        total.value = page.total
        countedFor = counted.value
      } else if (countedFor !== counted.value) {
        void count(mine)
      }
    } catch (error) {
      if (mine === turn) problem.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  function change(part: Partial<ListState>, { replace = false, trail = [] as (string | null)[] } = {}): void {
    const changed = { ...state.value, after: null, from: 1, ...part }
    address.go(withState(address.query.value, list, changed), { replace, trail })
  }

  /** As it is typed: asked when it has not changed for a moment, and no step of the back button. */
  function search(q: string): void {
    clearTimeout(timer)
    timer = setTimeout(() => change({ q: q.trim() }, { replace: true }), SEARCH_PAUSE_MS)
  }

  /** '': not filtered by it any more. */
  function filter(name: string, value: string): void {
    const { [name]: _before, ...rest } = state.value.filters
    change({ filters: value ? { ...rest, [name]: value } : rest })
  }

  /** '' and the list's usual order are the same. */
  function sortAs(sort: string): void {
    change({ sort: sort === list.sort[0] ? '' : sort })
  }

  /** As usual by this, the other way round, and as usual again. */
  function sortBy(name: string): void {
    const { by, down } = orderOf(list.sort, state.value.sort)
    sortAs(by !== name ? usualSort(list.sort, name) : down ? name : `-${name}`)
  }

  function forward(): void {
    if (next.value === null) return
    const trail = [...address.trail(), state.value.after]
    change({ after: next.value, from: state.value.from + (rows.value?.length ?? 0) }, { trail })
  }

  /** To the page before, or to the first where it is not known: the address came from elsewhere. */
  function back(): void {
    const trail = [...address.trail()]
    const before = trail.pop() ?? null
    change(before === null ? {} : { after: before, from: Math.max(1, state.value.from - state.value.limit) }, { trail })
  }

  /** A row as it is now. */
  function keep(row: Row): void {
    rows.value = (rows.value ?? []).map((one) => (one.id === row.id ? { ...one, ...row } : one))
  }

  watch(request, () => void load(), { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    turn++
  })

  return {
    state,
    rows,
    next,
    total,
    busy,
    problem,
    /** Of the rows shown, the first from 1 and the last. */
    first: computed(() => state.value.from),
    last: computed(() => state.value.from + (rows.value?.length ?? 0) - 1),
    filtered: computed(() => state.value.q !== '' || Object.keys(state.value.filters).length > 0),
    load,
    /** The number is asked for again with the next load. */
    recount: () => void (countedFor = ''),
    change,
    search,
    filter,
    sortAs,
    sortBy,
    forward,
    back,
    keep,
    /** Everything that the list has now, up to so many rows. */
    allRequest: () => requestOf(list, whole.value, scope(), true),
    countsRequest: () => countsOf(list, whole.value, scope(), locale.value),
    countsFile: (kind: string) => `/api/v1${countsOf(list, whole.value, scope(), locale.value, kind)}`,
    paper: (): string => paperQuery(whole.value, locale.value),
    file: (kind: string, columns: readonly string[]) => fileOf(list, whole.value, scope(), kind, columns, locale.value),
  }
}

export type List = ReturnType<typeof useList>
