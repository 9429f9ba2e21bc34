// Printed by `yishid --print web/notice` of what the server declares (server/domain/notice).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type NoticeSeverity = 'normal' | 'urgent'
export type NoticeVerb = 'tick'

export interface Notice {
  id: string
  posted_at: number
  read_at: number | null
  version: number
  code: string
  severity: NoticeSeverity
  subject: string
  record: string
  times: number
  params?: string
  person: {
    id: string
    name: string
  }
  actor: {
    id: string
    name: string
  }
  ways?: { channel: 'email' | 'sms' | 'webhook' | 'push'; state: 'queued' | 'sent' | 'failed' | 'read'; at: number }[]
  may: NoticeVerb[]
}

export interface NoticeNoticesQuery extends ListQuery {
  sort?: 'posted_at' | '-posted_at'
  unread?: boolean
  severity?: Several<NoticeSeverity>
}

export interface NoticeOfRecordQuery extends ListQuery {
  sort?: 'posted_at' | '-posted_at'
  subject?: string
  record?: string
  unread?: boolean
}

export interface NoticeTypes {
  row: Notice
  lists: {
    notices: NoticeNoticesQuery
    of_record: NoticeOfRecordQuery
  }
  forms: {
    tick: object
  }
}

export const notice = {
  name: 'notice',
  fields: {
    person: { type: 'ref', of: 'person' },
    code: { type: 'text', least: 1, most: 60 },
    severity: { type: 'word', of: ['normal', 'urgent'] },
    subject: { type: 'text', least: 1, most: 40, of: 'a-z_' },
    record: { type: 'id' },
    times: { type: 'int', least: 1, most: 2147483647 },
    params: { type: 'text', least: 2, most: 4000, see: 'read' },
    posted_at: { type: 'time' },
    read_at: { type: 'time', optional: true },
    ways: { type: 'list', least: 0, most: 4, see: 'follow' },
    unread: { type: 'bool', said: true },
  },
  lists: {
    notices: {
      path: '/notices',
      sort: ['-posted_at'],
      filter: ['unread', 'severity'],
      counts: ['unread', 'severity'],
      most: 200,
    },
    of_record: {
      path: '/notices/of_record',
      sort: ['posted_at'],
      filter: ['subject', 'record', 'unread'],
      counts: ['unread'],
      most: 1000,
    },
  },
  one: '/notices/{notice}',
  forms: { tick: { method: 'POST', path: '/notices/{notice}/tick', verb: 'tick', fields: [] } },
  states: [],
  steps: {},
  words: {
    zh: {
      notice: '通知',
      person: '接收人',
      code: '事项',
      severity: '紧急程度',
      'severity.normal': '普通',
      'severity.urgent': '紧急',
      subject: '记录类别',
      record: '记录',
      times: '次数',
      params: '详情',
      posted_at: '通知时间',
      read_at: '阅读时间',
      ways: '发送方式',
      unread: '未读',
      'unread.true': '未读',
      'unread.false': '已读',
      'list.notices': '我的通知',
      'list.of_record': '某条记录的通知',
      'verb.read': '查看',
      'verb.tick': '标为已读',
      'verb.export': '导出',
      'verb.follow': '查看谁未读',
      'scope.own': '本人的通知',
      'scope.clerk': '本人经办记录的通知',
    },
    en: {
      notice: 'Notice',
      person: 'To',
      code: 'What happened',
      severity: 'Urgency',
      'severity.normal': 'Normal',
      'severity.urgent': 'Urgent',
      subject: 'Kind of record',
      record: 'Record',
      times: 'Times',
      params: 'Details',
      posted_at: 'Told at',
      read_at: 'Read at',
      ways: 'Sent by',
      unread: 'Unread',
      'unread.true': 'Unread',
      'unread.false': 'Read',
      'list.notices': 'My notices',
      'list.of_record': 'Notices about a record',
      'verb.read': 'See',
      'verb.tick': 'Mark as read',
      'verb.export': 'Export',
      'verb.follow': 'See who has not read',
      'scope.own': "One's own notices",
      'scope.clerk': 'Notices about records that one works on',
    },
  },
} as const satisfies SubjectMeta
