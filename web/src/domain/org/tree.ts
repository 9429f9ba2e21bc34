// Organisations by what they belong to. One whose upper one is not in the list stands at the top.
import { valueOf, type Row } from '@/model/row'

export interface Branch {
  row: Row
  depth: number
  /** Directly below. */
  below: number
}

/** From the top, each with those below it after it; those below what is not open are left out. */
export function branchesOf(rows: readonly Row[], open: ReadonlySet<string>): Branch[] {
  const known = new Set(rows.map(({ id }) => id))
  const under = new Map<string, Row[]>()
  for (const row of rows) {
    const parent = valueOf(row, 'parent')
    const key = typeof parent === 'string' && known.has(parent) ? parent : ''
    under.set(key, [...(under.get(key) ?? []), row])
  }
  const branches: Branch[] = []
  function add(key: string, depth: number): void {
    for (const row of under.get(key) ?? []) {
      const below = under.get(row.id)?.length ?? 0
      branches.push({ row, depth, below })
      if (below > 0 && open.has(row.id)) add(row.id, depth + 1)
    }
  }
  add('', 0)
  return branches
}
