// Two people changed the same record: what only one of them changed is taken from him, what both
// changed differently has to be decided.
import { isSame, type Values } from './row'

export interface Conflict {
  readonly field: string
  readonly mine: unknown
  readonly now: unknown
  readonly before: unknown
}

export interface Merged {
  /** As the form goes on; of what is in conflict, mine. */
  values: Values
  conflicts: Conflict[]
}

export function merge(fields: readonly string[], before: Values, mine: Values, now: Values): Merged {
  const values: Values = {}
  const conflicts: Conflict[] = []
  for (const field of fields) {
    const changed = !isSame(mine[field], before[field])
    values[field] = changed ? mine[field] : now[field]
    if (changed && !isSame(now[field], before[field]) && !isSame(now[field], mine[field])) {
      conflicts.push({ field, mine: mine[field], now: now[field], before: before[field] })
    }
  }
  return { values, conflicts }
}
