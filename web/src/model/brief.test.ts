import { describe, expect, it } from 'vitest'
import { member_change } from '@/domain/member_change/gen'
import { locale } from '@/i18n'
import { briefText, lineOf, marksOf } from './brief'
import type { Row } from './row'

const COLUMNS = ['kind', 'day', 'exit', 'reason', 'state']
const row: Row = { id: 'a', may: [], kind: 'suspend', day: '2022-02-01', exit: null, reason: '因故不能履职', state: 'asked' }
const none = () => false

describe('a row on a phone', () => {
  it('says the first things that it has, and how it stands beside its name', () => {
    expect(marksOf(COLUMNS, undefined)).toEqual(['state'])
    expect(lineOf(member_change, row, COLUMNS, undefined, none)).toEqual(['kind', 'day'])
    expect(lineOf(member_change, { ...row, day: null }, COLUMNS, undefined, none)).toEqual(['kind', 'reason'])
  })
  it('says what the page wants of it', () => {
    const brief = { line: ['reason', 'exit'], marks: ['kind'] }
    expect(marksOf(COLUMNS, brief)).toEqual(['kind'])
    expect(lineOf(member_change, row, COLUMNS, brief, none)).toEqual(['reason'])
    expect(lineOf(member_change, row, COLUMNS, brief, (name) => name === 'exit')).toEqual(['reason', 'exit'])
  })
  it('says what a day is of', () => {
    locale.value = 'zh'
    expect(briefText(member_change, row, 'kind')).toBe('停职')
    expect(briefText(member_change, row, 'day')).toMatch(/^生效日期 2022年2月1日/)
    expect(briefText(member_change, row, 'exit')).toBe('')
  })
})
