import { expect, it } from 'vitest'
import { hueOf, initialsOf } from './initials'

it('takes the given name of a Chinese name, initials of any other', () => {
  expect(initialsOf('王建国')).toBe('建国')
  expect(initialsOf('王芳')).toBe('芳')
  expect(initialsOf('欧阳修')).toBe('修')
  expect(initialsOf('司马相如')).toBe('相如')
  expect(initialsOf('王松岩（示例）')).toBe('松岩')
  expect(initialsOf('王')).toBe('王')
  expect(initialsOf('Anna Maria Berg')).toBe('AB')
  expect(initialsOf('anna')).toBe('A')
  expect(initialsOf('  ')).toBe('·')
})

it('takes the beginning of what is no person\'s name', () => {
  expect(initialsOf('主会场')).toBe('主会')
  expect(initialsOf('临江分会场')).toBe('临江')
  expect(initialsOf('来宾 1')).toBe('来宾')
  expect(initialsOf('主持人')).toBe('主持')
})

it('leaves out what tells two of a name apart', () => {
  expect(initialsOf('欧阳伟（教育界 AB12）')).toBe('伟')
  expect(initialsOf('Li Wei（Water）')).toBe('LW')
})

it('gives the same person the same colour', () => {
  expect(hueOf('p1')).toBe(hueOf('p1'))
  expect(new Set(['a', 'b', 'c', 'd', 'e'].map(hueOf)).size).toBeGreaterThan(1)
})
