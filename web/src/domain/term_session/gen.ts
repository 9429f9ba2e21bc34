// Printed by `yishid --print web/term_session` of what the server declares (server/domain/term_session).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type TermSessionVerb = 'edit' | 'window'

export interface TermSession {
  id: string
  no: number
  name: string
  plenary_from: string
  plenary_to: string
  proposal_open_at: number | null
  proposal_close_at: number | null
  version: number
  term: {
    id: string
    no: number
    name: string
  }
  takes_proposals: boolean
  may: TermSessionVerb[]
}

export interface TermSessionCreate {
  term: string
  no: number
  name: string
  plenary_from: string
  plenary_to: string
  proposal_open_at?: number | null
  proposal_close_at?: number | null
}

export interface TermSessionEdit {
  name?: string
  plenary_from?: string
  plenary_to?: string
}

export interface TermSessionWindow {
  proposal_open_at: number
  proposal_close_at: number
}

export interface TermSessionTermSessionsQuery extends ListQuery {
  sort?: 'plenary_from' | '-plenary_from'
}

export interface TermSessionOfTermQuery extends ListQuery {
  sort?: 'no' | '-no'
}

export interface TermSessionTypes {
  row: TermSession
  lists: {
    term_sessions: TermSessionTermSessionsQuery
    of_term: TermSessionOfTermQuery
  }
  forms: {
    create: TermSessionCreate
    edit: TermSessionEdit
    window: TermSessionWindow
  }
}

export const term_session = {
  name: 'term_session',
  fields: {
    term: { type: 'ref', of: 'term' },
    no: { type: 'int', least: 1, most: 99 },
    name: { type: 'text', least: 1, most: 60 },
    plenary_from: { type: 'date' },
    plenary_to: { type: 'date' },
    proposal_open_at: { type: 'time', optional: true },
    proposal_close_at: { type: 'time', optional: true },
  },
  lists: {
    term_sessions: { path: '/term_sessions', sort: ['-plenary_from'], filter: [], most: 200 },
    of_term: { path: '/terms/{term}/sessions', sort: ['no'], filter: [], most: 100 },
  },
  one: '/term_sessions/{term_session}',
  events: '/term_sessions/{term_session}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/term_sessions',
      verb: 'create',
      fields: [
        { name: 'term', needed: true },
        { name: 'no', needed: true },
        { name: 'name', needed: true },
        { name: 'plenary_from', needed: true },
        { name: 'plenary_to', needed: true },
        { name: 'proposal_open_at', needed: false },
        { name: 'proposal_close_at', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/term_sessions/{term_session}',
      verb: 'edit',
      fields: [
        { name: 'name', needed: false },
        { name: 'plenary_from', needed: false },
        { name: 'plenary_to', needed: false },
      ],
    },
    window: {
      method: 'PATCH',
      path: '/term_sessions/{term_session}/window',
      verb: 'window',
      fields: [
        { name: 'proposal_open_at', needed: true },
        { name: 'proposal_close_at', needed: true },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      term_session: '次会议',
      term: '届',
      no: '次',
      name: '名称',
      plenary_from: '全会开始日期',
      plenary_to: '全会结束日期',
      proposal_open_at: '提案征集开始',
      proposal_close_at: '提案截止',
      'list.term_sessions': '历次会议',
      'list.of_term': '本届历次会议',
      'verb.read': '查看',
      'verb.create': '新增一次会议',
      'verb.edit': '修改',
      'verb.window': '设定提案征集时间',
      'verb.history': '查看历史',
      'code.unknown': '没有这一届。',
      'code.ends_before': '结束日期不能早于开始日期。',
      'code.taken': '这次会议已经登记。',
      'code.outside': '全会日期不在本届的起止日期之内。',
      'code.closes_before': '提案的开始和截止时间须同时填写，且截止须晚于开始。',
    },
    en: {
      term_session: 'Session',
      term: 'Term',
      no: 'Number',
      name: 'Name',
      plenary_from: 'Plenary from',
      plenary_to: 'Plenary until',
      proposal_open_at: 'Proposals from',
      proposal_close_at: 'Proposals until',
      'list.term_sessions': 'Sessions',
      'list.of_term': 'Sessions of a term',
      'verb.read': 'See',
      'verb.create': 'Add a session',
      'verb.edit': 'Edit',
      'verb.window': 'Set when proposals are taken',
      'verb.history': 'See its history',
      'code.unknown': 'There is no such term.',
      'code.ends_before': 'The plenary must not end before it begins.',
      'code.taken': 'The term has a session of this number already.',
      'code.outside': 'The plenary is outside of the term.',
      'code.closes_before': 'Proposals want both a beginning and an end after it, or neither.',
    },
  },
} as const satisfies SubjectMeta
