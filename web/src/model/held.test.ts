import { afterEach, expect, it } from 'vitest'
import { useSession } from '@/composables/useSession'
import { setting } from '@/domain/setting/gen'
import { TABLES } from '@/system/tables'
import type { Session } from '@/sdk/api.gen'
import { mayAct } from './acts'
import { holds } from './held'

const { session } = useSession()
const signIn = (...roles: string[]) => (session.value = { person: { id: 'me', roles } } as unknown as Session)
afterEach(() => (session.value = null))

it('a verb is held by the roles that the server grants it to, and by nobody who is not signed in', () => {
  expect(holds('person', 'unlock')).toBe(false)
  signIn('system_admin')
  expect(holds('person', 'unlock')).toBe(false)
  expect(holds('setting', 'set')).toBe(true)
  signIn('security_admin')
  expect(holds('person', 'unlock')).toBe(true)
  expect(holds('setting', 'set')).toBe(false)
  expect(holds('person', 'fly')).toBe(false)
})

it('a locked account is unlocked by who may, and by nobody his own', () => {
  const offered = (person: string) => {
    const row = { id: person, may: [], person, locked_until: Number.MAX_SAFE_INTEGER }
    return TABLES['login-failures']!.acts!.filter((act) => mayAct(act, row)).map(({ name }) => name)
  }
  signIn('system_admin')
  expect(offered('other')).toEqual([])
  signIn('security_admin')
  expect(offered('other')).toEqual(['unlock'])
  expect(offered('me')).toEqual([])
})

it('sessions are ended by who may', () => {
  const offered = () => TABLES['sessions']!.acts!.filter((act) => mayAct(act, { id: 's', may: [], person: { id: 'other' } }))
  signIn('security_admin')
  expect(offered()).toHaveLength(1)
  signIn('system_admin')
  expect(offered()).toHaveLength(0)
})

it('each form of a table is one of its kind', () => {
  for (const { make, of } of Object.values(TABLES)) if (make) expect(Object.keys(of.forms)).toContain(make)
  expect(TABLES['settings']!.make && setting.forms[TABLES['settings']!.make as 'set'].verb).toBe('set')
})

it('whoever reads a table of the system may take it away', () => {
  const readers = { settings: 'system_admin', jobs: 'system_admin', deliveries: 'system_admin', integrations: 'system_admin', sessions: 'security_admin', delegations: 'security_admin', 'login-failures': 'security_admin' }
  for (const [name, role] of Object.entries(readers)) {
    signIn(role)
    expect([name, holds(TABLES[name]!.of.name, 'export')]).toEqual([name, true])
  }
  signIn('audit_admin')
  expect(holds('job', 'export')).toBe(false)
})
