// Printed by `yishid --print web/term` of what the server declares (server/domain/term).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type TermVerb = 'edit'

export interface Term {
  id: string
  no: number
  name: string
  starts_on: string
  ends_on: string
  version: number
  current: boolean
  may: TermVerb[]
}

export interface TermCreate {
  no: number
  name: string
  starts_on: string
  ends_on: string
}

export interface TermEdit {
  name?: string
  starts_on?: string
  ends_on?: string
}

export interface TermTermsQuery extends ListQuery {
  sort?: 'no' | '-no'
}

export interface TermTypes {
  row: Term
  lists: {
    terms: TermTermsQuery
  }
  forms: {
    create: TermCreate
    edit: TermEdit
  }
}

export const term = {
  name: 'term',
  fields: {
    no: { type: 'int', least: 1, most: 999 },
    name: { type: 'text', least: 1, most: 60 },
    starts_on: { type: 'date' },
    ends_on: { type: 'date' },
  },
  lists: { terms: { path: '/terms', sort: ['-no'], filter: [], most: 100 } },
  one: '/terms/{term}',
  events: '/terms/{term}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/terms',
      verb: 'create',
      fields: [
        { name: 'no', needed: true },
        { name: 'name', needed: true },
        { name: 'starts_on', needed: true },
        { name: 'ends_on', needed: true },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/terms/{term}',
      verb: 'edit',
      fields: [
        { name: 'name', needed: false },
        { name: 'starts_on', needed: false },
        { name: 'ends_on', needed: false },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      term: '届',
      no: '届次',
      name: '名称',
      starts_on: '起始日期',
      ends_on: '结束日期',
      'list.terms': '各届',
      'verb.read': '查看',
      'verb.create': '新增一届',
      'verb.edit': '修改',
      'verb.history': '查看历史',
      'code.ends_before': '结束日期不能早于起始日期。',
      'code.taken': '这一届已经登记。',
      'code.has_sessions': '本届已登记的全会日期不在所填的起止日期之内。',
      'code.overlaps': '与另一届的起止日期重叠。',
    },
    en: {
      term: 'Term',
      no: 'Number',
      name: 'Name',
      starts_on: 'First day',
      ends_on: 'Last day',
      'list.terms': 'Terms',
      'verb.read': 'See',
      'verb.create': 'Add a term',
      'verb.edit': 'Edit',
      'verb.history': 'See its history',
      'code.ends_before': 'The last day must not be before the first.',
      'code.taken': 'There is a term of this number already.',
      'code.has_sessions': 'A plenary of this term would be outside of it.',
      'code.overlaps': 'Another term has days of this one.',
    },
  },
} as const satisfies SubjectMeta
