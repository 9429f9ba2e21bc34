// Where somebody wanted to go before he was asked who he is, to change a password or to set up a second factor: kept in the
// address from page to page.
import type { RouteLocationRaw } from 'vue-router'

/** Only a path of our own: never a way to another site. */
export const nextPath = (query: Readonly<Record<string, unknown>>): string => {
  const { next } = query
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

/** A page that comes first, and then the one that was wanted. */
export const before = (path: string, wanted: string): RouteLocationRaw => ({ path, query: wanted === '/' ? {} : { next: wanted } })
