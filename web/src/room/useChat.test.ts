import { expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { Emitter } from '@/sdk/events'
import type { MeetingClient } from '@/sdk/meeting'
import type { ChatEntry } from '@/sdk/protocol'
import { useChat } from './useChat'

const entry = (n: number): ChatEntry => ({ id: `m${n}`, pid: 'p', person: 'a', name: '甲', text: `第 ${n} 条`, at: n })
const entries = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i))

class FakeClient extends Emitter<{ welcome: { chat: ChatEntry[] }; chat: ChatEntry }> {
  welcome(chat: ChatEntry[]) {
    this.emit('welcome', { chat })
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
