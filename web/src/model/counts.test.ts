import { expect, it } from 'vitest'
import { barOf, shareText } from './counts'

it('draws what is there, however little', () => {
  expect([barOf(0, 10), barOf(1, 1000), barOf(5, 10), barOf(10, 10)]).toEqual(['0%', '1%', '50%', '100%'])
})

it('says the share of all', () => {
  expect([shareText(1, 3), shareText(0, 0)]).toEqual(['33.3%', '–'])
})
