import { expect, it } from 'vitest'
import { before, nextPath } from './next'

it('goes on to a page of its own only', () => {
  expect(nextPath({ next: '/people?role=staff' })).toBe('/people?role=staff')
  for (const next of [undefined, '', 'people', '//else.where', '/\\else.where', 'https://else.where', ['/a']]) expect(nextPath({ next })).toBe('/')
})

it('keeps where one wanted to go', () => {
  expect(before('/login', '/people')).toEqual({ path: '/login', query: { next: '/people' } })
  expect(before('/login', '/')).toEqual({ path: '/login', query: {} })
})
