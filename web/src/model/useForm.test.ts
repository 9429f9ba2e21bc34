import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { api } from '@/composables/useSession'
import { calendar_year } from '@/domain/calendar_year/gen'
import { org } from '@/domain/org/gen'
import { person } from '@/domain/person/gen'
import { term_file } from '@/domain/term_file/gen'
import { post } from '@/domain/post/gen'
import { ApiError } from '@/sdk/api'
import { DRAFT_EVERY_MS } from './draft-keeper'
import { draftKey, draftOwner, memoryDrafts, type DraftStore } from './drafts'
import type { Requests } from './client'
import type { Row } from './row'
import { useForm, type FormOptions } from './useForm'
import type { SubjectMeta } from './meta'

const wang: Row = { id: 'p1', version: 3, may: ['edit'], name: '王', login: null, sector: '教育界', organisation: '一中', active: true }

let scope: EffectScope
let drafts: DraftStore
let sent: { method: string; path: string; body: unknown; version?: number | undefined; key?: string | undefined }[]
let onWrite: () => Promise<Row>
let onRead: (path: string) => unknown

const requests: Requests = {
  request: async (method: string, path: string, body?: unknown, version?: number, key?: string) => {
    if (method === 'GET') return onRead(path) as never
    sent.push({ method, path, body, version, key })
    return (await onWrite()) as never
  },
}
const open = (meta: SubjectMeta, options: FormOptions) =>
  scope.run(() => useForm(meta, { drafts, requests, person: 'me', ...options }))!
const settled = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  drafts = memoryDrafts()
  sent = []
  onWrite = async () => ({ ...wang, version: 4 })
  onRead = () => ({ items: [] })
})
afterEach(() => {
  scope.stop()
  api.behalfOf = () => null
  vi.useRealTimers()
})

describe('a form', () => {
  it('sends what changed, with the version that was seen', async () => {
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = ' 科技界 '
    expect(await form.save()).toMatchObject({ version: 4 })
    expect(sent).toMatchObject([{ method: 'PATCH', path: '/people/p1', body: { sector: '科技界' }, version: 3 }])
  })
  it('is not sent in another name than it was opened in', async () => {
    for (const [opened, now] of [['giver', null], [null, 'giver']] as const) {
      api.behalfOf = () => opened
      const form = open(person, { form: 'edit', row: wang })
      form.values['sector'] = '科技界'
      api.behalfOf = () => now
      expect(await form.save()).toBeNull()
      expect(form.problem.value).toMatchObject({ code: 'other_name' })
    }
    expect(sent).toEqual([])
  })
  it('asks only for what has a control', () => {
    expect(open(org, { form: 'edit' }).names).toContain('documents')
    const report = { id: 'f1', name: 'r.pdf', mime: 'application/pdf', size: 1 }
    expect(open(term_file, { form: 'report', row: { ...wang, reports: [report] } }).values['reports']).toEqual([report])
    expect(open(calendar_year, { form: 'load' }).names).toEqual(['year', 'source'])
  })
  it('says files by their ids', async () => {
    const file = { id: 'f1', name: '章程.pdf', mime: 'application/pdf', size: 9 }
    const form = open(org, { form: 'edit', row: { ...wang, documents: [file] } })
    expect(form.dirty.value).toBe(false)
    form.values['documents'] = [file, { ...file, id: 'f2' }]
    await form.save()
    expect(sent).toMatchObject([{ body: { documents: ['f1', 'f2'] } }])
  })
  it('sends nothing when nothing changed', async () => {
    const form = open(person, { form: 'edit', row: wang })
    expect(await form.save()).toBe(wang)
    expect(sent).toEqual([])
  })
  it('of a new record sends what was filled in, and what it belongs to', async () => {
    const form = open(post, { form: 'create', scope: { person: 'p1' } })
    expect(form.names).toEqual(post.forms.create.fields.map(({ name }) => name).filter((name) => name !== 'person'))
    Object.assign(form.values, { org: 'o1', role: 'member', valid_from: '2026-01-01' })
    await form.save()
    expect(sent[0]).toMatchObject({ path: '/posts', body: { person: 'p1', org: 'o1', role: 'member', valid_from: '2026-01-01' } })
  })
  it('asks for what is needed before it is sent', async () => {
    const form = open(post, { form: 'create', scope: { person: 'p1' } })
    expect(await form.save()).toBeNull()
    expect(Object.keys(form.wrong.value)).toEqual(['org', 'role', 'valid_from'])
    expect(sent).toEqual([])
  })
  it('says beside the field what the server says of it', async () => {
    onWrite = () => Promise.reject(new ApiError(422, 'invalid', '', [{ field: 'name', code: 'long', params: { most: 64 } }]))
    const form = open(person, { form: 'create' })
    form.values['name'] = '王'
    expect(await form.save()).toBeNull()
    expect(form.wrong.value['name']).toContain('64')
  })
  it('keeps its key until something else is sent', async () => {
    onWrite = () => Promise.reject(new ApiError(0, 'unreachable', ''))
    const form = open(person, { form: 'create' })
    form.values['name'] = '王'
    await form.save()
    await form.save()
    form.values['name'] = '李'
    await form.save()
    expect(sent[0]!.key).toBe(sent[1]!.key)
    expect(sent[2]!.key).not.toBe(sent[1]!.key)
  })
})

describe('a draft', () => {
  const key = draftKey('me', 'person.edit', 'p1')
  it('is kept every ten seconds while something is not sent', async () => {
    const form = open(person, { form: 'edit', row: wang })
    await vi.advanceTimersByTimeAsync(DRAFT_EVERY_MS)
    expect(await drafts.get(key)).toBeNull()
    form.values['sector'] = '科技界'
    await vi.advanceTimersByTimeAsync(DRAFT_EVERY_MS)
    expect(await drafts.get(key)).toMatchObject({ values: { sector: '科技界' }, base: { sector: '教育界' }, version: 3 })
  })
  it('comes back, and what others changed meanwhile with it', async () => {
    const base = { name: '王', login: null, sector: '教育界', organisation: '一中', active: true }
    await drafts.put(key, { values: { ...base, sector: '科技界' }, base, version: 2, at: 5 })
    const form = open(person, { form: 'edit', row: { ...wang, organisation: '二中' } })
    await settled()
    expect(form.restored.value).toBe(5)
    expect(form.values).toMatchObject({ sector: '科技界', organisation: '二中' })
    expect(form.changed.value).toEqual(['sector'])
  })
  it('in which others changed the same asks which it is to be', async () => {
    const base = { name: '王', login: null, sector: '教育界', organisation: '一中', active: true }
    await drafts.put(key, { values: { ...base, sector: '科技界' }, base, version: 2, at: 5 })
    const form = open(person, { form: 'edit', row: { ...wang, sector: '经济界' } })
    await settled()
    expect(form.conflict.value?.conflicts).toMatchObject([{ field: 'sector', mine: '科技界', now: '经济界' }])
  })
  it('is of one person', async () => {
    await drafts.put(draftKey('somebody', 'person.edit', 'p1'), { values: { sector: 'x' }, base: {}, version: 3, at: 5 })
    const form = open(person, { form: 'edit', row: wang })
    await settled()
    expect(form.dirty.value).toBe(false)
  })
  it('is of whom it is filled in for', async () => {
    api.behalfOf = () => 'giver'
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    api.behalfOf = () => null
    await form.keep()
    expect(await drafts.get(draftKey(draftOwner('me', 'giver'), 'person.edit', 'p1'))).toMatchObject({ values: { sector: '科技界' } })
    const own = open(person, { form: 'edit', row: wang })
    await settled()
    expect(own.dirty.value).toBe(false)
    api.behalfOf = () => 'giver'
    const again = open(person, { form: 'edit', row: wang })
    await settled()
    expect(again.values['sector']).toBe('科技界')
    expect(await drafts.keys('me/')).toHaveLength(1)
  })
  it('is kept of what is being sent, and gone with it', async () => {
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    const saved = form.save()
    await form.keep()
    expect(await drafts.get(key)).not.toBeNull()
    await saved
    expect(await drafts.get(key)).toBeNull()
  })
  it('is gone when it was sent or given up', async () => {
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    await form.keep()
    await form.save()
    expect(await drafts.get(key)).toBeNull()
    const again = open(person, { form: 'edit', row: wang })
    again.values['sector'] = '科技界'
    await again.keep()
    await again.discard()
    expect(again.values['sector']).toBe('教育界')
    expect(await drafts.get(key)).toBeNull()
  })
})

describe('a record that somebody else changed meanwhile', () => {
  const stale = () => new ApiError(412, 'stale', '')
  it('in other fields is saved with both changes', async () => {
    onWrite = async () => {
      if (sent.length === 1) throw stale()
      return { ...wang, version: 6 }
    }
    onRead = (path) => (path === '/people/p1' ? { ...wang, version: 5, organisation: '二中' } : { items: [] })
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    expect(await form.save()).toMatchObject({ version: 6 })
    expect(sent.map(({ version, body }) => [version, body])).toEqual([
      [3, { sector: '科技界' }],
      [5, { sector: '科技界' }],
    ])
  })
  it('in the same field asks, names who it was, and saves what is chosen', async () => {
    onWrite = async () => {
      if (sent.length === 1) throw stale()
      return { ...wang, version: 6 }
    }
    const event = { seq: 1, at: 9, actor: { id: 'x', name: '李' }, verb: 'edit', from: null, to: null, note: null, data: {} }
    onRead = (path) => (path === '/people/p1' ? { ...wang, version: 5, sector: '经济界' } : { items: [event] })
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    expect(await form.save()).toBeNull()
    expect(form.conflict.value).toMatchObject({ conflicts: [{ field: 'sector', mine: '科技界', now: '经济界', before: '教育界' }], by: event })
    expect(await form.decide({ sector: '科技界' })).toMatchObject({ version: 6 })
    expect(sent[1]).toMatchObject({ version: 5, body: { sector: '科技界' } })
  })
  it('to what I wanted needs nothing any more', async () => {
    onWrite = () => Promise.reject(stale())
    onRead = () => ({ ...wang, version: 5, sector: '科技界' })
    const form = open(person, { form: 'edit', row: wang })
    form.values['sector'] = '科技界'
    expect(await form.save()).toMatchObject({ version: 5 })
  })
})
