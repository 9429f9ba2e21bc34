// The inbox of whoever is signed in, as the bell and the page of messages show it: its count is asked for now and then, at
// once when something was pushed or the page is seen again; its entries when somebody looks. Who came by a link has none.
import { shallowRef } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { api, useSession } from '@/composables/useSession'
import { inbox as inboxMeta, type Inbox, type InboxTypes } from '@/domain/inbox/gen'
import { notice as noticeMeta, type Notice, type NoticeTypes } from '@/domain/notice/gen'
import { loadWords } from '@/domain/notice/words'
import { sh } from '@/i18n/shell'
import { client } from '@/model/client'

/** So many the bell shows. */
const NEWEST = 8

const inboxes = client<InboxTypes>(inboxMeta, api)
const notices = client<NoticeTypes>(noticeMeta, api)

/** null: not known, or there is none. */
const inbox = shallowRef<Inbox | null>(null)
const newest = shallowRef<Notice[] | null>(null)

/** What is signed in by a password, or null. */
function owner(): string | null {
  const { session } = useSession()
  return session.value && session.value.scope_meeting === null ? session.value.person.id : null
}

async function load(): Promise<void> {
  const me = owner()
  // What was there stays when it cannot be asked: the next time may be better.
  const now = me && (await inboxes.one(me).catch(() => null))
  if (!now || owner() !== me) return
  const before = inbox.value
  show(now)
  if (before?.id === me && (now.unread ?? 0) > (before.unread ?? 0)) announce(sh('notices.unread', { count: now.unread ?? 0 }))
}

function show(now: Inbox): void {
  if (inbox.value?.id !== now.id) newest.value = null
  inbox.value = now
}

function forget(): void {
  inbox.value = null
  newest.value = null
}

async function look(): Promise<void> {
  const page = await notices.list('notices', { limit: NEWEST }).catch(() => null)
  if (!page) return
  await loadWords(page.items)
  newest.value = page.items
}

const withRead = (all: readonly Notice[], now: Notice): Notice[] => all.map((one) => (one.id === now.id ? { ...one, ...now } : one))

/** The entry as it is then. */
async function read(one: Notice): Promise<Notice> {
  if (one.read_at !== null) return one
  const now = { ...one, ...(await notices.act('tick', { id: one.id }, {})) }
  newest.value = newest.value && withRead(newest.value, now)
  await load()
  return now
}

async function readAll(): Promise<void> {
  const me = inbox.value
  if (!me) return
  show({ ...me, ...(await inboxes.act('tick_all', { id: me.id }, {})) })
  await Promise.all([load(), look()])
}

export function useNotices() {
  return { inbox, newest, load, look, read, readAll, show, forget }
}
