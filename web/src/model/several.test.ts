import { expect, it } from 'vitest'
import { member_profile } from '@/domain/member_profile/gen'
import { takesSeveral, valuesOf, withTick } from './several'

it.each([
  ['state', true],
  ['sex', true],
  ['political_affiliation', true],
  ['sector', true],
  ['scored', false],
  ['q', false],
])('%s takes several: %s', (name, is) => expect(takesSeveral(member_profile, name)).toBe(is))

it('ticks and unticks', () => {
  expect(valuesOf('')).toEqual([])
  expect(valuesOf('a,b')).toEqual(['a', 'b'])
  expect(withTick(['a'], 'b', true)).toEqual(['a', 'b'])
  expect(withTick(['a', 'b'], 'a', false)).toEqual(['b'])
  expect(withTick(['a', 'b'], 'b', true)).toEqual(['a', 'b'])
})
