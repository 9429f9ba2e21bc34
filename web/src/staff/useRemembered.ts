// A table's filters, kept in this browser: people come back to where they were.
import { reactive, watch } from 'vue'

export function useRemembered<T extends object>(name: string, initial: T): T {
  const key = `yishi.table.${name}`
  let stored: Partial<T> = {}
  try {
    stored = JSON.parse(localStorage.getItem(key) ?? '{}')
  } catch {
    // nothing remembered
  }
  const state = reactive({ ...initial, ...stored }) as T
  watch(state, () => {
    try {
      localStorage.setItem(key, JSON.stringify(state))
    } catch {
      // private browsing
    }
  })
  return state
}
