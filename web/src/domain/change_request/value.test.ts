import { expect, it } from 'vitest'
import { CHANGEABLE, changeText, ownerOf, textOfValue, valueOfText } from './value'

it('knows every field that may be asked for', () => {
  for (const field of CHANGEABLE) expect(ownerOf(field).fields[field], field).toBeDefined()
})

it('says a text in the words of its field', () => {
  expect(changeText('sex', 'female')).toBe('女')
  expect(changeText('in_system', 'false')).toBe('体制外')
  expect(changeText('birth_date', '1960-03-01')).toContain('1960')
  expect(changeText('work_unit', null)).toBe('')
  expect(changeText('name', '李明')).toBe('李明')
})

it('comes back as it went', () => {
  expect(textOfValue(valueOfText('in_system', 'false'))).toBe('false')
  expect(textOfValue(valueOfText('work_unit', '一中'))).toBe('一中')
  expect(textOfValue('')).toBeNull()
})
