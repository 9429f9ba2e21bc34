// Who may use which pages, once: the router (router.ts) and the navigation take it from here. The server checks every right
// again.
import type { PersonRole } from '@/domain/person/gen'

export const STAFF: readonly PersonRole[] = ['staff']
export const SYSTEM: readonly PersonRole[] = ['system_admin']
export const SECURITY: readonly PersonRole[] = ['security_admin']
export const AUDIT: readonly PersonRole[] = ['audit_admin']
export const ADMINS: readonly PersonRole[] = [...SYSTEM, ...SECURITY, ...AUDIT]
/** Whose own the record of a member is. */
export const PERSONAL: readonly PersonRole[] = ['member', 'convener']
/** Who finds people by name, whoever they are. */
export const PEOPLE_READERS: readonly PersonRole[] = ['staff', 'liaison', ...ADMINS]
/** Who keeps the register of members (ROLES_REGISTER of the server). */
export const KEEPERS: readonly PersonRole[] = ['staff', 'liaison']
/** The register of people and organisations. */
export const REGISTER: readonly PersonRole[] = [...KEEPERS, ...SYSTEM, ...SECURITY]
/** Who finds members by name, sector and unit: not the units that answer them, nor the stations, nor administrators. */
export const DIRECTORY: readonly PersonRole[] = [...PERSONAL, 'committee', 'proposals', 'opinions', 'office', 'leader', 'supervisor', ...KEEPERS]
/** Who keeps the terms, and the time in which a session takes proposals. */
export const TERMS: readonly PersonRole[] = [...KEEPERS, 'office', 'proposals']
/** Everybody but the administrators (三员), who have no part in what the office does. */
export const BUSINESS: readonly PersonRole[] = [...DIRECTORY, 'unit', 'unit_head', 'station']
/** Who works in an office, and sees who is away (ROLES_OFFICE of the server). */
export const OFFICES: readonly PersonRole[] = BUSINESS.filter((role) => !PERSONAL.includes(role))
/** Who enters an absence for somebody else. */
export const ABSENCE_KEEPERS: readonly PersonRole[] = ['liaison', 'office']
/** Who sees more than that of the members of a sector or committee. */
export const LINKED: readonly PersonRole[] = ['convener', 'committee']
/** Who decides whether a member is suspended, restored or gone, and who asks for it. */
export const STANDING: readonly PersonRole[] = ['leader', ...KEEPERS]
/** Which roles are held and asked for. */
export const ROLE_READERS: readonly PersonRole[] = ['leader', ...ADMINS]
/** Who loads a year of the calendar and checks it, and says how long things may take. */
export const CALENDAR: readonly PersonRole[] = ['office', ...SYSTEM]

/** Whether somebody of these roles is one of those; of nobody in particular everybody is. */
export const isOneOf = (roles: readonly PersonRole[], who: readonly PersonRole[] | undefined): boolean => !who || who.some((role) => roles.includes(role))

/** By the path of the page, as the router has it; what is not here is for whoever is signed in. */
export const READERS: Readonly<Record<string, readonly PersonRole[]>> = {
  '/staff/meetings': STAFF,
  '/staff/meetings/new': STAFF,
  '/staff/audit': AUDIT,
  '/me/card': PERSONAL,
  '/duty': PERSONAL,
  '/duty/files': KEEPERS,
  '/members': DIRECTORY,
  '/members/linked': LINKED,
  '/members/new': KEEPERS,
  '/members/import/:import?': KEEPERS,
  '/members/requests': KEEPERS,
  '/members/standing': STANDING,
  '/members/absences': OFFICES,
  '/members/merges': KEEPERS,
  '/members/merges/new': KEEPERS,
  '/members/merges/:id': KEEPERS,
  '/members/:id': DIRECTORY,
  '/people': REGISTER,
  '/people/import/:import?': REGISTER,
  '/people/:id': REGISTER,
  '/orgs': REGISTER,
  '/orgs/:id': REGISTER,
  '/terms': [...TERMS, ...SYSTEM],
  '/terms/:id': [...TERMS, ...SYSTEM],
  '/roles': ROLE_READERS,
  '/system/health': SYSTEM,
  '/system/lines': SYSTEM,
  '/system/dicts': SYSTEM,
  '/system/papers': SYSTEM,
  '/system/rights': ADMINS,
  '/system/settings': SYSTEM,
  '/system/settings/all': SYSTEM,
  '/system/jobs': SYSTEM,
  '/system/deliveries': SYSTEM,
  '/system/integrations': SYSTEM,
  '/system/delegations': SECURITY,
  '/system/sessions': SECURITY,
  '/system/login-failures': [...SYSTEM, ...SECURITY],
}
