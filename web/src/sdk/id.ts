// Names that nobody else makes, in the server's letters (server/base/id.h).

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** 16 characters, 80 random bits. */
export function idRandom(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => LETTERS[byte % 32]).join('')
}
