import { beforeEach, expect, it, vi } from 'vitest'
import { change_request } from '@/domain/change_request/gen'
import { member_profile } from '@/domain/member_profile/gen'
import { locale } from '@/i18n'
import { changesOf, historyText, historyWord, referred, toldNobody } from './history'

vi.mock('./dicts', () => ({ dictText: (dict: string, code: string) => (`${dict} ${code}` === 'political_affiliation cpc' ? '中共党员' : code) }))
beforeEach(() => void (locale.value = 'zh'))

const text = (field: string, value: unknown) => historyText(member_profile, field, value)

it('tells what was and what became from what it began with', () => {
  const data = { sex: ['male', 'female'], documents: ['f1', 'f2'], phone: 'changed', sector: [null, 'o1'] }
  expect(changesOf(member_profile, { data } as never)).toEqual([
    { field: 'sex', before: 'male', now: 'female' },
    { field: 'documents', now: ['f1', 'f2'] }, // two files, and no pair
    { field: 'phone', now: 'changed' },
    { field: 'sector', before: null, now: 'o1' },
  ])
  expect(changesOf(member_profile, { data: { documents: [['f1'], ['f1', 'f2']] } } as never)).toEqual([{ field: 'documents', before: ['f1'], now: ['f1', 'f2'] }])
})

it('tells that nobody was sent a notice, which is no field', () => {
  const event = { data: { told_nobody: true, sex: ['male', 'female'] } } as never
  expect(toldNobody(event)).toBe(true)
  expect(changesOf(member_profile, event).map(({ field }) => field)).toEqual(['sex'])
  expect(toldNobody({ data: {} })).toBe(false)
})

it('says codes by their labels, and unknown ones as they are', () => {
  expect(text('sex', 'female')).toBe('女')
  expect(text('sex', 'other')).toBe('other')
  expect(text('political_affiliation', 'cpc')).toBe('中共党员')
  expect(text('political_affiliation', 'gone')).toBe('gone')
  expect(text('state', 'active')).toBe('在任')
  expect(text('published_state', 'active')).toBe('在任')
  expect(text('scored', true)).not.toBe('true')
  expect(text('documents', ['f1', 'f2'])).toBe('2 个文件')
  expect(text('phone', 'changed')).toBe('已更改')
  expect(text('nation', null)).not.toBe('')
  locale.value = 'en'
  expect(text('sex', 'female')).toBe('Female')
  expect(historyText(change_request, 'field', 'phone')).not.toBe('phone')
  expect(historyWord(change_request, 'published_state')).not.toContain('published_state')
})

it('knows which values are other records', () => {
  expect(referred(member_profile, { field: 'sector' }, 'o1')).toBe('org')
  expect(referred(member_profile, { field: 'sector' }, null)).toBe(null)
  expect(referred(member_profile, { field: 'sex' }, 'male')).toBe(null)
})
