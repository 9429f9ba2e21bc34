import { afterEach, expect, it } from 'vitest'
import { idIn, listPageOf, pageOf, reader, recordAt, recordPage } from './subjects'

const was = { ...reader }
afterEach(() => Object.assign(reader, was))

it('leads only to pages that are open to the reader', () => {
  Object.assign(reader, { id: () => 'me', mayOpen: (path: string) => !path.startsWith('/people') })
  expect([pageOf('person', 'p1'), pageOf('org', 'o1')]).toEqual([null, '/orgs/o1'])
  expect(recordPage('person', 'p1')).toBe('/records/person/p1')
  expect(recordPage('person', 'me')).toBe('/me')
  expect(recordPage('absence', 'me')).toBe('/records/absence/me')
  expect([listPageOf('person'), listPageOf('term'), listPageOf('absence')]).toEqual([null, '/terms', null])
  reader.mayOpen = () => true
  expect(recordPage('person', 'me')).toBe('/people/me')
})

it('knows which record an address is of', () => {
  const id = '0123456789abcdef'
  expect(recordAt(`https://host.example:8443/members/${id}?tab=history#x`)).toEqual({ subject: 'member_profile', id })
  expect(recordAt(` /members/requests/${id} `)).toEqual({ subject: 'change_request', id })
  expect(recordAt(`/staff/meetings/${id}/people`)).toEqual({ subject: 'meeting', id })
  expect(recordAt(`/meetings/${id}`)).toEqual({ subject: 'meeting', id })
  expect(recordAt(`/records/absence/${id}`)).toEqual({ subject: 'absence', id })
  for (const none of ['/members', '/members/new', 'https://host.example/', id, `/nowhere/${id}`, '']) expect(recordAt(none)).toBeNull()
})

it('takes a record by its page or by its id', () => {
  const id = '0123456789abcdef'
  expect([idIn(` ${id} `), idIn(`https://host.example/people/${id}`), idIn('张三'), idIn('')]).toEqual([id, id, null, null])
})
