// The inbox, as the bell shows it. Which part of the server answers is said once, by whoever knows it (`noticesFrom`);
// until somebody does, and while it does not answer, there is no bell.
import { computed, shallowRef } from 'vue'

export interface Notice {
  id: string
  title: string
  text: string
  at: number
  /** A page of this application. */
  to: string | null
  isUrgent: boolean
  isRead: boolean
}

export interface Inbox {
  unread: number
  /** The newest first. */
  items: readonly Notice[]
}

export interface NoticeSource {
  load(): Promise<Inbox>
  /** The person has opened it. */
  read(id: string): Promise<void>
  /** The page with all of them. */
  page: string
}

const source = shallowRef<NoticeSource | null>(null)
const inbox = shallowRef<Inbox | null>(null)

export function noticesFrom(next: NoticeSource | null): void {
  source.value = next
  inbox.value = null
}

async function load(): Promise<void> {
  // What was there stays: the next time may be better.
  const now = await source.value?.load().catch(() => null)
  if (now) inbox.value = now
}

async function read({ id, isRead }: Notice): Promise<void> {
  if (isRead) return
  await source.value?.read(id).catch(() => undefined)
  await load()
}

export function useNotices() {
  return { inbox, load, read, page: computed(() => source.value?.page ?? '') }
}
