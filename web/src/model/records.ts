// Reading and writing records of any kind: what useList, useForm and the acts ask of the server, so
// that their tests can answer in its place.
import { api } from '@/composables/useSession'
import type { Page } from '@/sdk/api-types'
import type { FormMeta, SubjectMeta } from './meta'
import { pathOf, type Row, type Values } from './row'

export interface Records {
  read<Result>(path: string): Promise<Result>
  /** key: of one press of a button; what is sent again with it is done once. */
  write<Result>(method: string, path: string, body: Values, version?: number, key?: string): Promise<Result>
}

export const records: Records = {
  read: (path) => api.read(path),
  write: (method, path, body, version, key) => api.write(method, path, body, version, key),
}

export const readOne = (meta: SubjectMeta, id: string, from: Records = records): Promise<Row> =>
  from.read<Row>(pathOf(meta.one ?? '', { [meta.name]: id }))

/** Sends a form for one record, or for a new one. */
export function sendForm(
  meta: SubjectMeta,
  form: FormMeta,
  body: Values,
  { row, scope = {}, key, to = records }: { row?: Row | null; scope?: Record<string, string>; key?: string; to?: Records } = {},
): Promise<Row> {
  const path = pathOf(form.path, row ? { ...scope, [meta.name]: row.id } : scope)
  return to.write<Row>(form.method, path, body, row?.version, key)
}

export interface CaseEvent {
  readonly seq: number
  readonly at: number
  readonly actor: { readonly id: string; readonly name: string } | null
  readonly verb: string
  readonly from: string | null
  readonly to: string | null
  readonly note: string | null
  /** Of what was changed [old, new]; of a new record what it began with. */
  readonly data: Readonly<Record<string, unknown>>
}

export async function readEvents(meta: SubjectMeta, id: string, from: Records = records): Promise<CaseEvent[]> {
  if (!meta.events) return []
  return (await from.read<{ items: CaseEvent[] }>(pathOf(meta.events, { [meta.name]: id }))).items
}

/** All rows of an address, page after page, up to `most`. */
export async function readAll(path: string, most: number, from: Records = records): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | null = null
  do {
    const joint = path.includes('?') ? '&' : '?'
    const page: Page<Row> = await from.read(after === null ? path : `${path}${joint}after=${encodeURIComponent(after)}`)
    rows.push(...page.items)
    after = page.next
  } while (after !== null && rows.length < most)
  return rows.slice(0, most)
}
