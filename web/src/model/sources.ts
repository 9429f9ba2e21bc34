// Where a reference is picked from, where that is not simply the list of its kind: only the sectors among the organisations, or
// the members' own list where who looks may not see that of people.
import { useSession } from '@/composables/useSession'
import { PEOPLE_READERS } from '@/shell/readers'

export interface RefSource {
  /** The kind that is listed, where it is another than what is referred to. */
  readonly of?: string
  readonly list?: string
  /** Filters of the list. */
  readonly query?: Readonly<Record<string, string>>
  /** The member of a listed row that is the reference; absent: the row itself. */
  readonly member?: string
}

const orgs = (kind: string): RefSource => ({ query: { kind } })

const SOURCES: Readonly<Record<string, RefSource>> = {
  'attendance.sector': orgs('sector'),
  'member_profile.sector': orgs('sector'),
  'member_profile.committee': orgs('committee'),
  'member_profile.station': orgs('station'),
  'term_file.sector': orgs('sector'),
}

/** Members find each other by their directory, which shows names, sectors and units only. */
const DIRECTORY: RefSource = { of: 'member_profile', list: 'members', member: 'person' }

export function sourceOf(subject: string, field: string, refers: string): RefSource {
  const own = SOURCES[`${subject}.${field}`]
  if (own || refers !== 'person') return own ?? {}
  const roles = useSession().session.value?.person.roles ?? []
  return PEOPLE_READERS.some((role) => roles.includes(role)) ? {} : DIRECTORY
}
