import { expect, it } from 'vitest'
import type { FoundRecord } from '@/sdk/api.gen'
import { groupsOf, hintOf, searchAll, type SearchSource } from './search'

const one = { id: '1', title: '一', text: '', to: '/' }

it('shows what was found, and says what could not be searched', async () => {
  const sources: SearchSource[] = [
    { word: 'search.records', find: async () => [{ word: 'search.people', found: [one] }] },
    { word: 'search.meetings', find: async () => [{ word: 'search.meetings', found: [] }] },
    { word: 'search.recordings', find: () => Promise.reject(new Error('down')) },
  ]
  const { groups, failed } = await searchAll('李', ['staff'], sources)
  expect(groups).toEqual([{ word: 'search.people', found: [one] }])
  expect(failed).toEqual(['search.recordings'])
})

const found = (more: Partial<FoundRecord>): FoundRecord => ({
  id: 'a',
  title: '题',
  number: null,
  about: null,
  state: null,
  at: 0,
  ...more,
})

it('keeps the order of the answer and leads each kind to its page', () => {
  const kinds = [
    { kind: 'org', items: [found({ number: '07' })] },
    { kind: 'person', items: [found({ about: '教育' })] },
    { kind: 'meeting', items: [found({})] },
    { kind: 'member_profile', items: [found({ about: '理工大学' })] },
    { kind: 'recording', items: [found({})] },
    { kind: 'of_a_later_server', items: [found({})] },
  ]
  expect(groupsOf(kinds, ['staff']).map(({ word, found: [first] }) => [word, first?.text, first?.to])).toEqual([
    ['search.orgs', '07', '/orgs/a'],
    ['search.people', '教育', '/people/a'],
    ['search.meetings', expect.stringContaining('1970'), '/staff/meetings/a'],
    ['search.members', '理工大学', '/members/a'],
    ['search.recordings', expect.stringContaining('1970'), '/recordings/a'],
  ])
  expect(groupsOf(kinds, ['member'])[2]?.found[0]?.to).toBe('/meetings/a')
})

it('says what whoever looks will find', () => {
  expect((['staff', 'member', 'unit'] as const).map((role) => hintOf([role]))).toEqual(['search.hint_people', 'search.hint_members', 'search.hint'])
})
