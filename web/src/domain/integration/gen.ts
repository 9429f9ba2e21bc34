// Printed by `yishid --print web/integration` of what the server declares (server/domain/integration).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type IntegrationKind = 'smtp' | 'webhook' | 'sms' | 'oidc'
export type IntegrationVerb = 'edit' | 'set_secret'

export interface Integration {
  id: string
  kind: IntegrationKind
  name: string
  url: string
  account: string | null
  sender: string | null
  active: boolean
  version: number
  has_secret: boolean
  secret_changed_at: number | null
  last_sent_at: number | null
  last_failed_at: number | null
  failure: string | null
  may: IntegrationVerb[]
}

export interface IntegrationCreate {
  kind: IntegrationKind
  name: string
  url: string
  account?: string | null
  sender?: string | null
  active: boolean
}

export interface IntegrationEdit {
  name?: string
  url?: string
  account?: string | null
  sender?: string | null
  active?: boolean
}

export interface IntegrationSetSecret {
  secret: string
}

export interface IntegrationIntegrationsQuery extends ListQuery {
  sort?: 'name' | '-name'
  kind?: Several<IntegrationKind>
}

export interface IntegrationTypes {
  row: Integration
  lists: {
    integrations: IntegrationIntegrationsQuery
  }
  forms: {
    create: IntegrationCreate
    edit: IntegrationEdit
    set_secret: IntegrationSetSecret
  }
}

export const integration = {
  name: 'integration',
  fields: {
    kind: { type: 'word', of: ['smtp', 'webhook', 'sms', 'oidc'] },
    name: { type: 'text', least: 1, most: 60 },
    url: { type: 'text', least: 8, most: 500, of: '!-~' },
    account: { type: 'text', least: 1, most: 200, optional: true },
    sender: { type: 'text', least: 3, most: 200, of: 'a-zA-Z0-9.+_@-', optional: true },
    active: { type: 'bool' },
    last_sent_at: { type: 'time', optional: true },
    last_failed_at: { type: 'time', optional: true },
    failure: { type: 'text', least: 1, most: 200, optional: true },
    secret: { type: 'text', least: 1, most: 500 },
  },
  lists: {
    integrations: { path: '/integrations', sort: ['name'], filter: ['kind'], counts: ['kind'], most: 200 },
  },
  one: '/integrations/{integration}',
  events: '/integrations/{integration}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/integrations',
      verb: 'create',
      fields: [
        { name: 'kind', needed: true },
        { name: 'name', needed: true },
        { name: 'url', needed: true },
        { name: 'account', needed: false },
        { name: 'sender', needed: false },
        { name: 'active', needed: true },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/integrations/{integration}',
      verb: 'edit',
      fields: [
        { name: 'name', needed: false },
        { name: 'url', needed: false },
        { name: 'account', needed: false },
        { name: 'sender', needed: false },
        { name: 'active', needed: false },
      ],
    },
    set_secret: {
      method: 'POST',
      path: '/integrations/{integration}/secret',
      verb: 'set_secret',
      fields: [{ name: 'secret', needed: true }],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      integration: '集成',
      kind: '类别',
      'kind.smtp': '邮件服务器',
      'kind.webhook': 'Webhook 推送',
      'kind.sms': '短信接口',
      'kind.oidc': '统一身份认证',
      name: '名称',
      url: '地址',
      account: '账号或客户端标识',
      sender: '发件地址',
      active: '启用',
      'active.true': '是',
      'active.false': '否',
      last_sent_at: '上次发送成功',
      last_failed_at: '上次发送失败',
      failure: '失败原因',
      secret: '密钥',
      'list.integrations': '集成',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.create': '新增',
      'verb.edit': '修改',
      'verb.set_secret': '设置密钥',
      'verb.history': '查看历史',
      'code.other_url': '地址不符合要求：邮件服务器用 smtps:// 或 smtp://，其他用 https://。',
      'code.no_sender': '请填写发件地址，如 yishi@example.org。',
      'code.taken': '同类集成已有一个在用，请先停用。',
    },
    en: {
      integration: 'Integration',
      kind: 'Kind',
      'kind.smtp': 'Mail server',
      'kind.webhook': 'Webhook',
      'kind.sms': 'Short message hook',
      'kind.oidc': 'Identity provider',
      name: 'Name',
      url: 'Address',
      account: 'Account or client',
      sender: 'Sender',
      active: 'In use',
      'active.true': 'Yes',
      'active.false': 'No',
      last_sent_at: 'Last sent',
      last_failed_at: 'Last failed',
      failure: 'Why it failed',
      secret: 'Secret',
      'list.integrations': 'Integrations',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.create': 'Add',
      'verb.edit': 'Edit',
      'verb.set_secret': 'Set the secret',
      'verb.history': 'See its history',
      'code.other_url': 'Not such an address: mail wants smtps:// or smtp://, others https://.',
      'code.no_sender': 'A mail server wants a sender, such as yishi@example.org.',
      'code.taken': 'Another one of this kind is in use: take that out of use first.',
    },
  },
} as const satisfies SubjectMeta
