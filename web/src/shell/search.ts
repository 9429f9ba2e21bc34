// What the field at the top looks through. A new system adds a source; each asks the server, which shows nobody more than
// he may see.
import { api } from '@/composables/useSession'
import { date } from '@/i18n/format'
import type { ShellKey } from '@/i18n/shell'
import type { Meeting } from '@/domain/meeting/gen'
import type { PersonRole } from '@/domain/person/gen'

export interface Found {
  id: string
  title: string
  text: string
  to: string
}

export interface SearchSource {
  word: ShellKey
  who?: readonly PersonRole[]
  find(words: string, roles: readonly PersonRole[]): Promise<Found[]>
}

/** Of each kind. */
const FOUND_MOST = 5
const MEETINGS_KEPT_MS = 60_000

let kept: { meetings: Promise<Meeting[]>; until: number; of: string } | null = null

/** The server does not search meetings by words yet: all that one may see, kept while somebody types. */
function allMeetings(mine: 0 | 1, now = Date.now()): Promise<Meeting[]> {
  const of = String(mine)
  if (!kept || kept.until < now || kept.of !== of) {
    const meetings = api.all((after) => api.meetings({ when: 'all', whose: mine ? 'mine' : undefined, limit: 100, after }))
    kept = { meetings, until: now + MEETINGS_KEPT_MS, of }
    meetings.catch(() => (kept = null))
  }
  return kept.meetings
}

/** Somebody else has signed in. */
export function forgetFound(): void {
  kept = null
}

export const has = (text: string, words: string): boolean =>
  text.toLocaleLowerCase().includes(words.toLocaleLowerCase())

/** Live ones first, then those to come, then the latest. */
export function byUse(a: Meeting, b: Meeting): number {
  const rank = ({ state }: Meeting) => (state === 'live' ? 0 : state === 'scheduled' ? 1 : 2)
  const soonest = a.planned_start - b.planned_start
  return rank(a) - rank(b) || (rank(a) === 2 ? -soonest : soonest)
}

export const SOURCES: readonly SearchSource[] = [
  {
    word: 'search.people',
    who: ['staff', 'system_admin', 'security_admin'],
    async find(words) {
      const { items } = await api.people({ q: words, limit: FOUND_MOST })
      return items.map(({ id, shown, sector, organisation }) => ({
        id,
        title: shown,
        text: [sector, organisation].filter(Boolean).join(' · '),
        to: `/people/${id}`,
      }))
    },
  },
  {
    word: 'search.meetings',
    async find(words, roles) {
      const staff = roles.includes('staff')
      const meetings = await allMeetings(staff ? 0 : 1)
      return meetings
        .filter(({ title, topic, host }) => has(`${title}\n${topic}\n${host.name}`, words))
        .sort(byUse)
        .slice(0, FOUND_MOST)
        .map(({ id, title, planned_start }) => ({
          id,
          title,
          text: date(planned_start),
          to: staff ? `/staff/meetings/${id}` : `/meetings/${id}`,
        }))
    },
  },
  {
    word: 'search.recordings',
    async find(words) {
      const { items } = await api.recordings({ q: words, limit: FOUND_MOST })
      return items.map(({ id, meeting, started_at }) => ({
        id,
        title: meeting.title,
        text: date(started_at),
        to: `/recordings/${id}`,
      }))
    },
  },
]

export interface Group {
  word: ShellKey
  found: readonly Found[]
}

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
    const { word } = sources[at]!
    if (found === null) failed.push(word)
    else if (found.length > 0) groups.push({ word, found })
  })
  return { groups, failed }
}
