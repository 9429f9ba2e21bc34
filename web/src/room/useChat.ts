// The messages of the meeting and how many of them are unread.
import { ref, shallowReactive, watch, type Ref } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { t } from '@/i18n'
import type { MeetingClient } from '@/sdk/meeting'
import type { ChatEntry } from '@/sdk/protocol'

export function useChat(client: MeetingClient, pid: Ref<string>, reading: Ref<boolean>) {
  const chat = shallowReactive<ChatEntry[]>([])
  const unread = ref(0)
  /** Half written: kept while the panel shows something else. */
  const chatDraft = ref('')

  client.on('welcome', (welcome) => chat.splice(0, chat.length, ...welcome.chat))
  client.on('chat', (entry) => {
    if (chat.some((known) => known.id === entry.id)) return
    chat.push(entry)
    if (reading.value || entry.pid === pid.value) return
    unread.value++
    announce(t('room.said_chat', { name: entry.name, text: entry.text }))
  })
  watch(reading, (now) => {
    if (now) unread.value = 0
  })
  return { chat, unread, chatDraft }
}
