// The keys by which whoever decides all day does: `a` accepts, `r` returns. What that is of a record stands in its steps.
import type { Act } from './acts'
import type { SubjectMeta } from './meta'

/** Verbs of steps, by key. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  a: ['accept', 'confirm', 'check', 'activate'],
  r: ['return', 'refuse'],
}

/** The act that the key stands for, of those that are possible now: a declared step, and never one of two. */
export function actOfKey(of: SubjectMeta, key: string, possible: readonly Act[]): Act | undefined {
  const found = possible.filter(({ verb, form }) => VERBS[key]?.includes(verb) && form !== undefined && form in of.steps)
  return found.length === 1 ? found[0] : undefined
}

/** The key of an act, for its button. */
export const keyOfAct = (of: SubjectMeta, act: Act, possible: readonly Act[]): string | undefined =>
  Object.keys(VERBS).find((key) => actOfKey(of, key, possible) === act)
