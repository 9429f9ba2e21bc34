// Which words of the server the pages have a text for.

const DEVICES = ['desktop', 'phone', 'venue', 'other'] as const
const ENDINGS = ['left', 'dropped', 'removed', 'ended', 'crash'] as const

export function hasDevice(word: string): word is (typeof DEVICES)[number] {
  return (DEVICES as readonly string[]).includes(word)
}

export function hasEnding(word: string | null): word is (typeof ENDINGS)[number] {
  return word !== null && (ENDINGS as readonly string[]).includes(word)
}
