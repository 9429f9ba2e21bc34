// Printed by `yishid --print web/login_failure` of what the server declares (server/domain/login_failure).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type LoginFailureVerb = never

export interface LoginFailure {
  person: string
  last_at: number
  locked_until: number | null
  failures: number
  name: string
  may: LoginFailureVerb[]
}

export interface LoginFailureLoginFailuresQuery extends ListQuery {
  sort?: 'last_at' | '-last_at'
  locked?: boolean
}

export interface LoginFailureTypes {
  row: LoginFailure
  lists: {
    login_failures: LoginFailureLoginFailuresQuery
  }
  forms: {}
}

export const login_failure = {
  name: 'login_failure',
  fields: {
    last_at: { type: 'time' },
    locked_until: { type: 'time', optional: true },
    locked: { type: 'bool', said: true },
  },
  lists: {
    login_failures: {
      path: '/login_failures',
      sort: ['-last_at'],
      filter: ['locked'],
      counts: ['locked'],
      most: 200,
    },
  },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      login_failure: '登录失败',
      last_at: '最近一次',
      locked_until: '锁定至',
      locked: '锁定',
      'locked.true': '已锁定',
      'locked.false': '未锁定',
      'list.login_failures': '登录失败',
      'verb.read': '查看',
      'verb.export': '导出',
    },
    en: {
      login_failure: 'Failed log-ins',
      last_at: 'Last',
      locked_until: 'Locked until',
      locked: 'Locked',
      'locked.true': 'Locked',
      'locked.false': 'Not locked',
      'list.login_failures': 'Failed log-ins',
      'verb.read': 'See',
      'verb.export': 'Export',
    },
  },
} as const satisfies SubjectMeta
