// Rows that are chosen, over all pages of a list: they are kept with their rows, because what may be
// done to them is said there.
import { computed, shallowRef } from 'vue'
import type { Row } from './row'

export function useSelection() {
  const chosen = shallowRef<ReadonlyMap<string, Row>>(new Map())

  function set(change: (rows: Map<string, Row>) => void): void {
    const rows = new Map(chosen.value)
    change(rows)
    chosen.value = rows
  }

  const add = (rows: readonly Row[]) => set((map) => rows.forEach((row) => map.set(row.id, row)))
  const drop = (rows: readonly Row[]) => set((map) => rows.forEach(({ id }) => map.delete(id)))

  return {
    rows: computed(() => [...chosen.value.values()]),
    count: computed(() => chosen.value.size),
    has: (row: Row): boolean => chosen.value.has(row.id),
    toggle: (row: Row) => (chosen.value.has(row.id) ? drop([row]) : add([row])),
    add,
    drop,
    clear: () => void (chosen.value = new Map()),
    /** They may be others now; what is not chosen stays so. */
    refresh: (rows: readonly Row[]) =>
      set((map) => rows.forEach((row) => map.has(row.id) && map.set(row.id, row))),
  }
}

export type Selection = ReturnType<typeof useSelection>
