// What the service worker keeps, and what it throws away. Assets have a hash in their name, so one of a name is always the
// same; the pages themselves and what the server says of people are never kept.

const ASSETS = '/assets/'

export type Way =
  /** From what is kept, otherwise from the server, and kept. */
  | 'asset'
  /** From the server; where it cannot be reached, the page that says so. */
  | 'page'
  /** A part of that page. */
  | 'offline'
  /** As if there were no worker. */
  | 'none'

/** What the page that says so is made of. */
export const OFFLINE_PAGE = '/offline.html'
export const OFFLINE_PARTS: readonly string[] = [OFFLINE_PAGE, '/offline.css', '/icon.svg']

interface Asked {
  method: string
  mode: string
  url: string
}

export function wayOf({ method, mode, url }: Asked, origin: string): Way {
  const { origin: of, pathname } = new URL(url)
  if (method !== 'GET' || of !== origin) return 'none'
  if (pathname.startsWith('/api/') || pathname.startsWith('/ws')) return 'none'
  if (pathname.startsWith(ASSETS)) return 'asset'
  if (OFFLINE_PARTS.includes(pathname)) return 'offline'
  return mode === 'navigate' ? 'page' : 'none'
}

/** Of the paths that are kept those that neither this build nor the one before it has: a page of the one before may still
 * be open, and asks for its parts when it needs them. */
export function stale(kept: readonly string[], now: readonly string[], before: readonly string[]): string[] {
  const wanted = new Set([...now, ...before])
  return kept.filter((path) => !wanted.has(path))
}

/** What is shown for a push that cannot be read: a browser takes the permission away from a worker that shows nothing. */
const PLAIN_TITLE = '议事：您有新消息 / You have a new message'
/** Where a touch leads. */
export const PUSHED_TO = '/messages'

/** The title of what the outbox pushed ({title, count}, server/outbox/send.c). */
export function pushTitle(text: string): string {
  try {
    const { title } = JSON.parse(text) as { title?: unknown }
    return typeof title === 'string' && title !== '' ? title : PLAIN_TITLE
  } catch {
    return PLAIN_TITLE
  }
}
