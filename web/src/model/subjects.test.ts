import { afterEach, expect, it } from 'vitest'
import { pageOf, reader, recordPage } from './subjects'

const was = { ...reader }
afterEach(() => Object.assign(reader, was))

it('leads only to pages that are open to the reader', () => {
  Object.assign(reader, { id: () => 'me', mayOpen: (path: string) => !path.startsWith('/people') })
  expect([pageOf('person', 'p1'), pageOf('org', 'o1')]).toEqual([null, '/orgs/o1'])
  expect(recordPage('person', 'p1')).toBe('/records/person/p1')
  expect(recordPage('person', 'me')).toBe('/me')
  expect(recordPage('absence', 'me')).toBe('/records/absence/me')
  reader.mayOpen = () => true
  expect(recordPage('person', 'me')).toBe('/people/me')
})
