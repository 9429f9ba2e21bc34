// The messages that are shown, put together with the newest as they are now: nothing that somebody reads jumps away.
import type { Shown } from '@/composables/usePages'
import type { Notice } from './gen'

/** Both by time, the newest first. What is shown and older than `first` reaches stays, and so does what was read here, though
 * a list of the unread has it no more; what else `first` lacks was read elsewhere. Where they do not meet there may be more
 * between them than is known: then `first` is all. */
export function together(shown: Shown<Notice>, first: Shown<Notice>): Shown<Notice> {
  const now = new Map(first.items.map((one) => [one.id, one]))
  // One that was told again has moved to the top, and says nothing of what is between.
  const meet = shown.items.some(({ id, posted_at }) => now.get(id)?.posted_at === posted_at)
  if (!meet && first.next !== null) return first

  const end = first.items[first.items.length - 1]?.posted_at ?? 0
  const isOlder = ({ posted_at }: Notice) => first.next !== null && posted_at <= end
  const left = shown.items.filter((one) => !now.has(one.id) && (isOlder(one) || one.read_at !== null))
  // The list of the shown may have been asked for before one of them was read.
  const readHere = new Map(shown.items.filter(({ read_at }) => read_at !== null).map((one) => [one.id, one]))
  const newer = first.items.map((one) => {
    const before = readHere.get(one.id)
    return one.read_at === null && before?.posted_at === one.posted_at ? before : one
  })
  const items = [...newer, ...left].sort((one, other) => other.posted_at - one.posted_at)
  return { items, next: left.some(isOlder) ? shown.next : first.next }
}
