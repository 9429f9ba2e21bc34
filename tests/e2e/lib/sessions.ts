// People who have signed in already, hundreds at once: as the sessions' table keeps them.
import { createHash, randomBytes } from 'node:crypto'
import type { Server } from './server'

/** As long as base/id.h makes them, of its letters. */
const SECRET_CHARS = 52
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const secretOf = (): string => [...randomBytes(SECRET_CHARS)].map((byte) => LETTERS[byte % LETTERS.length]).join('')

export interface SignedIn {
  person: string
  /** The value of the session's cookie. */
  secret: string
  csrf: string
}

/** A session for each of these people; the server may run. */
export function signInAll(server: Server, people: string[]): SignedIn[] {
  const now = Date.now()
  const all = people.map((person) => ({ person, secret: secretOf(), csrf: secretOf() }))
  const rows = all.map(({ person, secret, csrf }) =>
    `('${createHash('sha256').update(secret).digest('hex')}', '${person}', '${csrf}', ${now}, ${now}, ${now + 3600_000}, '127.0.0.1')`)
  server.query(`insert into session (digest, person, csrf, created_at, last_seen_at, expires_at, address) values ${rows.join(', ')}`)
  return all
}
