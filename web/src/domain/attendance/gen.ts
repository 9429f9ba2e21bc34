// Printed by `yishid --print web/attendance` of what the server declares (server/domain/attendance).
import type { PersonKind } from '@/domain/person/gen'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type AttendanceResult = 'present' | 'observer' | 'leave' | 'absent'
export type AttendanceSeenState = AttendanceResult
export type AttendanceCapacity = 'attend' | 'observe' | 'invited' | 'host'
export type AttendanceDraftedState = AttendanceResult
export type AttendanceVerb = 'confirm' | 'decide'
export type AttendanceState = 'drafted' | 'confirmed'

export interface Attendance {
  id: string
  state: AttendanceState
  result: AttendanceResult | null
  late: boolean | null
  left_early: boolean | null
  remark?: string | null
  decided_at: number | null
  rules?: number | null
  seen_from?: number | null
  seen_to?: number | null
  seen_state?: AttendanceSeenState | null
  seen_late?: boolean | null
  seen_left_early?: boolean | null
  seen_s?: number | null
  version: number
  meeting: {
    id: string
    title: string
    planned_start: number
  }
  person: {
    id: string
    name: string
    kind: PersonKind
    sector: string
    organisation: string
  }
  code: string
  sector: {
    id: string
    name: string
  } | null
  capacity: AttendanceCapacity | null
  first_in: number | null
  last_out: number | null
  present_s: number
  connections: number
  window: {
    from: number | null
    to: number | null
  }
  drafted?: {
    state: AttendanceDraftedState
    late: boolean
    left_early: boolean
  }
  segments?: { in: number; out: number | null; device: string; address: string; ended_by: 'left' | 'dropped' | 'removed' | 'revoked' | 'replaced' | 'ended' | 'shutdown' | 'crash' | null }[]
  decided_by: {
    id: string
    name: string | null
  } | null
  may: AttendanceVerb[]
}

export interface AttendanceConfirm {
  seen_from?: number | null
  seen_to?: number | null
}

export interface AttendanceDecide {
  result: AttendanceResult
  late?: boolean | null
  left_early?: boolean | null
  remark?: string | null
  seen_from?: number | null
  seen_to?: number | null
}

export interface AttendanceAttendanceQuery extends ListQuery {
  sort?: 'listed' | '-listed'
  state?: Several<AttendanceState>
  result?: Several<AttendanceResult>
  person?: Several<string>
  sector?: Several<string>
}

export interface AttendanceOfPersonQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  state?: Several<AttendanceState>
  result?: Several<AttendanceResult>
  sector?: Several<string>
  term?: Several<string>
}

export interface AttendanceTypes {
  row: Attendance
  lists: {
    attendance: AttendanceAttendanceQuery
    of_person: AttendanceOfPersonQuery
  }
  forms: {
    confirm: AttendanceConfirm
    decide: AttendanceDecide
  }
}

export const attendance = {
  name: 'attendance',
  fields: {
    meeting: { type: 'ref', of: 'meeting' },
    person: { type: 'ref', of: 'person' },
    result: { type: 'word', of: ['present', 'observer', 'leave', 'absent'], optional: true },
    late: { type: 'bool', optional: true },
    left_early: { type: 'bool', optional: true },
    remark: { type: 'text', least: 1, most: 500, optional: true, lines: true, see: 'evidence' },
    decided_by: { type: 'ref', of: 'person', optional: true },
    decided_at: { type: 'time', optional: true },
    rules: { type: 'int', least: 1, most: 2147483647, optional: true, see: 'evidence' },
    seen_from: { type: 'time', optional: true, see: 'evidence' },
    seen_to: { type: 'time', optional: true, see: 'evidence' },
    seen_state: {
      type: 'word',
      of: ['present', 'observer', 'leave', 'absent'],
      optional: true,
      see: 'evidence',
    },
    seen_late: { type: 'bool', optional: true, see: 'evidence' },
    seen_left_early: { type: 'bool', optional: true, see: 'evidence' },
    seen_s: { type: 'int', least: 0, most: 2147483647, optional: true, see: 'evidence' },
    code: { type: 'text', least: 1, most: 20, said: true },
    capacity: { type: 'word', of: ['attend', 'observe', 'invited', 'host'], optional: true, said: true },
    sector: { type: 'ref', of: 'org', optional: true, said: true },
    first_in: { type: 'time', optional: true, said: true },
    last_out: { type: 'time', optional: true, said: true },
    present_s: { type: 'int', least: 0, most: 2147483647, said: true },
    connections: { type: 'int', least: 0, most: 2147483647, said: true },
    window_from: { type: 'time', optional: true, said: true },
    window_to: { type: 'time', optional: true, said: true },
    drafted_state: {
      type: 'word',
      of: ['present', 'observer', 'leave', 'absent'],
      see: 'evidence',
      said: true,
    },
    drafted_late: { type: 'bool', see: 'evidence', said: true },
    drafted_left_early: { type: 'bool', see: 'evidence', said: true },
    segments: { type: 'list', least: 0, most: 2147483647, see: 'evidence', said: true },
    term: { type: 'ref', of: 'term', said: true },
  },
  lists: {
    attendance: {
      path: '/meetings/{meeting}/attendance',
      sort: ['listed'],
      filter: ['state', 'result', 'person', 'sector'],
      counts: ['state', 'result', 'person', 'sector'],
      most: 1000,
    },
    of_person: {
      path: '/people/{person}/attendance',
      sort: ['-planned_start'],
      filter: ['state', 'result', 'sector', 'term'],
      counts: ['state', 'result', 'sector'],
      most: 100,
    },
  },
  one: '/attendance/{attendance}',
  events: '/attendance/{attendance}/events',
  undo: '/attendance/{attendance}/undo',
  forms: {},
  states: [{ name: 'drafted', open: true }, { name: 'confirmed' }],
  steps: {
    confirm: {
      method: 'POST',
      path: '/attendance/{attendance}/confirm',
      verb: 'confirm',
      fields: [
        { name: 'seen_from', needed: false },
        { name: 'seen_to', needed: false },
      ],
      bulk: true,
      from: ['drafted'],
      to: 'confirmed',
      decides: true,
      undo_s: 600,
    },
    decide: {
      method: 'POST',
      path: '/attendance/{attendance}/decide',
      verb: 'decide',
      fields: [
        { name: 'result', needed: true },
        { name: 'late', needed: false },
        { name: 'left_early', needed: false },
        { name: 'remark', needed: false },
        { name: 'seen_from', needed: false },
        { name: 'seen_to', needed: false },
      ],
      from: ['drafted', 'confirmed'],
      to: 'confirmed',
      decides: true,
      undo_s: 600,
    },
  },
  words: {
    zh: {
      attendance: '出席',
      meeting: '会议',
      person: '姓名',
      result: '确认结果',
      'result.present': '出席',
      'result.observer': '列席',
      'result.leave': '请假',
      'result.absent': '缺席',
      late: '确认迟到',
      'late.true': '迟到',
      'late.false': '按时',
      left_early: '确认早退',
      'left_early.true': '早退',
      'left_early.false': '未早退',
      remark: '备注',
      decided_by: '确认人',
      decided_at: '确认时间',
      rules: '出席规则版本',
      seen_from: '确认时的时段起',
      seen_to: '确认时的时段止',
      seen_state: '确认时的初步认定',
      'seen_state.present': '出席',
      'seen_state.observer': '列席',
      'seen_state.leave': '请假',
      'seen_state.absent': '缺席',
      seen_late: '确认时初判迟到',
      'seen_late.true': '迟到',
      'seen_late.false': '按时',
      seen_left_early: '确认时初判早退',
      'seen_left_early.true': '早退',
      'seen_left_early.false': '未早退',
      seen_s: '确认时的有效秒数',
      code: '编号',
      capacity: '身份',
      'capacity.attend': '出席',
      'capacity.observe': '列席',
      'capacity.invited': '特邀',
      'capacity.host': '主持',
      sector: '界别',
      first_in: '首次进入',
      last_out: '最后离开',
      present_s: '有效秒数',
      connections: '连接次数',
      window_from: '时段起',
      window_to: '时段止',
      drafted_state: '初步认定',
      'drafted_state.present': '出席',
      'drafted_state.observer': '列席',
      'drafted_state.leave': '请假',
      'drafted_state.absent': '缺席',
      drafted_late: '初判迟到',
      'drafted_late.true': '迟到',
      'drafted_late.false': '按时',
      drafted_left_early: '初判早退',
      'drafted_left_early.true': '早退',
      'drafted_left_early.false': '未早退',
      segments: '在会过程',
      term: '届',
      'list.attendance': '出席情况',
      'sort.listed': '名单顺序',
      'list.of_person': '个人出席记录',
      'sort.planned_start': '会议时间',
      state: '确认情况',
      'state.drafted': '待确认',
      'state.confirmed': '已确认',
      'verb.read': '查看',
      'verb.evidence': '查看凭据',
      'verb.export': '导出',
      'verb.confirm': '按初步认定确认',
      'verb.decide': '认定',
      'verb.list': '列入',
      'scope.meeting.run': '本人管理的会议',
      'scope.own': '本人的出席',
      'scope.party': '本人的出席',
      'code.not_ended': '会议结束后才能确认出席。',
      'code.window_moved': '有效时段刚刚被调整，请按新的时段核对后再确认。',
    },
    en: {
      attendance: 'Attendance',
      meeting: 'Meeting',
      person: 'Name',
      result: 'Confirmed as',
      'result.present': 'Present',
      'result.observer': 'Observer',
      'result.leave': 'On leave',
      'result.absent': 'Absent',
      late: 'Confirmed late',
      'late.true': 'Late',
      'late.false': 'On time',
      left_early: 'Confirmed left early',
      'left_early.true': 'Left early',
      'left_early.false': 'Stayed',
      remark: 'Remark',
      decided_by: 'Confirmed by',
      decided_at: 'Confirmed at',
      rules: 'Version of the limits',
      seen_from: 'Window from, as confirmed',
      seen_to: 'Window to, as confirmed',
      seen_state: 'Draft, as confirmed',
      'seen_state.present': 'Present',
      'seen_state.observer': 'Observer',
      'seen_state.leave': 'On leave',
      'seen_state.absent': 'Absent',
      seen_late: 'Drafted late, as confirmed',
      'seen_late.true': 'Late',
      'seen_late.false': 'On time',
      seen_left_early: 'Drafted left early, as confirmed',
      'seen_left_early.true': 'Left early',
      'seen_left_early.false': 'Stayed',
      seen_s: 'Seconds present, as confirmed',
      code: 'Code',
      capacity: 'Capacity',
      'capacity.attend': 'Attends',
      'capacity.observe': 'Observes',
      'capacity.invited': 'Invited guest',
      'capacity.host': 'Presides',
      sector: 'Sector',
      first_in: 'First in',
      last_out: 'Last out',
      present_s: 'Seconds present',
      connections: 'Connections',
      window_from: 'Window from',
      window_to: 'Window to',
      drafted_state: 'Drafted as',
      'drafted_state.present': 'Present',
      'drafted_state.observer': 'Observer',
      'drafted_state.leave': 'On leave',
      'drafted_state.absent': 'Absent',
      drafted_late: 'Drafted late',
      'drafted_late.true': 'Late',
      'drafted_late.false': 'On time',
      drafted_left_early: 'Drafted left early',
      'drafted_left_early.true': 'Left early',
      'drafted_left_early.false': 'Stayed',
      segments: 'Connections in detail',
      term: 'Term',
      'list.attendance': 'Attendance',
      'sort.listed': 'Order of the list',
      'list.of_person': 'Attendance of a person',
      'sort.planned_start': 'Time of the meeting',
      state: 'Confirmation',
      'state.drafted': 'To be confirmed',
      'state.confirmed': 'Confirmed',
      'verb.read': 'See',
      'verb.evidence': 'See the evidence',
      'verb.export': 'Export',
      'verb.confirm': 'Confirm as drafted',
      'verb.decide': 'Decide',
      'verb.list': 'Is listed',
      'scope.meeting.run': 'Of meetings that one runs',
      'scope.own': "One's own",
      'scope.party': "One's own",
      'code.not_ended': 'Attendance is confirmed after the meeting has ended.',
      'code.window_moved': 'The effective window was moved in the meantime. Please look at the rows again.',
    },
  },
} as const satisfies SubjectMeta
