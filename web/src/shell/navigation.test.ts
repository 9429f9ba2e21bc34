import { expect, it } from 'vitest'
import routes from '../router.ts?raw'
import { entriesFor, MAKES, NAVIGATION, placeOf } from './navigation'
import { READERS } from './readers'

const words = (...roles: Parameters<typeof entriesFor>[0]) => entriesFor(roles).map(({ word }) => word)

it('shows who may use nothing of an entry nothing of it', () => {
  expect(words('member')).toEqual(['rail.home', 'rail.meetings', 'rail.duty', 'rail.members', 'rail.messages', 'rail.me'])
  expect(words('staff')).toEqual(['rail.home', 'rail.meetings', 'rail.duty', 'rail.members', 'rail.messages', 'rail.me'])
  expect(entriesFor([], false).map(({ word }) => word)).not.toContain('rail.messages')
  expect(words('audit_admin')).toContain('rail.system')
  expect(words('audit_admin')).not.toContain('rail.members')
})

it('leads to the first page that one may use', () => {
  const path = (word: string, ...roles: Parameters<typeof entriesFor>[0]) =>
    entriesFor(roles).find((entry) => entry.word === word)?.path
  expect(path('rail.meetings', 'staff')).toBe('/staff/meetings')
  expect(path('rail.meetings', 'member')).toBe('/meetings')
  expect(path('rail.system', 'audit_admin')).toBe('/staff/audit')
})

it('knows where an address belongs', () => {
  const staff = entriesFor(['staff'])
  expect(placeOf('/', staff)?.entry.word).toBe('rail.home')
  expect(placeOf('/staff/meetings/abc/attendance', staff)?.page.word).toBe('rail.manage')
  expect(placeOf('/recordings/abc', staff)?.page.word).toBe('rail.recordings')
  expect(placeOf('/people/abc', staff)?.page.word).toBe('rail.people')
  expect(placeOf('/members/abc', staff)?.page.word).toBe('rail.register')
  expect(placeOf('/members/requests/abc', staff)?.page.word).toBe('rail.requests')
  expect(placeOf('/duty/files/abc', entriesFor(['member']))?.page.word).toBe('rail.my_files')
  expect(placeOf('/terms/abc', staff)?.page.word).toBe('rail.terms')
  expect(placeOf('/terms', entriesFor(['system_admin']))?.entry.word).toBe('rail.system')
  expect(placeOf('/terms', entriesFor(['member']))).toBeNull()
  expect(placeOf('/people', staff)?.entry.word).toBe('rail.members')
  expect(placeOf('/people', entriesFor(['system_admin']))?.entry.word).toBe('rail.system')
  expect(placeOf('/meetingsx', staff)).toBeNull()
  expect(placeOf('/nowhere', staff)).toBeNull()
})

it('has no more at the bottom of a phone than a thumb can tell apart', () => {
  expect(NAVIGATION.filter(({ bar }) => bar).length).toBeLessThanOrEqual(5)
})

it('says of pages that there are who may use them, and offers them to nobody else', () => {
  const paths = new Set([...routes.matchAll(/path: '(\/[^']*)'/g)].map(([, path]) => path))
  for (const [, names] of routes.matchAll(/\.\.\.\(\[([^\]]*)\] as const\)/g)) for (const [, name] of names!.matchAll(/'([^']+)'/g)) paths.add(`/system/${name}`)
  expect(paths.size).toBeGreaterThan(40)
  expect(Object.keys(READERS).filter((path) => !paths.has(path))).toEqual([])
  const offered = [...NAVIGATION.flatMap(({ pages }) => pages), ...MAKES].map(({ path, who }) => ({ path: path.replace(/\?.*/, ''), who }))
  expect(offered.filter(({ path }) => !paths.has(path))).toEqual([])
  const more = offered.filter(({ path, who }) => who && READERS[path] && who.some((role) => !READERS[path]!.includes(role)))
  expect(more).toEqual([])
})
