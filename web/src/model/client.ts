// Records over the API, each kind with its own types: client<PersonTypes>(person, api).
import { addressOf, queryString, type Ids } from '@/sdk/api'
import type { ListQuery, Page, RecordEvent, SubjectMeta, SubjectTypes } from './meta'

/** Api (sdk/api.ts): it adds the CSRF token, If-Match of the version and an Idempotency-Key. */
export interface Requests {
  request<Result>(method: string, path: string, body?: unknown, version?: number, key?: string): Promise<Result>
}

/** A record as it was read. An edit or a step without its version is refused (`precondition_required`); an act may go
 * without, where it is the same whatever was changed meanwhile. */
export interface Seen {
  readonly id: string
  readonly version?: number
}

type Name<Of> = keyof Of & string

export class Client<T extends SubjectTypes> {
  constructor(
    private readonly of: SubjectMeta,
    private readonly api: Requests,
  ) {}

  list<L extends Name<T['lists']>>(
    name: L,
    query: T['lists'][L] & ListQuery,
    ids: Ids = {},
  ): Promise<Page<T['row']>> {
    return this.api.request('GET', addressOf(this.found(this.of.lists, name).path, ids) + queryString(query))
  }

  /** on: the day as of which it is asked. */
  one(id: string, on?: string): Promise<T['row']> {
    return this.api.request('GET', this.addressOfOne(this.of.one, id) + queryString({ on }))
  }

  /** What was done to it, the oldest first. */
  events(id: string): Promise<{ items: RecordEvent[] }> {
    return this.api.request('GET', this.addressOfOne(this.of.events, id))
  }

  /** The record as it is now. */
  create<F extends Name<T['forms']>>(form: F, body: T['forms'][F], ids: Ids = {}): Promise<T['row']> {
    const { method, path } = this.found(this.of.forms, form)
    return this.api.request(method, addressOf(path, ids), body)
  }

  /** An edit, an act or a step; the record as it is now. Refused (`stale`) when somebody else changed it
   * since it was read. */
  act<F extends Name<T['forms']>>(
    form: F,
    { id, version }: Seen,
    body: T['forms'][F],
    ids: Ids = {},
  ): Promise<T['row']> {
    const { method, path } = this.of.forms[form] ?? this.found(this.of.steps, form)
    return this.api.request(method, addressOf(path, { ...ids, [this.of.name]: id }), body, version)
  }

  private addressOfOne(path: string | undefined, id: string): string {
    if (path === undefined) throw new Error(`${this.of.name}: no such address`)
    return addressOf(path, { [this.of.name]: id })
  }

  private found<Meta>(all: Readonly<Record<string, Meta>>, name: string): Meta {
    const meta = all[name]
    if (meta === undefined) throw new Error(`${this.of.name}: no ${name}`)
    return meta
  }
}

export function client<T extends SubjectTypes>(of: SubjectMeta, api: Requests): Client<T> {
  return new Client<T>(of, api)
}
