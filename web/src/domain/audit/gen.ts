// Printed by `yishid --print web/audit` of what the server declares (server/domain/audit).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type AuditResult = 'ok' | 'refused' | 'failed'
export type AuditVerb = never

export interface Audit {
  seq: number
  at: number
  kind: string
  result: AuditResult
  address: string | null
  subject: {
    id: string
    name: string | null
  } | null
  object: string | null
  object_name: string | null
  about: string | null
  detail: Record<string, unknown>
  may: AuditVerb[]
}

export interface AuditAuditQuery extends ListQuery {
  sort?: 'seq' | '-seq'
  person?: Several<string>
  kind?: string
  of?: string
  record?: string
  result?: Several<AuditResult>
  since?: number
  until?: number
}

export interface AuditTypes {
  row: Audit
  lists: {
    audit: AuditAuditQuery
  }
  forms: {}
}

export const audit = {
  name: 'audit',
  fields: {
    at: { type: 'time' },
    kind: { type: 'text', least: 1, most: 40 },
    result: { type: 'word', of: ['ok', 'refused', 'failed'] },
    address: { type: 'text', least: 0, most: 128, optional: true },
    person: { type: 'ref', of: 'person', said: true },
    record: { type: 'id', said: true },
    of: { type: 'text', least: 1, most: 40, of: 'a-z_', said: true },
    since: { type: 'time', said: true },
    until: { type: 'time', said: true },
  },
  lists: {
    audit: {
      path: '/audit',
      sort: ['-seq'],
      filter: ['person', 'kind', 'of', 'record', 'result', 'since', 'until'],
      counts: ['person', 'result'],
      most: 200,
    },
  },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      audit: '审计记录',
      at: '时间',
      kind: '事件',
      result: '结果',
      'result.ok': '成功',
      'result.refused': '被拒绝',
      'result.failed': '失败',
      address: '来源地址',
      person: '操作人',
      record: '对象',
      of: '记录类别',
      since: '自',
      until: '至',
      'list.audit': '审计记录',
      'sort.seq': '记录顺序',
      'verb.read': '查看',
      'verb.export': '导出',
    },
    en: {
      audit: 'Audit record',
      at: 'Time',
      kind: 'Event',
      result: 'Result',
      'result.ok': 'Done',
      'result.refused': 'Refused',
      'result.failed': 'Failed',
      address: 'Address',
      person: 'Who',
      record: 'Object',
      of: 'Kind of record',
      since: 'From',
      until: 'Until',
      'list.audit': 'Audit record',
      'sort.seq': 'Order of the record',
      'verb.read': 'See',
      'verb.export': 'Export',
    },
  },
} as const satisfies SubjectMeta
