// Printed by `yishid --print web/chat` of what the server declares (server/domain/chat).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type ChatVerb = never

export interface Chat {
  id: string
  name: string
  text: string
  at: number
  pid: string
  person: string
  may: ChatVerb[]
}

export interface ChatChatQuery extends ListQuery {
  sort?: 'seq' | '-seq'
  before?: string
}

export interface ChatTypes {
  row: Chat
  lists: {
    chat: ChatChatQuery
  }
  forms: {}
}

export const chat = {
  name: 'chat',
  fields: {
    name: { type: 'text', least: 0, most: 200 },
    text: { type: 'text', least: 1, most: 2000, lines: true },
    at: { type: 'time' },
    meeting: { type: 'ref', of: 'meeting' },
    person: { type: 'ref', of: 'person' },
    before: { type: 'id', said: true },
  },
  lists: { chat: { path: '/meetings/{meeting}/chat', sort: ['-seq'], filter: ['before'], most: 200 } },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      chat: '会议留言',
      name: '姓名',
      text: '内容',
      at: '时间',
      meeting: '会议',
      person: '人员',
      before: '早于',
      'list.chat': '会议留言',
      'sort.seq': '发送顺序',
      'verb.read': '查看',
      'verb.export': '导出',
    },
    en: {
      chat: 'Chat',
      name: 'Name',
      text: 'Text',
      at: 'Time',
      meeting: 'Meeting',
      person: 'Person',
      before: 'Before',
      'list.chat': 'Chat',
      'sort.seq': 'Order',
      'verb.read': 'See',
      'verb.export': 'Export',
    },
  },
} as const satisfies SubjectMeta
