// Printed by `yishid --print web/inbox` of what the server declares (server/domain/inbox).
import type { SubjectMeta } from '@/model/meta'

export type InboxLanguage = 'zh' | 'en'
export type InboxVerb = 'edit' | 'tick_all' | 'test'

export interface Inbox {
  id: string
  language: InboxLanguage
  email: string | null
  phone: string | null
  by_email: boolean
  by_sms: boolean
  by_push: boolean
  webhook: string | null
  webhook_secret?: string | null
  version: number
  unread: number | null
  urgent: number | null
  channels: string | null
  push_key: string | null
  may: InboxVerb[]
}

export interface InboxEdit {
  language?: InboxLanguage
  email?: string | null
  phone?: string | null
  by_email?: boolean
  by_sms?: boolean
  by_push?: boolean
  webhook?: string | null
}

export interface InboxTypes {
  row: Inbox
  lists: {}
  forms: {
    edit: InboxEdit
    tick_all: object
    test: object
  }
}

export const inbox = {
  name: 'inbox',
  fields: {
    language: { type: 'word', of: ['zh', 'en'] },
    email: { type: 'text', least: 3, most: 254, of: 'a-zA-Z0-9.+_@-', optional: true },
    phone: { type: 'text', least: 8, most: 16, of: '0-9+', optional: true },
    by_email: { type: 'bool' },
    by_sms: { type: 'bool' },
    by_push: { type: 'bool' },
    webhook: { type: 'text', least: 12, most: 500, optional: true },
    webhook_secret: { type: 'text', least: 8, most: 100, optional: true, see: 'edit' },
  },
  lists: {},
  one: '/inboxes/{inbox}',
  forms: {
    edit: {
      method: 'PATCH',
      path: '/inboxes/{inbox}',
      verb: 'edit',
      fields: [
        { name: 'language', needed: false },
        { name: 'email', needed: false },
        { name: 'phone', needed: false },
        { name: 'by_email', needed: false },
        { name: 'by_sms', needed: false },
        { name: 'by_push', needed: false },
        { name: 'webhook', needed: false },
      ],
    },
    tick_all: { method: 'POST', path: '/inboxes/{inbox}/tick_all', verb: 'tick_all', fields: [] },
    test: { method: 'POST', path: '/inboxes/{inbox}/test', verb: 'test', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      inbox: '收件箱',
      language: '通知语言',
      'language.zh': '中文',
      'language.en': '英文',
      email: '电子邮箱',
      phone: '手机号码',
      by_email: '邮件提醒',
      'by_email.true': '是',
      'by_email.false': '否',
      by_sms: '短信提醒',
      'by_sms.true': '是',
      'by_sms.false': '否',
      by_push: '浏览器推送',
      'by_push.true': '是',
      'by_push.false': '否',
      webhook: '网络回调地址',
      webhook_secret: '回调签名密钥',
      'verb.read': '查看',
      'verb.edit': '修改通知设置',
      'verb.tick_all': '全部标为已读',
      'verb.test': '发送测试通知',
      'scope.own': '本人的收件箱',
      'code.too_soon': '刚刚发送过测试通知，请一分钟后再试。',
      'notice.test': '这是一条测试通知：收到即表示通知渠道正常',
    },
    en: {
      inbox: 'Inbox',
      language: 'Language of notices',
      'language.zh': 'Chinese',
      'language.en': 'English',
      email: 'Email address',
      phone: 'Mobile number',
      by_email: 'By email',
      'by_email.true': 'Yes',
      'by_email.false': 'No',
      by_sms: 'By text message',
      'by_sms.true': 'Yes',
      'by_sms.false': 'No',
      by_push: 'By browser push',
      'by_push.true': 'Yes',
      'by_push.false': 'No',
      webhook: 'Webhook address',
      webhook_secret: 'Webhook signing secret',
      'verb.read': 'See',
      'verb.edit': 'Change inbox settings',
      'verb.tick_all': 'Mark all as read',
      'verb.test': 'Send a test notice',
      'scope.own': "One's own inbox",
      'code.too_soon': 'A test was sent just now; please wait a minute.',
      'notice.test': 'This is a test: notices reach you this way',
    },
  },
} as const satisfies SubjectMeta
