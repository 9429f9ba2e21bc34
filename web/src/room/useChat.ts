// The messages of the meeting and how many of them are unread. The newest come with the welcome and one by one after it;
// those before are fetched when somebody scrolls up to them.
import { ref, shallowReactive, watch, type Ref } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { t } from '@/i18n'
import type { Page } from '@/model/meta'
import type { MeetingClient } from '@/sdk/meeting'
import { idRandom } from '@/sdk/id'
import type { ChatEntry, Requests } from '@/sdk/protocol'

/** So many come with the welcome (PROTOCOL.md): fewer, and there are none before. */
const IN_WELCOME = 50

export type FetchChat = (before: string) => Promise<Page<ChatEntry>>

export function useChat(client: MeetingClient, pid: Ref<string>, reading: Ref<boolean>, fetch: FetchChat) {
  const chat = shallowReactive<ChatEntry[]>([])
  const unread = ref(0)
  /** Half written: kept while the panel shows something else. */
  const chatDraft = ref('')
  /** The draft that was sent last, and its name: sent again, because no answer came, it stands once. */
  let sent = { draft: '', key: '' }
  /** Whether there are messages before the first one here. */
  const chatGoesOn = ref(false)
  let fetching: Promise<void> | null = null

  /** What was sent is here, by the answer or in spite of none; what was written since stays. */
  function arrived({ id }: ChatEntry): void {
    if (id !== sent.key) return
    if (chatDraft.value.startsWith(sent.draft)) chatDraft.value = chatDraft.value.slice(sent.draft.length)
    sent = { draft: '', key: '' }
  }

  client.on('welcome', ({ chat: newest }) => {
    newest.forEach(arrived)
    const known = new Set(newest.map(({ id }) => id))
    // After a short break what was read is still here; after a long one there may be messages between.
    const meets = chat.some(({ id }) => known.has(id))
    const before = meets ? chat.filter(({ id }) => !known.has(id)) : []
    if (!meets) chatGoesOn.value = newest.length >= IN_WELCOME
    chat.splice(0, chat.length, ...before, ...newest)
  })
  client.on('chat', (entry) => {
    arrived(entry)
    if (chat.some((known) => known.id === entry.id)) return
    chat.push(entry)
    if (reading.value || entry.pid === pid.value) return
    unread.value++
    announce(t('room.said_chat', { name: entry.name, text: entry.text }))
  })
  watch(reading, (now) => {
    if (now) unread.value = 0
  })

  async function fetchOlder(): Promise<void> {
    const first = chat[0]
    if (!first || !chatGoesOn.value) return
    const page = await fetch(String(first.id))
    // A welcome may have replaced all of it meanwhile.
    if (chat[0] !== first) return
    chat.unshift(...[...page.items].reverse())
    chatGoesOn.value = page.next !== null
  }

  /** One page before the first message; one at a time. Rejects with what went wrong. */
  function olderChat(): Promise<void> {
    fetching ??= fetchOlder().finally(() => (fetching = null))
    return fetching
  }

  /** The draft as a message; it is empty again when it has arrived. */
  function chatToSend(): Requests['chat'][0] {
    if (sent.draft !== chatDraft.value) sent = { draft: chatDraft.value, key: idRandom() }
    return { text: sent.draft.trim(), key: sent.key }
  }

  return { chat, unread, chatDraft, chatGoesOn, olderChat, chatToSend }
}
