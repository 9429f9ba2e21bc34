// Whether who is signed in holds a verb at all: for buttons that stand with no row whose `may` says it.
import { useSession } from '@/composables/useSession'
import { rights } from '@/domain/rights'

const declared: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = rights

/** In some scope and state, as the server declares it; it checks again of which record. */
export function holds(subject: string, verb: string): boolean {
  const session = useSession().session.value
  const roles = declared[subject]?.[verb] ?? []
  return session !== null && (roles.includes('signed_in') || session.person.roles.some((role) => roles.includes(role)))
}
