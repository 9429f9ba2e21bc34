// Printed by `yishid --print web/deadline_rule` of what the server declares (server/domain/deadline_rule).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type DeadlineRuleCode = 'change'
export type DeadlineRuleUnit = 'hours' | 'days' | 'working_days' | 'months'
export type DeadlineRuleVerb = never

export interface DeadlineRule {
  id: string
  code: DeadlineRuleCode
  count: number
  unit: DeadlineRuleUnit
  warn: { count: number; unit: 'hours' | 'days' | 'working_days' | 'months' }[]
  is_pausable: boolean
  source: string
  starts_on: string
  version: number
  made_at: number
  made_by: {
    id: string
    name: string
  }
  may: DeadlineRuleVerb[]
}

export interface DeadlineRuleMake {
  code: DeadlineRuleCode
  count: number
  unit: DeadlineRuleUnit
  warn: { count: number; unit: 'hours' | 'days' | 'working_days' | 'months' }[]
  is_pausable: boolean
  source: string
  starts_on?: string
}

export interface DeadlineRuleDeadlineRulesQuery extends ListQuery {
  sort?: 'code' | '-code'
}

export interface DeadlineRuleAllQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  code?: Several<DeadlineRuleCode>
}

export interface DeadlineRuleTypes {
  row: DeadlineRule
  lists: {
    deadline_rules: DeadlineRuleDeadlineRulesQuery
    all: DeadlineRuleAllQuery
  }
  forms: {
    make: DeadlineRuleMake
  }
}

export const deadline_rule = {
  name: 'deadline_rule',
  fields: {
    code: { type: 'word', of: ['change'] },
    count: { type: 'int', least: 0, most: 1200 },
    unit: { type: 'word', of: ['hours', 'days', 'working_days', 'months'] },
    warn: { type: 'list', least: 0, most: 4 },
    is_pausable: { type: 'bool' },
    source: { type: 'text', least: 1, most: 200 },
    starts_on: { type: 'date' },
  },
  lists: {
    deadline_rules: { path: '/deadline_rules', sort: ['code'], filter: [], most: 200 },
    all: {
      path: '/deadline_rules/all',
      sort: ['-created_at'],
      filter: ['code'],
      counts: ['code'],
      most: 200,
    },
  },
  one: '/deadline_rules/{deadline_rule}',
  forms: {
    make: {
      method: 'POST',
      path: '/deadline_rules',
      verb: 'make',
      fields: [
        { name: 'code', needed: true },
        { name: 'count', needed: true },
        { name: 'unit', needed: true },
        { name: 'warn', needed: true },
        { name: 'is_pausable', needed: true },
        { name: 'source', needed: true },
        { name: 'starts_on', needed: false },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      deadline_rule: '办理时限规则',
      code: '事项',
      'code.change': '委员信息变更审核',
      count: '数量',
      unit: '单位',
      'unit.hours': '小时',
      'unit.days': '天',
      'unit.working_days': '工作日',
      'unit.months': '个月',
      warn: '提前提醒',
      is_pausable: '可以暂停计时',
      'is_pausable.true': '是',
      'is_pausable.false': '否',
      source: '依据',
      starts_on: '起用日期',
      'list.deadline_rules': '现行时限',
      'list.all': '全部版本',
      'sort.created_at': '制定时间',
      'verb.read': '查看',
      'verb.make': '制定新时限',
      'code.past': '新时限不能从过去的日子起用，已经开始的事项仍按原来的时限。',
    },
    en: {
      deadline_rule: 'Time limit',
      code: 'What it limits',
      'code.change': "Deciding a change of a member's data",
      count: 'How many',
      unit: 'Unit',
      'unit.hours': 'Hours',
      'unit.days': 'Days',
      'unit.working_days': 'Working days',
      'unit.months': 'Months',
      warn: 'Warnings before',
      is_pausable: 'Can be paused',
      'is_pausable.true': 'Yes',
      'is_pausable.false': 'No',
      source: 'Where it stands written',
      starts_on: 'In force from',
      'list.deadline_rules': 'Limits in force',
      'list.all': 'All versions',
      'sort.created_at': 'When it was made',
      'verb.read': 'See',
      'verb.make': 'Make a new one',
      'code.past': 'A new limit cannot begin on a day that is over: what began before keeps its own.',
    },
  },
} as const satisfies SubjectMeta
