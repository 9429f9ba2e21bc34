import { webcrypto } from 'node:crypto'
import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { Emitter } from '@/sdk/events'
import type { MeetingClient } from '@/sdk/meeting'
import type { ChatEntry } from '@/sdk/protocol'
import { useChat } from './useChat'

// Node 18 has it under another name than browsers.
beforeEach(() => vi.stubGlobal('crypto', webcrypto))

const entry = (n: number): ChatEntry => ({ id: `m${n}`, pid: 'p', person: 'a', name: '甲', text: `第 ${n} 条`, at: n })
const entries = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i))

class FakeClient extends Emitter<{ welcome: { chat: ChatEntry[] }; chat: ChatEntry }> {
  welcome(chat: ChatEntry[]) {
    this.emit('welcome', { chat })
  }
  hears(entry: ChatEntry) {
    this.emit('chat', entry)
  }
}

/** A server that has the messages 1…last. */
function setUp(last: number) {
  const client = new FakeClient()
  const fetch = vi.fn(async (after: string | null) => {
    const end = Number(after!.slice(1)) - 1
    const items = entries(Math.max(1, end - 49), end).reverse()
    return { items, next: end > 50 ? items[items.length - 1]!.id as string : null, total: last }
  })
  const chat = effectScope().run(() => useChat(client as unknown as MeetingClient, ref('me'), ref(true), fetch))!
  const shown = () => [chat.chat[0]?.at, chat.chat[chat.chat.length - 1]?.at, chat.chat.length]
  return { client, fetch, chat, shown }
}

it('goes back beyond the messages of the welcome, to the first', async () => {
  const { client, fetch, chat, shown } = setUp(130)
  client.welcome(entries(81, 130))
  expect(chat.chatGoesOn.value).toBe(true)
  await Promise.all([chat.olderChat(), chat.olderChat()])
  expect(shown()).toEqual([31, 130, 100])
  expect(fetch).toHaveBeenCalledTimes(1)
  await chat.olderChat()
  expect(shown()).toEqual([1, 130, 130])
  expect(chat.chatGoesOn.value).toBe(false)
  await chat.olderChat()
  expect(fetch).toHaveBeenCalledTimes(2)
})

it('sends a draft again under its name, and forgets it when it is there', () => {
  const { client, chat } = setUp(0)
  chat.chatDraft.value = ' 同意 '
  const first = chat.chatToSend()
  expect(first.text).toBe('同意')
  expect(first.key).toMatch(/^[0-9a-z]{16}$/)
  expect(chat.chatToSend()).toEqual(first)
  // The answer was lost; the message comes with the next welcome.
  client.welcome([{ ...entry(1), id: first.key! }])
  expect(chat.chatDraft.value).toBe('')
  chat.chatDraft.value = ' 同意 '
  const second = chat.chatToSend()
  expect(second.key).not.toBe(first.key)
  // Another text is another message, and what is written while the answer is on its way is not lost.
  chat.chatDraft.value += '的理由'
  client.hears({ ...entry(2), id: second.key! })
  expect(chat.chatDraft.value).toBe('的理由')
  expect(chat.chatToSend().key).not.toBe(second.key)
})

it('asks for nothing when the welcome had all', async () => {
  const { client, fetch, chat } = setUp(3)
  client.welcome(entries(1, 3))
  await chat.olderChat()
  expect(fetch).not.toHaveBeenCalled()
})

it('keeps what was read over a short break, and begins anew after a long one', async () => {
  const { client, chat, shown } = setUp(300)
  client.welcome(entries(81, 130))
  await chat.olderChat()
  client.welcome(entries(90, 139))
  expect(shown()).toEqual([31, 139, 109])
  client.welcome(entries(251, 300))
  expect(shown()).toEqual([251, 300, 50])
  expect(chat.chatGoesOn.value).toBe(true)
})
