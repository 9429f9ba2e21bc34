// A record of any kind as the server gives it, and what of it a request says.
import type { FieldMeta, FormMeta, SubjectMeta } from './meta'

export interface Row {
  readonly id: string
  /** Goes up with each change; who changes it says which one he saw. */
  readonly version?: number
  /** What whoever asked may do to it now. */
  readonly may: readonly string[]
  readonly [field: string]: unknown
}

/** Values of fields, as requests have them: a reference is its id. */
export type Values = Record<string, unknown>

export function formOf(meta: SubjectMeta, name: string): FormMeta {
  const form = meta.forms[name] ?? meta.steps[name]
  if (!form) throw new Error(`${meta.name} has no form ${name}`)
  return form
}

export const fieldOf = (meta: SubjectMeta, name: string): FieldMeta | undefined => meta.fields[name]

/** What a request would say for what the row has: of a record its id, of a dictionary's item its code. */
export function valueOf(row: Row | null | undefined, name: string): unknown {
  const value = row?.[name] ?? null
  const has_parts = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!has_parts) return value
  const { id, code } = value as { id?: unknown; code?: unknown }
  return id ?? code ?? null
}

/** Nothing was said: an empty text is none. */
export const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Lists are compared as sets: the order in which boxes were ticked says nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
  }
  return a === b || (isNothing(a) && isNothing(b))
}
