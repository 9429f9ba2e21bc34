// Printed by `yishid --print web/change_request` of what the server declares (server/domain/change_request).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type ChangeRequestField =
  | 'name'
  | 'sex'
  | 'birth_date'
  | 'nation'
  | 'native_place'
  | 'education'
  | 'political_affiliation'
  | 'work_unit'
  | 'work_title'
  | 'unit_kind'
  | 'in_system'
  | 'social_posts'
  | 'honours'
  | 'expertise'
  | 'focus'
  | 'phone'
export type ChangeRequestVerb = 'withdraw' | 'print' | 'accept' | 'refuse'
export type ChangeRequestState = 'pending' | 'accepted' | 'refused' | 'withdrawn'

export interface ChangeRequest {
  id: string
  state: ChangeRequestState
  due: {
    id: string
    code: string
    at: number | null
    paused_at: number | null
    colour: 'none' | 'yellow' | 'orange' | 'red'
  }
  field: ChangeRequestField
  old: string | null
  new: string | null
  reason: string
  note: string | null
  asked_on: string | null
  number: number | null
  version: number
  created_at: number
  serial_no: string | null
  person: {
    id: string
    name: string
  }
  decided_by: {
    id: string
    name: string
  } | null
  may: ChangeRequestVerb[]
}

export interface ChangeRequestPropose {
  field: ChangeRequestField
  new?: string | null
  reason: string
}

export interface ChangeRequestAccept {
  note?: string | null
}

export interface ChangeRequestRefuse {
  note: string
}

export interface ChangeRequestChangeRequestsQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<ChangeRequestState>
  field?: Several<ChangeRequestField>
  person?: Several<string>
  due?: Several<'none' | 'yellow' | 'orange' | 'red'>
}

export interface ChangeRequestPendingQuery extends ListQuery {
  sort?: 'due' | '-due' | 'created_at' | '-created_at'
  field?: Several<ChangeRequestField>
  person?: Several<string>
  due?: Several<'none' | 'yellow' | 'orange' | 'red'>
}

export interface ChangeRequestOfPersonQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<ChangeRequestState>
}

export interface ChangeRequestTypes {
  row: ChangeRequest
  lists: {
    change_requests: ChangeRequestChangeRequestsQuery
    pending: ChangeRequestPendingQuery
    of_person: ChangeRequestOfPersonQuery
  }
  forms: {
    propose: ChangeRequestPropose
    accept: ChangeRequestAccept
    refuse: ChangeRequestRefuse
    withdraw: object
  }
}

export const change_request = {
  name: 'change_request',
  fields: {
    person: { type: 'ref', of: 'person' },
    field: {
      type: 'word',
      of: [
        'name',
        'sex',
        'birth_date',
        'nation',
        'native_place',
        'education',
        'political_affiliation',
        'work_unit',
        'work_title',
        'unit_kind',
        'in_system',
        'social_posts',
        'honours',
        'expertise',
        'focus',
        'phone',
      ],
    },
    old: { type: 'text', least: 1, most: 500, optional: true, lines: true },
    new: { type: 'text', least: 1, most: 500, optional: true, lines: true },
    reason: { type: 'text', least: 1, most: 200 },
    decided_by: { type: 'ref', of: 'person', optional: true },
    note: { type: 'text', least: 1, most: 500, optional: true },
    asked_on: { type: 'date', optional: true },
    number: { type: 'int', least: 1, most: 999999, optional: true },
    serial_no: { type: 'text', least: 13, most: 15, optional: true, said: true },
  },
  lists: {
    change_requests: {
      path: '/change_requests',
      sort: ['-created_at'],
      filter: ['state', 'field', 'person', 'due'],
      counts: ['state', 'field', 'person', 'due'],
      most: 200,
    },
    pending: {
      path: '/change_requests/pending',
      sort: ['due', '-created_at'],
      filter: ['field', 'person', 'due'],
      counts: ['field', 'person', 'due'],
      most: 200,
    },
    of_person: {
      path: '/people/{person}/change_requests',
      sort: ['-created_at'],
      filter: ['state'],
      counts: ['state'],
      most: 200,
    },
  },
  one: '/change_requests/{change_request}',
  events: '/change_requests/{change_request}/events',
  papers: { form: { path: '/change_requests/{change_request}/papers/form', verb: 'print' } },
  forms: {
    propose: {
      method: 'POST',
      path: '/change_requests',
      verb: 'propose',
      fields: [
        { name: 'field', needed: true },
        { name: 'new', needed: false },
        { name: 'reason', needed: true },
      ],
    },
  },
  states: [
    { name: 'pending', open: true },
    { name: 'accepted', final: true },
    { name: 'refused', final: true },
    { name: 'withdrawn', final: true },
  ],
  steps: {
    accept: {
      method: 'POST',
      path: '/change_requests/{change_request}/accept',
      verb: 'accept',
      fields: [{ name: 'note', needed: false }],
      bulk: true,
      from: ['pending'],
      to: 'accepted',
      decides: true,
    },
    refuse: {
      method: 'POST',
      path: '/change_requests/{change_request}/refuse',
      verb: 'refuse',
      fields: [{ name: 'note', needed: true }],
      from: ['pending'],
      to: 'refused',
      decides: true,
    },
    withdraw: {
      method: 'POST',
      path: '/change_requests/{change_request}/withdraw',
      verb: 'withdraw',
      fields: [],
      from: ['pending'],
      to: 'withdrawn',
    },
  },
  due: ['change'],
  words: {
    zh: {
      change_request: '信息变更申请',
      person: '委员',
      field: '变更项目',
      'field.name': '姓名',
      'field.sex': '性别',
      'field.birth_date': '出生日期',
      'field.nation': '民族',
      'field.native_place': '籍贯',
      'field.education': '学历学位',
      'field.political_affiliation': '党派',
      'field.work_unit': '工作单位',
      'field.work_title': '职务',
      'field.unit_kind': '单位性质',
      'field.in_system': '体制内外',
      'field.social_posts': '社会职务',
      'field.honours': '荣誉',
      'field.expertise': '专长',
      'field.focus': '关注重点',
      'field.phone': '手机号码',
      old: '原内容',
      new: '新内容',
      reason: '变更理由',
      decided_by: '审核人',
      note: '审核说明',
      asked_on: '申请日期',
      number: '当日序号',
      serial_no: '流水号',
      'list.change_requests': '信息变更申请',
      'sort.created_at': '申请时间',
      'list.pending': '待审核',
      'list.of_person': '个人信息变更',
      state: '状态',
      'state.pending': '待审核',
      'state.accepted': '已采纳',
      'state.refused': '未采纳',
      'state.withdrawn': '已撤回',
      due: '办理时限',
      'due.none': '未临近',
      'due.yellow': '五个工作日内到期',
      'due.orange': '一个工作日内到期',
      'due.red': '已逾期',
      'verb.due_moved': '时限随日历调整',
      'due.change': '审核时限',
      'verb.read': '查看',
      'verb.withdraw': '撤回',
      'verb.print': '打印',
      'verb.propose': '申请变更',
      'verb.accept': '采纳',
      'verb.refuse': '不采纳',
      'verb.export': '导出',
      'scope.own': '本人的申请',
      'scope.party': '本人提出或关于本人的申请',
      'code.not_active': '您当前不在任，不能提交申请。',
      'code.no_profile': '委员名册中没有您的资料，请联系委员联络处。',
      'code.pending': '这一项已有待审核的申请。',
      'code.same': '新内容与原内容相同。',
      'code.moved': '申请之后这一项已被修改，请不予采纳，由委员重新申请。',
      'code.not_offered': '申请的内容已不在可选项中，请不予采纳。',
      'notice.asked': '{name} 申请变更委员信息，待审核',
      'notice.accepted': '您的信息变更申请已采纳',
      'notice.refused': '您的信息变更申请未采纳：{note}',
      'notice.due': '{name} 的信息变更申请须在 {until} 前审核',
      'notice.overdue': '{name} 的信息变更申请已逾期（{until}）',
      'paper.form': '信息变更单',
      'paper.form.signature': '签名',
    },
    en: {
      change_request: 'Change of data',
      person: 'Member',
      field: 'What is changed',
      'field.name': 'Name',
      'field.sex': 'Sex',
      'field.birth_date': 'Date of birth',
      'field.nation': 'Nationality',
      'field.native_place': 'Native place',
      'field.education': 'Education',
      'field.political_affiliation': 'Political affiliation',
      'field.work_unit': 'Work unit',
      'field.work_title': 'Title',
      'field.unit_kind': 'Kind of unit',
      'field.in_system': 'Within the public sector',
      'field.social_posts': 'Other posts',
      'field.honours': 'Honours',
      'field.expertise': 'Expertise',
      'field.focus': 'Cares about',
      'field.phone': 'Mobile phone',
      old: 'As it was',
      new: 'As it shall be',
      reason: 'Reason',
      decided_by: 'Decided by',
      note: 'Note',
      asked_on: 'Asked for on',
      number: 'Which of its day',
      serial_no: 'Number',
      'list.change_requests': 'Changes of data',
      'sort.created_at': 'When it was asked for',
      'list.pending': 'Pending',
      'list.of_person': "A member's changes",
      state: 'State',
      'state.pending': 'Pending',
      'state.accepted': 'Accepted',
      'state.refused': 'Refused',
      'state.withdrawn': 'Withdrawn',
      due: 'Due',
      'due.none': 'Not near',
      'due.yellow': 'Due within five working days',
      'due.orange': 'Due within one working day',
      'due.red': 'Overdue',
      'verb.due_moved': 'Limit moved with the calendar',
      'due.change': 'To be decided by',
      'verb.read': 'See',
      'verb.withdraw': 'Withdraw',
      'verb.print': 'Print',
      'verb.propose': 'Ask for a change',
      'verb.accept': 'Accept',
      'verb.refuse': 'Refuse',
      'verb.export': 'Export',
      'scope.own': "One's own",
      'scope.party': 'What one asked for, or is about oneself',
      'code.not_active': 'You are not in office at present and cannot submit anything.',
      'code.no_profile': 'You are not in the register of members; please tell the liaison office.',
      'code.pending': 'A change of this is pending already.',
      'code.same': 'This is what it is already.',
      'code.moved':
        'This was changed after it was asked for; please refuse, so that the member may ask again.',
      'code.not_offered': 'What was asked for is not among the choices any more; please refuse it.',
      'notice.asked': '{name} asks for a change of data',
      'notice.accepted': 'Your change of data was accepted',
      'notice.refused': 'Your change of data was refused: {note}',
      'notice.due': "{name}'s change of data is to be decided by {until}",
      'notice.overdue': "{name}'s change of data is overdue since {until}",
      'paper.form': 'Change of data',
      'paper.form.signature': 'Signature',
    },
  },
} as const satisfies SubjectMeta
