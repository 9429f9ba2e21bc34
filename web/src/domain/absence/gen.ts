// Printed by `yishid --print web/absence` of what the server declares (server/domain/absence).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type AbsenceVerb = 'edit' | 'cancel'

export interface Absence {
  id: string
  starts_on: string
  ends_on: string
  reason?: string | null
  version: number
  is_cancelled: boolean
  deputies: string | null
  person: {
    id: string
    name: string
  }
  may: AbsenceVerb[]
}

export interface AbsenceCreate {
  person?: string
  starts_on: string
  ends_on: string
  reason?: string | null
}

export interface AbsenceEdit {
  starts_on?: string
  ends_on?: string
  reason?: string | null
}

export interface AbsenceAbsencesQuery extends ListQuery {
  sort?: 'starts_on' | '-starts_on' | 'name' | '-name'
  person?: Several<string>
}

export interface AbsenceComingQuery extends ListQuery {
  sort?: 'starts_on' | '-starts_on'
  person?: Several<string>
}

export interface AbsenceOfPersonQuery extends ListQuery {
  sort?: 'starts_on' | '-starts_on'
}

export interface AbsenceTypes {
  row: Absence
  lists: {
    absences: AbsenceAbsencesQuery
    coming: AbsenceComingQuery
    of_person: AbsenceOfPersonQuery
  }
  forms: {
    create: AbsenceCreate
    edit: AbsenceEdit
    cancel: object
  }
}

export const absence = {
  name: 'absence',
  fields: {
    person: { type: 'ref', of: 'person' },
    starts_on: { type: 'date' },
    ends_on: { type: 'date' },
    reason: { type: 'text', least: 1, most: 200, optional: true, see: 'reasons' },
    is_cancelled: { type: 'bool', said: true },
    deputies: { type: 'text', least: 1, most: 5000, optional: true },
  },
  lists: {
    absences: {
      path: '/absences',
      sort: ['starts_on', 'name'],
      filter: ['person'],
      counts: ['person'],
      most: 500,
    },
    coming: {
      path: '/absences/coming',
      sort: ['starts_on'],
      filter: ['person'],
      counts: ['person'],
      most: 500,
    },
    of_person: { path: '/people/{person}/absences', sort: ['-starts_on'], filter: [], most: 200 },
  },
  one: '/absences/{absence}',
  events: '/absences/{absence}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/absences',
      verb: 'create',
      fields: [
        { name: 'person', needed: false },
        { name: 'starts_on', needed: true },
        { name: 'ends_on', needed: true },
        { name: 'reason', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/absences/{absence}',
      verb: 'edit',
      fields: [
        { name: 'starts_on', needed: false },
        { name: 'ends_on', needed: false },
        { name: 'reason', needed: false },
      ],
    },
    cancel: { method: 'POST', path: '/absences/{absence}/cancel', verb: 'cancel', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      absence: '外出',
      person: '人员',
      starts_on: '开始日期',
      ends_on: '结束日期',
      reason: '事由',
      is_cancelled: '是否取消',
      'is_cancelled.true': '已取消',
      'is_cancelled.false': '未取消',
      deputies: '代办人',
      'list.absences': '当日外出',
      'sort.name': '姓名',
      'list.coming': '外出安排',
      'list.of_person': '个人外出',
      'verb.read': '查看',
      'verb.reasons': '查看事由',
      'verb.edit': '修改',
      'verb.cancel': '取消',
      'verb.history': '查看历史',
      'verb.export': '导出',
      'verb.create': '登记外出',
      'scope.own': '本人的外出',
      'code.unknown': '没有这个人员。',
      'code.ends_before': '结束日期不能早于开始日期。',
      'code.too_long': '超过了一次外出的最长天数。',
      'code.cancelled': '这项外出登记已经取消，请重新登记。',
    },
    en: {
      absence: 'Absence',
      person: 'Person',
      starts_on: 'First day',
      ends_on: 'Last day',
      reason: 'Reason',
      is_cancelled: 'Cancelled',
      'is_cancelled.true': 'Cancelled',
      'is_cancelled.false': 'Not cancelled',
      deputies: 'Deputies',
      'list.absences': 'Absent on a day',
      'sort.name': 'Name',
      'list.coming': 'Absences now and to come',
      'list.of_person': 'Absences of a person',
      'verb.read': 'See',
      'verb.reasons': 'See why',
      'verb.edit': 'Edit',
      'verb.cancel': 'Cancel',
      'verb.history': 'See its history',
      'verb.export': 'Export',
      'verb.create': 'Enter an absence',
      'scope.own': "One's own",
      'code.unknown': 'There is no such person.',
      'code.ends_before': 'The last day must not be before the first.',
      'code.too_long': 'It is longer than one absence may be.',
      'code.cancelled': 'This absence was cancelled; please enter a new one.',
    },
  },
} as const satisfies SubjectMeta
