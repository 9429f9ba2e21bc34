// What the field at the top looks through: the server's search over all kinds of records, which shows nobody more than
// he may see.
import { api } from '@/composables/useSession'
import { date } from '@/i18n/format'
import type { ShellKey } from '@/i18n/shell'
import type { PersonRole } from '@/domain/person/gen'
import type { FoundRecord } from '@/sdk/api.gen'
import { DIRECTORY, PEOPLE_READERS } from './readers'

export interface Found {
  id: string
  title: string
  text: string
  to: string
}

export interface Group {
  word: ShellKey
  found: readonly Found[]
}

export interface SearchSource {
  /** What could not be searched, when it fails. */
  word: ShellKey
  find(words: string, roles: readonly PersonRole[]): Promise<Group[]>
}

/** Of each kind. */
const FOUND_MOST = 5

interface Kind {
  word: ShellKey
  to(id: string, roles: readonly PersonRole[]): string
  text(record: FoundRecord): string
}

/** Kinds that have a page of their own, in no order: the server says which comes first. */
const KINDS: Readonly<Record<string, Kind>> = {
  person: { word: 'search.people', to: (id) => `/people/${id}`, text: ({ about }) => about ?? '' },
  member_profile: { word: 'search.members', to: (id) => `/members/${id}`, text: ({ about }) => about ?? '' },
  org: { word: 'search.orgs', to: (id) => `/orgs/${id}`, text: ({ number }) => number ?? '' },
  meeting: {
    word: 'search.meetings',
    to: (id, roles) => (roles.includes('staff') ? `/staff/meetings/${id}` : `/meetings/${id}`),
    text: ({ at }) => date(at),
  },
  recording: { word: 'search.recordings', to: (id) => `/recordings/${id}`, text: ({ at }) => date(at) },
}

/** What the field says that it finds: people, or of them the members alone, or neither. */
export function hintOf(roles: readonly PersonRole[]): ShellKey {
  const finds = (readers: readonly PersonRole[]) => readers.some((role) => roles.includes(role))
  return finds(PEOPLE_READERS) ? 'search.hint_people' : finds(DIRECTORY) ? 'search.hint_members' : 'search.hint'
}

/** What was found, in the order of the answer; kinds that this page does not know are left out. */
export function groupsOf(kinds: readonly { kind: string; items: readonly FoundRecord[] }[], roles: readonly PersonRole[]): Group[] {
  return kinds.flatMap(({ kind, items }) => {
    const known = KINDS[kind]
    return known
      ? [
          {
            word: known.word,
            found: items.map((one) => ({ id: one.id, title: one.title, text: known.text(one), to: known.to(one.id, roles) })),
          },
        ]
      : []
  })
}

export const SOURCES: readonly SearchSource[] = [
  {
    word: 'search.records',
    async find(words, roles) {
      const { kinds } = await api.search({ q: words, limit: FOUND_MOST })
      return groupsOf(kinds, roles)
    },
  },
]

/** What the sources found, and the words of those that failed. */
export async function searchAll(
  words: string,
  roles: readonly PersonRole[],
  sources: readonly SearchSource[],
): Promise<{ groups: Group[]; failed: ShellKey[] }> {
  const groups: Group[] = []
  const failed: ShellKey[] = []
  const done = await Promise.all(sources.map(({ find }) => find(words, roles).catch(() => null)))
  done.forEach((found, at) => {
    if (found === null) failed.push(sources[at]!.word)
    else groups.push(...found.filter((group) => group.found.length > 0))
  })
  return { groups, failed }
}
