// Which columns of a list are shown, in the order of the fields. The address says it, or what the
// person chose last on this device, or the page.
import { computed, ref, type ComputedRef } from 'vue'
import type { FieldType, SubjectMeta } from './meta'

/** What has parts is shown by the page that knows them. */
const HIDDEN: readonly FieldType[] = ['ids', 'object', 'list', 'map', 'files']

/** All that a row can have: what is only said with an act or a list is no column. */
export const columnsOf = (meta: SubjectMeta): string[] => [
  ...Object.entries(meta.fields)
    .filter(([, field]) => !field.said && !HIDDEN.includes(field.type))
    .map(([name]) => name),
  ...(meta.states.length > 0 ? ['state'] : []),
  ...(meta.due ? ['due'] : []),
]

export function useColumns(
  key: string,
  all: readonly string[],
  usual: readonly string[],
  said: () => readonly string[],
): { shown: ComputedRef<string[]>; chosen: (names: string[]) => void } {
  const stored = `yishi.columns.${key}`
  const kept = ref<string[]>([])
  try {
    kept.value = (localStorage.getItem(stored) ?? '').split(',').filter(Boolean)
  } catch {
    // private browsing
  }
  const known = (names: readonly string[]) => all.filter((name) => names.includes(name))
  const shown = computed(() => {
    for (const names of [said(), kept.value, usual]) {
      const there = known(names)
      if (there.length > 0) return there
    }
    return [...all]
  })
  return {
    shown,
    chosen(names) {
      kept.value = known(names)
      try {
        localStorage.setItem(stored, kept.value.join(','))
      } catch {
        // private browsing
      }
    },
  }
}
