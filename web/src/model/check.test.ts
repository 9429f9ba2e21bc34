import { describe, expect, it } from 'vitest'
import { checkValue, sentValue, tagsOf } from './check'

describe('a value of a field', () => {
  const name = { type: 'text', least: 1, most: 4 } as const
  it('is counted in characters', () => {
    expect(checkValue(name, '欧阳小文', true)).toBeNull()
    expect(checkValue(name, '𠮷𠮷𠮷𠮷', true)).toBeNull()
    expect(checkValue(name, '欧阳小文文', true)).toEqual({ code: 'long', params: { most: 4 } })
    expect(checkValue({ ...name, least: 2 }, '王 ', true)).toEqual({ code: 'short', params: { least: 2 } })
  })
  it('is missing where it is needed', () => {
    expect(checkValue(name, '', true)).toEqual({ code: 'missing' })
    expect(checkValue(name, '', false)).toBeNull()
    expect(checkValue({ type: 'text', least: 0, most: 9 }, '', true)).toBeNull()
    expect(checkValue({ type: 'words', of: ['a'], least: 0, most: 5 }, [], true)).toBeNull()
    expect(checkValue({ type: 'date' }, null, true)).toEqual({ code: 'missing' })
  })
  it('has only the characters of its set', () => {
    const login = { type: 'text', least: 1, most: 64, of: 'a-zA-Z0-9._@-' } as const
    expect(checkValue(login, 'w.Xiao-1@x', true)).toBeNull()
    expect(checkValue(login, '王', true)).toEqual({ code: 'characters' })
    expect(checkValue(login, 'a b', true)).toEqual({ code: 'characters' })
  })
  it('has line ends only where it may', () => {
    expect(checkValue({ type: 'text', least: 1, most: 9 }, 'a\nb', true)).toEqual({ code: 'characters' })
    expect(checkValue({ type: 'text', least: 1, most: 9, lines: true }, 'a\nb', true)).toBeNull()
  })
  it('is a number within its bounds, a day that there is, one of the words', () => {
    const sort = { type: 'int', least: 0, most: 9 } as const
    expect(checkValue(sort, 10, true)).toEqual({ code: 'more', params: { most: 9 } })
    expect(checkValue(sort, -1, true)).toEqual({ code: 'less', params: { least: 0 } })
    expect(checkValue(sort, 1.5, true)).toEqual({ code: 'type' })
    expect(checkValue(sort, 0, true)).toBeNull()
    expect(checkValue({ type: 'date' }, '2026-02-30', true)).toEqual({ code: 'date' })
    expect(checkValue({ type: 'date' }, '2024-02-29', true)).toBeNull()
    expect(checkValue({ type: 'word', of: ['a'] }, 'b', true)).toEqual({ code: 'words' })
  })
})

it('is sent without blanks, and nothing as null where it may be', () => {
  expect(sentValue({ type: 'text', least: 1, most: 9, optional: true }, '  ')).toBeNull()
  expect(sentValue({ type: 'text', least: 0, most: 9 }, '  ')).toBe('')
  expect(sentValue({ type: 'text', least: 0, most: 9 }, ' a ')).toBe('a')
  expect(sentValue({ type: 'words', least: 0, most: 9, of: [] }, null)).toEqual([])
  expect(sentValue({ type: 'date', optional: true }, '')).toBeNull()
})

it('free words are the same however they were typed, and each has its bound', () => {
  const field = { type: 'text', least: 1, most: 24, tags: true } as const
  expect(tagsOf(' 农业 ,水利；农业;，rural planning、')).toEqual(['农业', '水利', 'rural planning'])
  expect(checkValue(field, '一'.repeat(20), true)).toBeNull()
  expect(checkValue(field, '一'.repeat(21), true)).toEqual({ code: 'tag_long', params: { most: 20 } })
  expect(checkValue(field, `${'一'.repeat(12)}，${'二'.repeat(12)}`, true)?.code).toBe('long')
  expect(checkValue(field, '，；', true)?.code).toBe('short')
})
