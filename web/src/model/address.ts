// A list's state is its address: filters, order, page, columns. Whoever opens the address sees the
// same list, and the browser's back button leads to the list as it was.
import type { ListMeta } from './meta'
import { addressOf } from '@/sdk/api'
import type { Row } from './row'

export interface ListState {
  /** Without `q`. */
  filters: Record<string, string>
  q: string
  /** '': the list's usual order; "-name": downwards. */
  sort: string
  after: string | null
  /** The number of the first row shown, from 1; the server's cursors do not tell it. */
  from: number
  limit: number
  /** A day as of which it is asked, or ''. */
  on: string
  /** It is shown counted by this filter; '': its rows. */
  by: string
  /** What is shown; [] as the person has it otherwise. */
  columns: string[]
}

export const PAGE_SIZES = [20, 50, 100, 200] as const
export const PAGE_USUAL = 50

/** Names of the address that are a list's; all others belong to the page and stay. */
const OWN = ['q', 'sort', 'after', 'from', 'limit', 'on', 'count_by', 'columns']

const bare = (sort: string): string => sort.replace(/^-/, '')

/** What a list may be sorted by, without the direction. */
export const sortNames = (sorts: readonly string[]): string[] => sorts.map(bare)

/** By what a list is sorted now, where `sort` is '' as usual. */
export function orderOf(sorts: readonly string[], sort: string): { by: string; down: boolean } {
  const said = sort || sorts[0] || ''
  return { by: bare(said), down: said.startsWith('-') }
}

/** How the list is usually sorted by this: "-name" where that is downwards. */
export const usualSort = (sorts: readonly string[], name: string): string => sorts.find((sort) => bare(sort) === name) ?? name

type Query = Readonly<Record<string, unknown>>

const text = (query: Query, name: string): string => {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}

export function stateOf(query: Query, list: ListMeta): ListState {
  const filters: Record<string, string> = {}
  for (const name of list.filter) {
    const value = name === 'q' ? '' : text(query, name)
    if (value) filters[name] = value
  }
  const sort = text(query, 'sort')
  const from = Number(text(query, 'from'))
  const limit = Number(text(query, 'limit'))
  const after = text(query, 'after') || null
  return {
    filters,
    q: list.filter.includes('q') ? text(query, 'q') : '',
    sort: sortNames(list.sort).includes(bare(sort)) && sort !== list.sort[0] ? sort : '',
    after,
    from: after !== null && Number.isInteger(from) && from > 1 ? from : 1,
    limit: (PAGE_SIZES as readonly number[]).includes(limit) ? limit : PAGE_USUAL,
    on: /^\d{4}-\d{2}-\d{2}$/.test(text(query, 'on')) ? text(query, 'on') : '',
    by: list.counts?.includes(text(query, 'count_by')) ? text(query, 'count_by') : '',
    columns: text(query, 'columns').split(',').filter(Boolean),
  }
}

/** What the address says of the state, in one order: two equal lists have equal addresses. */
export function queryOf(state: ListState, page = true): Record<string, string> {
  const query: Record<string, string> = {}
  if (state.q) query['q'] = state.q
  for (const name of Object.keys(state.filters).sort()) query[name] = state.filters[name]!
  if (state.sort) query['sort'] = state.sort
  if (state.on) query['on'] = state.on
  if (state.by) query['count_by'] = state.by
  if (state.columns.length > 0) query['columns'] = state.columns.join(',')
  if (state.limit !== PAGE_USUAL) query['limit'] = String(state.limit)
  if (page && state.after !== null) {
    query['after'] = state.after
    query['from'] = String(state.from)
  }
  return query
}

/** The page's address with this state of its list, the rest as it was. */
export function withState(query: Query, list: ListMeta, state: ListState): Record<string, unknown> {
  const rest = Object.entries(query).filter(([name]) => !OWN.includes(name) && !list.filter.includes(name))
  return { ...Object.fromEntries(rest), ...queryOf(state) }
}

const asText = (query: Record<string, string>): string => {
  const said = new URLSearchParams(query).toString()
  return said ? `?${said}` : ''
}

export type Scope = Readonly<Record<string, string>>

/** What is asked of the server for this state. `all`: the rows without the page, as many at once as may be. */
export function requestOf(list: ListMeta, state: ListState, scope: Scope, all = false): string {
  const { columns: _columns, limit: _limit, from: _from, count_by: _by, ...query } = queryOf(state, !all)
  const limit = all ? list.most : Math.min(state.limit, list.most)
  return addressOf(list.path, scope) + asText({ ...query, limit: String(limit) })
}

/** Where only the number of rows is wanted. */
export const countOf = (list: ListMeta, state: ListState, scope: Scope): string =>
  requestOf(list, { ...state, after: null, sort: '' }, scope).replace(/limit=\d+$/, 'limit=1')

/** The list counted by what the state says, with labels in the words of this language. */
export function countsOf(list: ListMeta, state: ListState, scope: Scope, words: string, kind = ''): string {
  const { columns: _columns, limit: _limit, sort: _sort, ...query } = queryOf(state, false)
  return `${addressOf(list.path, scope)}${kind && `.${kind}`}${asText({ ...query, words })}`
}

/** What a file of the list has: the columns that are shown, of those that the server's rows have; it refuses others.
 * Where it may come back as an import, also what tells each row for certain. */
export const fileColumns = (rows: readonly Row[], shown: readonly string[], lead: string, comes_back = false): string[] =>
  [...new Set([lead, ...shown, ...(comes_back ? ['id'] : [])])].filter((name) => rows.some((row) => name in row))

/** The same list as a file, with these columns, in the words of this language. */
export function fileOf(list: ListMeta, state: ListState, scope: Scope, kind: string, columns: readonly string[], words: string): string {
  const { limit: _limit, count_by: _by, ...query } = queryOf({ ...state, columns: [...columns] }, false)
  return `/api/v1${addressOf(list.path, scope)}.${kind}${asText({ ...query, words })}`
}

/** The same list as a printed form, with the filters and the order that it has. */
export function paperQuery(state: ListState, words: string): string {
  const { limit: _limit, columns: _columns, count_by: _by, ...query } = queryOf(state, false)
  return asText({ ...query, words })
}

/** As a saved view keeps it. */
export const viewOf = (state: ListState): string => asText(queryOf({ ...state, on: '', by: '' }, false)).slice(1)

export const stateOfAddress = (address: string, list: ListMeta): ListState =>
  stateOf(Object.fromEntries(new URLSearchParams(address)), list)

/** Whether two states are the same list, on whichever page. */
export const isSameList = (a: ListState, b: ListState): boolean => viewOf(a) === viewOf(b)
