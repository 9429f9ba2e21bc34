// Printed by `yishid --print web/calendar_year` of what the server declares (server/domain/calendar_year).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type CalendarYearVerb = 'check' | 'activate' | 'refuse'
export type CalendarYearState = 'loaded' | 'checked' | 'active' | 'refused' | 'replaced'

export interface CalendarYear {
  id: string
  state: CalendarYearState
  year: number
  source: string
  version: number
  loaded_by: {
    id: string
    name: string
  }
  days: { date: string; kind: 'work' | 'off'; note: string }[]
  may: CalendarYearVerb[]
}

export interface CalendarYearLoad {
  year: number
  source: string
  days: { date: string; kind: 'work' | 'off'; note: string }[]
}

export interface CalendarYearRefuse {
  note: string
}

export interface CalendarYearCalendarYearsQuery extends ListQuery {
  sort?: 'year' | '-year'
  year?: number
  state?: Several<CalendarYearState>
}

export interface CalendarYearTypes {
  row: CalendarYear
  lists: {
    calendar_years: CalendarYearCalendarYearsQuery
  }
  forms: {
    load: CalendarYearLoad
    check: object
    activate: object
    refuse: CalendarYearRefuse
  }
}

export const calendar_year = {
  name: 'calendar_year',
  fields: {
    year: { type: 'int', least: 2000, most: 2199 },
    source: { type: 'text', least: 1, most: 200 },
    days: { type: 'list', least: 1, most: 366 },
    note: { type: 'text', least: 1, most: 500, said: true },
  },
  lists: {
    calendar_years: {
      path: '/calendar_years',
      sort: ['-year'],
      filter: ['year', 'state'],
      counts: ['state'],
      most: 100,
    },
  },
  one: '/calendar_years/{calendar_year}',
  events: '/calendar_years/{calendar_year}/events',
  forms: {
    load: {
      method: 'POST',
      path: '/calendar_years',
      verb: 'load',
      fields: [
        { name: 'year', needed: true },
        { name: 'source', needed: true },
        { name: 'days', needed: true },
      ],
    },
  },
  states: [
    { name: 'loaded', open: true },
    { name: 'checked', open: true },
    { name: 'active' },
    { name: 'refused', final: true },
    { name: 'replaced', final: true },
  ],
  steps: {
    check: {
      method: 'POST',
      path: '/calendar_years/{calendar_year}/check',
      verb: 'check',
      fields: [],
      from: ['loaded'],
      to: 'checked',
      decides: true,
    },
    activate: {
      method: 'POST',
      path: '/calendar_years/{calendar_year}/activate',
      verb: 'activate',
      fields: [],
      from: ['checked'],
      to: 'active',
    },
    refuse: {
      method: 'POST',
      path: '/calendar_years/{calendar_year}/refuse',
      verb: 'refuse',
      fields: [{ name: 'note', needed: true }],
      from: ['loaded', 'checked'],
      to: 'refused',
    },
  },
  words: {
    zh: {
      calendar_year: '年度工作日历',
      year: '年份',
      source: '依据',
      days: '节假日和调休',
      note: '说明',
      'list.calendar_years': '工作日历',
      state: '状态',
      'state.loaded': '待核对',
      'state.checked': '已核对',
      'state.active': '已启用',
      'state.refused': '已退回',
      'state.replaced': '已被替换',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.load': '导入',
      'verb.check': '核对无误',
      'verb.activate': '启用',
      'verb.refuse': '退回',
      'verb.replace': '替换',
      'verb.history': '查看历史',
      'scope.party': '本人导入的日历',
      'code.other_year': '有日期不属于这一年。',
      'code.twice': '有日期重复。',
      'code.gap': '须先启用与已启用年份相邻的年份，中间不能缺年。',
    },
    en: {
      calendar_year: 'Year of the calendar',
      year: 'Year',
      source: 'Source',
      days: 'Holidays and worked weekends',
      note: 'Note',
      'list.calendar_years': 'Calendar',
      state: 'State',
      'state.loaded': 'Loaded',
      'state.checked': 'Checked',
      'state.active': 'Active',
      'state.refused': 'Refused',
      'state.replaced': 'Replaced',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.load': 'Load',
      'verb.check': 'Check',
      'verb.activate': 'Activate',
      'verb.refuse': 'Refuse',
      'verb.replace': 'Replace',
      'verb.history': 'See its history',
      'scope.party': 'What one loaded oneself',
      'code.other_year': 'A day is of another year.',
      'code.twice': 'A day comes twice.',
      'code.gap': 'A year between this one and those that are active is missing: activate that first.',
    },
  },
} as const satisfies SubjectMeta
