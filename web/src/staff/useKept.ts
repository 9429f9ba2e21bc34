// What is being filled in, kept in this tab until it is sent: a sign-out or a wrong click does not
// lose it. Of one person only: the next one to sign in does not see it.
import { watch } from 'vue'

export interface Kept<T> {
  /** What was kept, if anything. */
  before: T | null
  forget: () => void
}

/** state gives what to keep, or null while there is nothing worth it. */
export function useKept<T>(name: string, person: string, state: () => T | null): Kept<T> {
  const key = `yishi.kept.${name}.${person}`
  let before: T | null = null
  try {
    before = JSON.parse(sessionStorage.getItem(key) ?? 'null') as T | null
  } catch {
    // nothing kept
  }
  const stop = watch(state, (now) => {
    try {
      if (now === null) sessionStorage.removeItem(key)
      else sessionStorage.setItem(key, JSON.stringify(now))
    } catch {
      // private browsing
    }
  })
  return {
    before,
    forget: () => {
      stop()
      try {
        sessionStorage.removeItem(key)
      } catch {
        // private browsing
      }
    },
  }
}
