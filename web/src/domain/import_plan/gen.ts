// Printed by `yishid --print web/import_plan` of what the server declares (server/domain/import_plan).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type ImportPlanVerb = 'commit' | 'discard' | 'revert'
export type ImportPlanState = 'planned' | 'committed' | 'discarded' | 'reverted'

export interface ImportPlan {
  id: string
  state: ImportPlanState
  subject: string
  file: string
  digest: string
  creates: number
  updates: number
  skips: number
  errors: number
  created_at: number
  version: number
  columns: unknown[]
  may: ImportPlanVerb[]
}

export interface ImportPlanCommit {
  seen: string
  valid_only?: boolean
}

export interface ImportPlanImportsQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  subject?: string
}

export interface ImportPlanTypes {
  row: ImportPlan
  lists: {
    imports: ImportPlanImportsQuery
  }
  forms: {
    commit: ImportPlanCommit
    discard: object
    revert: object
  }
}

export const import_plan = {
  name: 'import_plan',
  fields: {
    subject: { type: 'text', least: 1, most: 32 },
    file: { type: 'text', least: 0, most: 200 },
    digest: { type: 'text', least: 64, most: 64, of: 'a-f0-9' },
    creates: { type: 'int', least: 0, most: 1000000 },
    updates: { type: 'int', least: 0, most: 1000000 },
    skips: { type: 'int', least: 0, most: 1000000 },
    errors: { type: 'int', least: 0, most: 1000000 },
    created_at: { type: 'time' },
    seen: { type: 'text', least: 64, most: 64, of: 'a-f0-9', said: true },
    valid_only: { type: 'bool', said: true },
  },
  lists: { imports: { path: '/imports', sort: ['-created_at'], filter: ['subject'], most: 200 } },
  one: '/imports/{import_plan}',
  events: '/imports/{import_plan}/events',
  forms: {},
  states: [
    { name: 'planned', open: true },
    { name: 'committed' },
    { name: 'discarded', final: true },
    { name: 'reverted', final: true },
  ],
  steps: {
    commit: {
      method: 'POST',
      path: '/imports/{import_plan}/commit',
      verb: 'commit',
      fields: [
        { name: 'seen', needed: true },
        { name: 'valid_only', needed: false },
      ],
      from: ['planned'],
      to: 'committed',
    },
    discard: {
      method: 'POST',
      path: '/imports/{import_plan}/discard',
      verb: 'discard',
      fields: [],
      from: ['planned'],
      to: 'discarded',
    },
    revert: {
      method: 'POST',
      path: '/imports/{import_plan}/revert',
      verb: 'revert',
      fields: [],
      from: ['committed'],
      to: 'reverted',
    },
  },
  words: {
    zh: {
      import_plan: '导入',
      subject: '对象',
      file: '文件',
      digest: '校验值',
      creates: '新增',
      updates: '修改',
      skips: '无变化',
      errors: '有误',
      created_at: '导入时间',
      seen: '预览的校验值',
      valid_only: '只导入无误的行',
      'valid_only.true': '是',
      'valid_only.false': '否',
      'list.imports': '导入记录',
      state: '状态',
      'state.planned': '待确认',
      'state.committed': '已导入',
      'state.discarded': '已放弃',
      'state.reverted': '已撤回',
      'verb.plan': '预览',
      'verb.read': '查看',
      'verb.commit': '确认导入',
      'verb.discard': '放弃',
      'verb.revert': '撤回导入',
      'scope.own': '本人的导入',
      'code.has_errors': '有 {errors} 行有误，未导入任何一行。请改正后重新上传，或选择只导入无误的行。',
      'code.moved': '预览之后数据已有变动（第 {row} 行），未导入任何一行。请重新上传预览。',
      'code.other_plan': '这份导入与您预览的不一致，未导入任何一行。请重新打开预览。',
      'code.row_refused': '第 {row} 行不能写入，未导入任何一行。',
      'code.later': '第 {row} 行的记录在导入后又有变动或已被使用，不能撤回。',
      'code.too_late': '导入已过很久，其各行的原值不再保存，不能撤回。请逐条更正。',
      'code.unreadable': '文件无法读取：请上传 XLSX 或 CSV 文件。',
      'code.encrypted': '文件有密码或为旧版 XLS 格式：请另存为不加密的 XLSX。',
      'code.encoding': '文件的文字编码无法识别：请存为 UTF-8 或 GB18030。',
      'code.too_large': '表格过大：最多 20000 行、100 列。',
      'code.empty': '表格里没有数据行。',
      'code.heads': '表头里没有可导入的列。',
      'code.head_twice': '表头“{head}”出现两次。',
      'code.no_file': '请选择要导入的文件。',
    },
    en: {
      import_plan: 'Import',
      subject: 'What it is about',
      file: 'File',
      digest: 'Digest',
      creates: 'New',
      updates: 'Changed',
      skips: 'As they are',
      errors: 'Wrong',
      created_at: 'Brought at',
      seen: 'Digest of the preview',
      valid_only: 'Only the rows without mistakes',
      'valid_only.true': 'Yes',
      'valid_only.false': 'No',
      'list.imports': 'Imports',
      state: 'State',
      'state.planned': 'To be confirmed',
      'state.committed': 'Imported',
      'state.discarded': 'Discarded',
      'state.reverted': 'Taken back',
      'verb.plan': 'Preview',
      'verb.read': 'See',
      'verb.commit': 'Import',
      'verb.discard': 'Discard',
      'verb.revert': 'Take back',
      'scope.own': 'One’s own imports',
      'code.has_errors':
        '{errors} rows are wrong, and nothing was imported. Correct them and bring the table again, or import only the others.',
      'code.moved':
        'Something has changed since the preview (row {row}), and nothing was imported. Bring the table again.',
      'code.other_plan':
        'This import is not the one that you looked at, and nothing was imported. Open its preview again.',
      'code.row_refused': 'Row {row} cannot be written, and nothing was imported.',
      'code.later': 'The record of row {row} was changed or used since, so the import cannot be taken back.',
      'code.too_late':
        'This import is too long ago: what its rows were before is not kept any more, so it cannot be taken back. Correct the records one by one.',
      'code.unreadable': 'The file cannot be read: bring an XLSX or CSV file.',
      'code.encrypted': 'The file has a password or is of the old XLS format: save it as XLSX without one.',
      'code.encoding': 'The encoding of the file is not known: save it as UTF-8 or GB18030.',
      'code.too_large': 'The table is too large: at most 20,000 rows and 100 columns.',
      'code.empty': 'There are no rows in the table.',
      'code.heads': 'None of the heads is a column that can be imported.',
      'code.head_twice': 'The head “{head}” is there twice.',
      'code.no_file': 'Choose the file to import.',
    },
  },
} as const satisfies SubjectMeta
