// Printed by `yishid --print web/delivery` of what the server declares (server/domain/delivery).
import type { NoticeSeverity } from '@/domain/notice/gen'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type DeliveryChannel = 'email' | 'sms' | 'webhook' | 'push'
export type DeliveryState = 'queued' | 'sent' | 'failed' | 'read'
export type DeliveryVerb = 'retry'

export interface Delivery {
  id: string
  channel: DeliveryChannel
  state: DeliveryState
  at: number
  attempts: number
  next_at: number | null
  reason: string | null
  created_at: number
  version: number
  code: string
  severity: NoticeSeverity
  person: {
    id: string
    name: string
  }
  may: DeliveryVerb[]
}

export interface DeliveryDeliveriesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<DeliveryState>
  channel?: Several<DeliveryChannel>
}

export interface DeliveryTypes {
  row: Delivery
  lists: {
    deliveries: DeliveryDeliveriesQuery
  }
  forms: {
    retry: object
  }
}

export const delivery = {
  name: 'delivery',
  fields: {
    channel: { type: 'word', of: ['email', 'sms', 'webhook', 'push'] },
    state: { type: 'word', of: ['queued', 'sent', 'failed', 'read'] },
    at: { type: 'time' },
    attempts: { type: 'int', least: 0, most: 100 },
    next_at: { type: 'time', optional: true },
    reason: { type: 'text', least: 0, most: 300, optional: true },
    created_at: { type: 'time' },
  },
  lists: {
    deliveries: {
      path: '/deliveries',
      sort: ['-created_at'],
      filter: ['state', 'channel'],
      counts: ['state', 'channel'],
      most: 200,
    },
  },
  one: '/deliveries/{delivery}',
  forms: { retry: { method: 'POST', path: '/deliveries/{delivery}/retry', verb: 'retry', fields: [] } },
  states: [],
  steps: {},
  words: {
    zh: {
      delivery: '发送记录',
      channel: '渠道',
      'channel.email': '邮件',
      'channel.sms': '短信',
      'channel.webhook': '网络回调',
      'channel.push': '浏览器推送',
      state: '状态',
      'state.queued': '等待发送',
      'state.sent': '已发送',
      'state.failed': '发送失败',
      'state.read': '已在系统内阅读',
      at: '状态时间',
      attempts: '尝试次数',
      next_at: '下次尝试',
      reason: '失败原因',
      created_at: '产生时间',
      'list.deliveries': '发送队列',
      'verb.read': '查看',
      'verb.retry': '重新发送',
      'verb.export': '导出',
      'code.not_failed': '只有发送失败的才能重新发送。',
    },
    en: {
      delivery: 'Delivery',
      channel: 'By',
      'channel.email': 'Email',
      'channel.sms': 'Text message',
      'channel.webhook': 'Webhook',
      'channel.push': 'Browser push',
      state: 'State',
      'state.queued': 'Waiting',
      'state.sent': 'Sent',
      'state.failed': 'Failed',
      'state.read': 'Read in the inbox',
      at: 'Since',
      attempts: 'Attempts',
      next_at: 'Next attempt',
      reason: 'Why it failed',
      created_at: 'Made',
      'list.deliveries': 'Deliveries',
      'verb.read': 'See',
      'verb.retry': 'Try again',
      'verb.export': 'Export',
      'code.not_failed': 'Only what failed can be tried again.',
    },
  },
} as const satisfies SubjectMeta
