import { describe, expect, it } from 'vitest'
import { fileColumns, orderOf, sortNames, usualSort, viewOf, countOf, countsOf, fileOf, isSameList, queryOf, requestOf, stateOf, stateOfAddress, withState } from './address'
import type { ListMeta } from './meta'

const list: ListMeta = { path: '/orgs/{org}/posts', sort: ['name', 'valid_from'], filter: ['q', 'role', 'kind'], most: 100 }
const usual = stateOf({}, list)

describe('the state of a list in the address', () => {
  it('is read and written back as it was', () => {
    const query = { q: '李', kind: 'sector', role: 'chair', sort: '-valid_from', on: '2022-12-31', columns: 'name,role', limit: '20', after: 'W10', from: '21' }
    expect(queryOf(stateOf(query, list))).toEqual(query)
  })
  it('keeps several values of a filter', () => {
    const state = stateOf({ role: 'chair,member' }, list)
    expect(state.filters).toEqual({ role: 'chair,member' })
    expect(stateOfAddress(viewOf(state), list)).toEqual(state)
    expect(requestOf(list, state, { org: 'o1' })).toBe('/orgs/o1/posts?role=chair%2Cmember&limit=50')
  })
  it('says by what it is counted, which is no part of a view', () => {
    const counted: ListMeta = { ...list, counts: ['role'] }
    const state = stateOf({ count_by: 'role', kind: 'sector', sort: '-name', columns: 'name' }, counted)
    expect(queryOf(state)).toMatchObject({ count_by: 'role', kind: 'sector' })
    expect(stateOf({ count_by: 'kind' }, counted).by).toBe('')
    expect(countsOf(counted, state, { org: 'o1' }, 'zh')).toBe('/orgs/o1/posts?kind=sector&count_by=role&words=zh')
    expect(countsOf(counted, state, { org: 'o1' }, 'en', 'csv')).toBe('/orgs/o1/posts.csv?kind=sector&count_by=role&words=en')
    expect(requestOf(counted, state, { org: 'o1' })).not.toContain('count_by')
    expect(viewOf(state)).not.toContain('count_by')
  })
  it('says nothing of what is usual', () => {
    expect(queryOf(usual)).toEqual({})
    expect(queryOf(stateOf({ sort: 'name', limit: '50' }, list))).toEqual({})
    expect(queryOf(stateOf({ sort: '-name' }, list))).toEqual({ sort: '-name' })
  })
  it('knows the order of a list that usually goes downwards', () => {
    const newest: ListMeta = { ...list, sort: ['-at', 'name'] }
    expect(sortNames(newest.sort)).toEqual(['at', 'name'])
    expect(orderOf(newest.sort, '')).toEqual({ by: 'at', down: true })
    expect(orderOf(newest.sort, 'at')).toEqual({ by: 'at', down: false })
    expect(orderOf(list.sort, '')).toEqual({ by: 'name', down: false })
    expect(orderOf([], '')).toEqual({ by: '', down: false })
    expect([usualSort(newest.sort, 'at'), usualSort(newest.sort, 'name')]).toEqual(['-at', 'name'])
    expect(stateOf({ sort: 'at' }, newest).sort).toBe('at')
    expect(stateOf({ sort: '-at' }, newest).sort).toBe('')
  })
  it('leaves out what the list does not have', () => {
    expect(queryOf(stateOf({ sort: 'mobile', limit: '7', on: 'today', secret: 'x', from: '9' }, list))).toEqual({})
    expect(stateOf({ q: 'x' }, { ...list, filter: [] }).q).toBe('')
    expect(stateOf({ role: ['a', 'b'] }, list).filters).toEqual({})
  })
  it('leaves the rest of the address alone', () => {
    const changed = withState({ tab: 'posts', role: 'chair', after: 'x' }, list, { ...usual, filters: { kind: 'unit' } })
    expect(changed).toEqual({ tab: 'posts', kind: 'unit' })
  })
  it('is the same list on whichever page', () => {
    expect(isSameList(stateOf({ role: 'chair', after: 'x', from: '51' }, list), stateOf({ role: 'chair' }, list))).toBe(true)
    expect(isSameList(stateOf({ role: 'chair' }, list), usual)).toBe(false)
    expect(viewOf(stateOf({ role: 'chair', q: 'a&b' }, list))).toBe('q=a%26b&role=chair')
    expect(stateOfAddress('q=a%26b&role=chair', list).q).toBe('a&b')
  })
})

describe('what is asked of the server', () => {
  it('is the state, its page and the path', () => {
    const state = stateOf({ role: 'chair', sort: '-name', columns: 'name', after: 'W10', from: '51' }, list)
    expect(requestOf(list, state, { org: 'o1' })).toBe('/orgs/o1/posts?role=chair&sort=-name&after=W10&limit=50')
    expect(requestOf(list, state, { org: 'o1' }, true)).toBe('/orgs/o1/posts?role=chair&sort=-name&limit=100')
    expect(countOf(list, state, { org: 'o1' })).toBe('/orgs/o1/posts?role=chair&limit=1')
  })
  it('is never more than the list gives at once', () => {
    expect(requestOf({ ...list, most: 30 }, usual, { org: 'o' })).toBe('/orgs/o/posts?limit=30')
  })
  it('as a file has its columns and all its rows', () => {
    const state = stateOf({ role: 'chair', columns: 'name,role', after: 'W10', limit: '20' }, list)
    expect(fileOf(list, state, { org: 'o1' }, 'csv', ['name', 'valid_from'], 'en')).toBe('/api/v1/orgs/o1/posts.csv?role=chair&columns=name%2Cvalid_from&words=en')
  })
  it('as a file has the columns that are shown and that rows have', () => {
    const rows = [{ id: 'a', may: [], name: 'x' }, { id: 'b', may: [], name: 'y', role: null }]
    expect(fileColumns(rows, ['role', 'valid_to'], 'name')).toEqual(['name', 'role'])
    expect(fileColumns(rows, ['name', 'role'], 'name')).toEqual(['name', 'role'])
    expect(fileColumns(rows, ['role'], 'name', true)).toEqual(['name', 'role', 'id'])
  })
  it('names what the path lacks', () => {
    expect(() => requestOf(list, usual, {})).toThrow('no org')
  })
})
