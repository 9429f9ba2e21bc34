// The inbox of whoever is signed in, as the bell and the page of messages show it: its count is asked for now and then, at
// once when something was pushed or the page is seen again; its entries when somebody looks. Who came by a link has none.
import { computed, shallowRef } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { problemText } from '@/composables/useProblem'
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

/** Why they could not be had the last time, in words; empty: they could. */
const inboxProblem = shallowRef('')
const newestProblem = shallowRef('')
const problem = computed(() => inboxProblem.value || newestProblem.value)

/** Of what is asked for and of what is shown: an answer that something newer has overtaken is dropped. */
let inboxTurn = 0
let newestTurn = 0

async function load(): Promise<void> {
  const me = owner()
  if (me === null) return
  const mine = ++inboxTurn
  const isLate = () => mine !== inboxTurn || owner() !== me
  try {
    const now = await inboxes.one(me)
    if (isLate()) return
    const before = inbox.value
    show(now)
    if (before?.id === me && (now.unread ?? 0) > (before.unread ?? 0)) announce(sh('notices.unread', { count: now.unread ?? 0 }))
  } catch (error) {
    // What was there stays when it cannot be asked: the next time may be better.
    if (!isLate()) inboxProblem.value = problemText(error)
  }
}

function show(now: Inbox): void {
  inboxTurn++
  if (inbox.value?.id !== now.id) newest.value = null
  inbox.value = now
  inboxProblem.value = ''
}

function forget(): void {
  inboxTurn++
  newestTurn++
  inbox.value = null
  newest.value = null
  inboxProblem.value = ''
  newestProblem.value = ''
}

async function look(): Promise<void> {
  const mine = ++newestTurn
  newestProblem.value = ''
  try {
    const page = await notices.list('notices', { limit: NEWEST })
    await loadWords(page.items)
    if (mine === newestTurn) newest.value = page.items
  } catch (error) {
    if (mine === newestTurn) newestProblem.value = problemText(error)
  }
}

/** All of it again. */
async function again(): Promise<void> {
  await Promise.all([load(), look()])
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
  await again()
}

export function useNotices() {
  return { inbox, newest, problem, load, look, again, read, readAll, show, forget }
}
