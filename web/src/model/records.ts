// Reading and writing records of any kind by their declaration, where the page does not know which
// kind it is (client.ts is for those that do). In tests somebody else answers in the server's place.
import { api } from '@/composables/useSession'
import { ApiError, type FieldError } from '@/sdk/api'
import { addressOf } from '@/sdk/api'
import type { Requests } from './client'
import type { FormMeta, Page, RecordEvent, SubjectMeta } from './meta'
import type { Row, Values } from './row'

const one = (meta: SubjectMeta, path: string | undefined, id: string): string => {
  if (path === undefined) throw new Error(`${meta.name} has no such address`)
  return addressOf(path, { [meta.name]: id })
}

/** on: the day as of which it is asked, or ''. */
export const readOne = (meta: SubjectMeta, id: string, on = '', from: Requests = api): Promise<Row> =>
  from.request<Row>('GET', one(meta, meta.one, id) + (on ? `?on=${on}` : ''))

export interface Send {
  /** Which record; none: a new one. */
  row?: Row | null
  /** What stands for the {names} of the path. */
  scope?: Readonly<Record<string, string>>
  key?: string
  to?: Requests
}

export function sendForm(meta: SubjectMeta, form: FormMeta, body: Values, { row, scope = {}, key, to = api }: Send = {}): Promise<Row> {
  const path = addressOf(form.path, row ? { ...scope, [meta.name]: row.id } : scope)
  return to.request<Row>(form.method, path, body, row?.version, key)
}

/** So many the server does at once. */
const BULK_MOST = 1000

interface Result {
  id: string
  status: number
  code?: string
  errors?: FieldError[]
}

/** One thing done to many in one request; of each that was refused, why. */
export async function sendBulk(meta: SubjectMeta, form: Pick<FormMeta, 'method' | 'path'>, ids: readonly string[], body: Values, to: Requests = api): Promise<Map<string, ApiError>> {
  const path = form.path.replace(`{${meta.name}}`, '-')
  const refused = new Map<string, ApiError>()
  for (let from = 0; from < ids.length; from += BULK_MOST) {
    const { results } = await to.request<{ results: Result[] }>(form.method, path, { ...body, ids: ids.slice(from, from + BULK_MOST) })
    for (const { id, status, code, errors } of results) {
      if (status >= 400) refused.set(id, new ApiError(status, code ?? '', '', errors ?? []))
    }
  }
  return refused
}

/** What was done to many is taken back of many. */
export function sendUndoOfMany(meta: SubjectMeta, ids: readonly string[], to: Requests = api): Promise<Map<string, ApiError>> {
  if (meta.undo === undefined) throw new Error(`${meta.name} takes nothing back`)
  return sendBulk(meta, { method: 'POST', path: meta.undo }, ids, {}, to)
}

/** The oldest first. */
export async function readEvents(meta: SubjectMeta, id: string, from: Requests = api): Promise<RecordEvent[]> {
  if (!meta.events) return []
  return (await from.request<{ items: RecordEvent[] }>('GET', one(meta, meta.events, id))).items
}

/** Takes the last step back; the record as it is then. */
export const sendUndo = (meta: SubjectMeta, row: Row, to: Requests = api): Promise<Row> =>
  to.request<Row>('POST', one(meta, meta.undo, row.id), {}, row.version)

/** All rows of an address, page after page, up to `most`. */
export async function readAll(path: string, most: number, from: Requests = api): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | null = null
  do {
    const joint = path.includes('?') ? '&' : '?'
    const address: string = after === null ? path : `${path}${joint}after=${encodeURIComponent(after)}`
    const page: Page<Row> = await from.request('GET', address)
    rows.push(...page.items)
    after = page.next
  } while (after !== null && rows.length < most)
  return rows.slice(0, most)
}
