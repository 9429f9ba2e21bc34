// Every kind of record that is declared, by its name, loaded when it is needed: what refers to
// another kind (a post to its organisation) picks from it and leads to it.
import type { ListMeta, SubjectMeta } from './meta'

const files = import.meta.glob<Record<string, SubjectMeta>>('../domain/*/gen.ts')

const loaded = new Map<string, Promise<SubjectMeta | null>>()

export function subjectOf(name: string): Promise<SubjectMeta | null> {
  let found = loaded.get(name)
  if (!found) {
    const load = files[`../domain/${name}/gen.ts`]
    found = load
      ? load().then((all) => Object.values(all).find((one) => one?.name === name) ?? null)
      : Promise.resolve(null)
    loaded.set(name, found)
    // What could not be loaded is asked for again: the server may be back.
    found.catch(() => loaded.delete(name))
  }
  return found
}

/** The list of all of them that needs nothing but itself. */
export const openListOf = (meta: SubjectMeta): ListMeta | null =>
  Object.values(meta.lists).find((list) => !list.path.includes('{')) ?? null

/** Where a record has a page of its own. */
const PAGES: Readonly<Record<string, string>> = {
  person: '/people',
  org: '/orgs',
  term: '/terms',
  meeting: '/staff/meetings',
  recording: '/recordings',
  role_holder: '/roles',
  member_profile: '/members',
  change_request: '/members/requests',
  member_change: '/members/standing',
  person_merge: '/members/merges',
  term_file: '/duty/files',
}

/** An id of a record, as the server makes them. */
const ID = /^[0-9a-z]{16}$/

/** Which record the address of a page is of, whether or not the page is open to who asks; null: of none. */
export function recordAt(address: string): { subject: string; id: string } | null {
  const path = address.trim().replace(/^[a-z]+:\/\/[^/]+/i, '').replace(/[?#].*$/, '')
  const [, subject, of_any] = /^\/records\/([a-z_]+)\/([^/]+)/.exec(path) ?? []
  if (subject && of_any && ID.test(of_any)) return { subject, id: of_any }
  for (const [name, page] of [...Object.entries(PAGES), ['meeting', '/meetings'] as const]) {
    const id = path.startsWith(`${page}/`) ? path.slice(page.length + 1).split('/')[0]! : ''
    if (ID.test(id)) return { subject: name, id }
  }
  return null
}

/** The id of a record that somebody says by its page, or by itself; null: he says none. */
export const idIn = (said: string): string | null => (ID.test(said.trim()) ? said.trim() : (recordAt(said)?.id ?? null))

/** Who is signed in, and which pages are open to him: the router says so (router.ts). */
export const reader = {
  id: (): string | null => null,
  mayOpen: (_path: string): boolean => true,
}

/** null: it has none, or not for who is signed in. */
export function pageOf(subject: string, id: string): string | null {
  const path = PAGES[subject] ? `${PAGES[subject]}/${id}` : null
  return path !== null && reader.mayOpen(path) ? path : null
}

/** Where all of a kind are; null: nowhere, or not for who is signed in. */
export function listPageOf(subject: string): string | null {
  const path = PAGES[subject]
  return path !== undefined && reader.mayOpen(path) ? path : null
}

/** The page of any record: its own, or the one that shows whatever is declared. For who may not open the page of persons
 * he himself is on the page about oneself. */
export function recordPage(subject: string, id: string): string {
  const own = pageOf(subject, id)
  if (own !== null) return own
  return subject === 'person' && id === reader.id() ? '/me' : `/records/${subject}/${id}`
}
