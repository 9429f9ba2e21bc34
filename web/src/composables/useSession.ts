// Who is signed in, for the whole application: one Api, one session.
import { computed, shallowRef } from 'vue'
import { keepServerDate } from '@/composables/useNow'
import { Api, ApiError } from '@/sdk/api'
import { setTimeZone } from '@/i18n/zone'
import type { PersonRole } from '@/domain/person/gen'
import type { Session } from '@/sdk/api.gen'

export const api = new Api()
api.onServerTime = keepServerDate

const session = shallowRef<Session | null>(null)
/** False until the server has been asked once. */
let asked = false

async function load(): Promise<Session | null> {
  if (asked) return session.value
  try {
    set(await api.currentSession())
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    session.value = null
    asked = true
  }
  return session.value
}

/** Asks again: another window may have changed it. */
function reload(): Promise<Session | null> {
  asked = false
  return load()
}

function set(next: Session | null): void {
  session.value = next
  if (next) setTimeZone(next.time_zone)
  asked = true
}

export function useSession() {
  const has = (role: PersonRole) => session.value?.person.roles.includes(role) ?? false
  return {
    session,
    isStaff: computed(() => has('staff')),
    isAdministrator: computed(() => has('system_admin') || has('security_admin')),
    isAuditor: computed(() => has('audit_admin')),
    load,
    reload,
    set,
  }
}
