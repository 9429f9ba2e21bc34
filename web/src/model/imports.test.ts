import { describe, expect, it } from 'vitest'
import { person } from '@/domain/person/gen'
import { import_plan } from '@/domain/import_plan/gen'
import { locale } from '@/i18n'
import { ApiError } from '@/sdk/api'
import type { Session } from '@/sdk/api.gen'
import { changeTexts, mayImport, planRefusal, reasonText, sendTable } from './imports'
import type { Requests } from './client'

const as = (...roles: string[]) => ({ person: { roles } }) as unknown as Session

describe('an import in words', () => {
  it('is for who the declaration gives it to', () => {
    expect(mayImport(person, as('staff'))).toBe(true)
    expect(mayImport(person, as('security_admin'))).toBe(false)
    expect(mayImport(person, null)).toBe(false)
    expect(mayImport(import_plan, as('staff'))).toBe(false)
  })
  it('says why a row is wrong', () => {
    locale.value = 'zh'
    expect(reasonText(person, { field: 'name', code: 'missing' })).toBe('姓名：请填写')
    expect(reasonText(person, { field: 'kind', code: 'words' })).toBe('类别：不是可选的内容')
    expect(reasonText(person, { field: 'id', code: 'not_found' })).toBe('系统编号：没有这个编号的记录')
    expect(reasonText(person, { field: null, code: 'twice', params: { row: 7 } })).toBe('与第 7 行指的是同一条记录')
    expect(reasonText(person, { field: null, code: 'person.login_taken' })).toContain('账号名已有人使用')
    locale.value = 'en'
    expect(reasonText(person, { field: 'kind', code: 'once' })).toBe('Kind: this cannot be changed on a record that is there')
    locale.value = 'zh'
  })
  it('says what a row changes, and nothing of what a new one leaves out', () => {
    const changes = [
      { field: 'kind', old: null, new: 'staff' },
      { field: 'sector', old: null, new: '' },
    ]
    expect(changeTexts(person, changes, true)).toEqual(['类别：工作人员'])
    expect(changeTexts(person, [{ field: 'sector', old: '', new: '科技' }], false)).toEqual(['界别：– → 科技'])
  })
  it('adds the reason of the row that the whole was refused for', () => {
    const error = new ApiError(409, 'import_plan.row_refused', '', [], { row: 3, code: 'words', field: 'kind' })
    expect(planRefusal(import_plan, person, error)).toBe('第 3 行不能写入，未导入任何一行。 类别：不是可选的内容')
  })
  it('sends the file itself under its name', async () => {
    const sent: unknown[] = []
    const to: Requests = { request: (...args: unknown[]) => (sent.push(args), Promise.resolve({} as never)) }
    const file = new File(['x'], '名册 1.csv')
    await sendTable(person, file, to)
    expect(sent).toEqual([['POST', '/people/import?file=%E5%90%8D%E5%86%8C%201.csv', file]])
  })
})
