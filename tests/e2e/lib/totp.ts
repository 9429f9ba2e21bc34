// What an authenticator app shows (RFC 6238, as server/store/totp.h has it), for tests that sign in with a second factor.
import { createHmac } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000

/** secret: Base32, as the page shows it. at: ms since 1970; a code of the step before or after is good too. */
export function totp(secret: string, at = Date.now()): string {
  let bits = ''
  for (const letter of secret.replace(/\s/g, '').toUpperCase()) bits += LETTERS.indexOf(letter).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const number = digest.readUInt32BE(digest[19]! & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** The code after the present one: good already, and not used by what was just signed in. */
export const nextTotp = (secret: string): string => totp(secret, Date.now() + STEP_MS)
