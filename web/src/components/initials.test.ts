import { expect, it } from 'vitest'
import { hueOf, initialsOf } from './initials'

it('takes the surname of a Chinese name, initials of any other', () => {
  expect(initialsOf('王建国')).toBe('王')
  expect(initialsOf('欧阳修')).toBe('欧阳')
  expect(initialsOf('Anna Maria Berg')).toBe('AB')
  expect(initialsOf('anna')).toBe('A')
  expect(initialsOf('  ')).toBe('·')
})

it('gives the same person the same colour', () => {
  expect(hueOf('p1')).toBe(hueOf('p1'))
  expect(new Set(['a', 'b', 'c', 'd', 'e'].map(hueOf)).size).toBeGreaterThan(1)
})
