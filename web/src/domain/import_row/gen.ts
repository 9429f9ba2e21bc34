// Printed by `yishid --print web/import_row` of what the server declares (server/domain/import_row).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type ImportRowOutcome = 'create' | 'update' | 'skip' | 'error'
export type ImportRowVerb = never

export interface ImportRow {
  id: string
  n: number
  outcome: ImportRowOutcome
  key: string
  target: string | null
  changes: unknown[]
  errors: unknown[]
  may: ImportRowVerb[]
}

export interface ImportRowOfImportQuery extends ListQuery {
  sort?: 'n' | '-n'
  outcome?: Several<ImportRowOutcome>
}

export interface ImportRowTypes {
  row: ImportRow
  lists: {
    of_import: ImportRowOfImportQuery
  }
  forms: {}
}

export const import_row = {
  name: 'import_row',
  fields: {
    n: { type: 'int', least: 1, most: 10000000 },
    outcome: { type: 'word', of: ['create', 'update', 'skip', 'error'] },
    key: { type: 'text', least: 0, most: 1000 },
  },
  lists: {
    of_import: {
      path: '/imports/{import_plan}/rows',
      sort: ['n'],
      filter: ['outcome'],
      counts: ['outcome'],
      most: 1000,
    },
  },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      import_row: '导入行',
      n: '行号',
      outcome: '处理',
      'outcome.create': '新增',
      'outcome.update': '修改',
      'outcome.skip': '无变化',
      'outcome.error': '有误',
      key: '内容',
      'list.of_import': '导入明细',
      'verb.read': '查看',
      'verb.export': '导出',
      'scope.own': '本人的导入',
    },
    en: {
      import_row: 'Row of an import',
      n: 'Row',
      outcome: 'What is done',
      'outcome.create': 'New',
      'outcome.update': 'Changed',
      'outcome.skip': 'As it is',
      'outcome.error': 'Wrong',
      key: 'What it is about',
      'list.of_import': 'Rows of an import',
      'verb.read': 'See',
      'verb.export': 'Export',
      'scope.own': 'One’s own imports',
    },
  },
} as const satisfies SubjectMeta
