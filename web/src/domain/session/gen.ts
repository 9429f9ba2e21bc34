// Printed by `yishid --print web/session` of what the server declares (server/domain/session).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type SessionVerb = never

export interface Session {
  digest: string
  created_at: number
  last_seen_at: number
  expires_at: number
  address: string
  person: {
    id: string
    name: string
  }
  by_link: boolean
  may: SessionVerb[]
}

export interface SessionSessionsQuery extends ListQuery {
  sort?: 'last_seen_at' | '-last_seen_at'
  person?: Several<string>
}

export interface SessionTypes {
  row: Session
  lists: {
    sessions: SessionSessionsQuery
  }
  forms: {}
}

export const session = {
  name: 'session',
  fields: {
    person: { type: 'ref', of: 'person' },
    created_at: { type: 'time' },
    last_seen_at: { type: 'time' },
    expires_at: { type: 'time' },
    address: { type: 'text', least: 0, most: 128 },
    by_link: { type: 'bool', said: true },
  },
  lists: {
    sessions: {
      path: '/sessions',
      sort: ['-last_seen_at'],
      filter: ['person'],
      counts: ['person'],
      most: 200,
    },
  },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      session: '登录会话',
      person: '人员',
      created_at: '登录时间',
      last_seen_at: '最近活动',
      expires_at: '最迟失效',
      address: '来源地址',
      by_link: '凭链接进入',
      'by_link.true': '是',
      'by_link.false': '否',
      'list.sessions': '登录会话',
      'verb.read': '查看',
      'verb.export': '导出',
      'scope.own': '本人的会话',
    },
    en: {
      session: 'Session',
      person: 'Person',
      created_at: 'Signed in',
      last_seen_at: 'Last seen',
      expires_at: 'Ends at the latest',
      address: 'Address',
      by_link: 'By a personal link',
      'by_link.true': 'Yes',
      'by_link.false': 'No',
      'list.sessions': 'Sessions',
      'verb.read': 'See',
      'verb.export': 'Export',
      'scope.own': 'One’s own',
    },
  },
} as const satisfies SubjectMeta
