// Printed by `yishid --print web/delegation` of what the server declares (server/domain/delegation).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type DelegationVerb = 'revoke'

export interface Delegation {
  id: string
  starts_on: string
  ends_on: string
  reason: string
  version: number
  created_at: number
  is_revoked: boolean
  idle_min: number
  giver: {
    id: string
    name: string
  }
  deputy: {
    id: string
    name: string
  }
  verbs: string[]
  may: DelegationVerb[]
}

export interface DelegationCreate {
  deputy: string
  starts_on: string
  ends_on: string
  reason: string
  verbs: string[]
}

export interface DelegationDelegationsQuery extends ListQuery {
  sort?: 'starts_on' | '-starts_on'
  giver?: Several<string>
  deputy?: Several<string>
}

export interface DelegationOnDayQuery extends ListQuery {
  sort?: 'starts_on' | '-starts_on'
  giver?: Several<string>
  deputy?: Several<string>
}

export interface DelegationTypes {
  row: Delegation
  lists: {
    delegations: DelegationDelegationsQuery
    on_day: DelegationOnDayQuery
  }
  forms: {
    create: DelegationCreate
    revoke: object
  }
}

export const delegation = {
  name: 'delegation',
  fields: {
    giver: { type: 'ref', of: 'person' },
    deputy: { type: 'ref', of: 'person' },
    starts_on: { type: 'date' },
    ends_on: { type: 'date' },
    reason: { type: 'text', least: 1, most: 200 },
    idle_min: { type: 'int', least: 1, most: 480, said: true },
    verbs: { type: 'list', least: 1, most: 100, said: true },
  },
  lists: {
    delegations: {
      path: '/delegations',
      sort: ['-starts_on'],
      filter: ['giver', 'deputy'],
      counts: ['giver', 'deputy'],
      most: 200,
    },
    on_day: {
      path: '/delegations/on_day',
      sort: ['starts_on'],
      filter: ['giver', 'deputy'],
      counts: ['giver', 'deputy'],
      most: 200,
    },
  },
  one: '/delegations/{delegation}',
  events: '/delegations/{delegation}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/delegations',
      verb: 'create',
      fields: [
        { name: 'deputy', needed: true },
        { name: 'starts_on', needed: true },
        { name: 'ends_on', needed: true },
        { name: 'reason', needed: true },
        { name: 'verbs', needed: true },
      ],
    },
    revoke: { method: 'POST', path: '/delegations/{delegation}/revoke', verb: 'revoke', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      delegation: '代办授权',
      giver: '授权人',
      deputy: '代办人',
      starts_on: '开始日期',
      ends_on: '结束日期',
      reason: '事由',
      idle_min: '不操作自动结束（分钟）',
      verbs: '可代办的事项',
      'list.delegations': '代办授权',
      'list.on_day': '当日有效的代办授权',
      'verb.create': '授权代办',
      'verb.read': '查看',
      'verb.revoke': '收回',
      'verb.export': '导出',
      'scope.given': '本人授出的',
      'scope.taken': '授予本人的',
      'code.unknown': '代办人应为另一位可以登录的人员。',
      'code.administrator': '系统、安全、审计管理员不能授权他人代办，也不能代办。',
      'code.ends_before': '结束日期不能早于开始日期，也不能早于今天。',
      'code.too_long': '代办授权最长 366 天。',
      'code.not_yours': '只能授出本人拥有的权限。',
      'code.revoked': '这项授权已经收回。',
      'notice.given': '{giver}授权您在 {starts_on} 至 {ends_on} 期间代办事项',
      'notice.revoked': '{giver}给{deputy}的代办授权已收回',
    },
    en: {
      delegation: 'Delegation',
      giver: 'Given by',
      deputy: 'Deputy',
      starts_on: 'First day',
      ends_on: 'Last day',
      reason: 'Reason',
      idle_min: 'Ends when idle, after minutes',
      verbs: 'What may be done',
      'list.delegations': 'Delegations',
      'list.on_day': 'Delegations that hold on a day',
      'verb.create': 'Delegate',
      'verb.read': 'See',
      'verb.revoke': 'Revoke',
      'verb.export': 'Export',
      'scope.given': 'Given by oneself',
      'scope.taken': 'Given to oneself',
      'code.unknown': 'The deputy must be another person who can sign in.',
      'code.administrator': 'Administrators neither delegate nor act as deputies.',
      'code.ends_before': 'The last day must be neither before the first nor before today.',
      'code.too_long': 'A delegation holds for 366 days at most.',
      'code.not_yours': 'One can only delegate what one may do oneself.',
      'code.revoked': 'This delegation was revoked already.',
      'notice.given': '{giver} asks you to act as deputy from {starts_on} to {ends_on}',
      'notice.revoked': 'The delegation of {giver} to {deputy} was revoked',
    },
  },
} as const satisfies SubjectMeta
