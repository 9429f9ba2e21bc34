// Who may use which pages: the router and the navigation say it alike. The server checks every right again.
import type { PersonRole } from '@/domain/person/gen'

export const STAFF: readonly PersonRole[] = ['staff']
export const SYSTEM: readonly PersonRole[] = ['system_admin']
export const SECURITY: readonly PersonRole[] = ['security_admin']
export const AUDIT: readonly PersonRole[] = ['audit_admin']
export const ADMINS: readonly PersonRole[] = [...SYSTEM, ...SECURITY, ...AUDIT]
/** The register of people and organisations. */
export const REGISTER: readonly PersonRole[] = [...STAFF, ...SYSTEM, ...SECURITY]
/** Which roles are held and asked for. */
export const ROLE_READERS: readonly PersonRole[] = ['leader', ...ADMINS]
/** Who loads a year of the calendar, and checks it. */
export const CALENDAR: readonly PersonRole[] = ['office', ...SYSTEM]
