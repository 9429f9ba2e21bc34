// Printed by `yishid --print web/member_change` of what the server declares (server/domain/member_change).
import type { RecordFile } from '@/model/meta'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type MemberChangeKind = 'suspend' | 'restore' | 'leave'
export type MemberChangeVerb = 'withdraw' | 'confirm' | 'refuse'
export type MemberChangeState = 'asked' | 'done' | 'refused' | 'withdrawn'

export interface MemberChange {
  id: string
  state: MemberChangeState
  kind: MemberChangeKind
  day: string
  exit: {
    code: string | null
    zh: string | null
    en: string | null
  } | null
  reason: string
  document_no: string | null
  version: number
  created_at: number
  member_profile: {
    id: string
    code: string
    name: string
  }
  asked_by: {
    id: string
    name: string
  }
  decided_by: {
    id: string
    name: string
  } | null
  documents: RecordFile[]
  may: MemberChangeVerb[]
}

export interface MemberChangeAsk {
  member_profile: string
  kind: MemberChangeKind
  day: string
  exit?: string | null
  reason: string
  document_no?: string | null
  documents?: string[]
}

export interface MemberChangeConfirm {
  note?: string
}

export interface MemberChangeRefuse {
  note: string
}

export interface MemberChangeWithdraw {
  note?: string
}

export interface MemberChangeMemberChangesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<MemberChangeState>
  kind?: Several<MemberChangeKind>
  member_profile?: Several<string>
}

export interface MemberChangeTypes {
  row: MemberChange
  lists: {
    member_changes: MemberChangeMemberChangesQuery
  }
  forms: {
    ask: MemberChangeAsk
    confirm: MemberChangeConfirm
    refuse: MemberChangeRefuse
    withdraw: MemberChangeWithdraw
  }
}

export const member_change = {
  name: 'member_change',
  fields: {
    member_profile: { type: 'ref', of: 'member_profile' },
    kind: { type: 'word', of: ['suspend', 'restore', 'leave'] },
    day: { type: 'date' },
    exit: { type: 'dict', of: 'member_exit', optional: true },
    reason: { type: 'text', least: 1, most: 500, lines: true },
    document_no: { type: 'text', least: 1, most: 60, optional: true },
    documents: { type: 'files', least: 0, most: 5 },
    decided_by: { type: 'ref', of: 'person', optional: true },
    note: { type: 'text', least: 1, most: 500, said: true },
  },
  lists: {
    member_changes: {
      path: '/member_changes',
      sort: ['-created_at'],
      filter: ['state', 'kind', 'member_profile'],
      counts: ['state', 'kind', 'member_profile'],
      most: 200,
    },
  },
  one: '/member_changes/{member_change}',
  events: '/member_changes/{member_change}/events',
  forms: {
    ask: {
      method: 'POST',
      path: '/member_changes',
      verb: 'ask',
      fields: [
        { name: 'member_profile', needed: true },
        { name: 'kind', needed: true },
        { name: 'day', needed: true },
        { name: 'exit', needed: false },
        { name: 'reason', needed: true },
        { name: 'document_no', needed: false },
        { name: 'documents', needed: false },
      ],
    },
  },
  states: [
    { name: 'asked', open: true },
    { name: 'done', final: true },
    { name: 'refused', final: true },
    { name: 'withdrawn', final: true },
  ],
  steps: {
    confirm: {
      method: 'POST',
      path: '/member_changes/{member_change}/confirm',
      verb: 'confirm',
      fields: [{ name: 'note', needed: false }],
      from: ['asked'],
      to: 'done',
      decides: true,
    },
    refuse: {
      method: 'POST',
      path: '/member_changes/{member_change}/refuse',
      verb: 'refuse',
      fields: [{ name: 'note', needed: true }],
      from: ['asked'],
      to: 'refused',
      decides: true,
    },
    withdraw: {
      method: 'POST',
      path: '/member_changes/{member_change}/withdraw',
      verb: 'withdraw',
      fields: [{ name: 'note', needed: false }],
      from: ['asked'],
      to: 'withdrawn',
    },
  },
  words: {
    zh: {
      member_change: '委员状态变更',
      member_profile: '委员',
      kind: '变更事项',
      'kind.suspend': '停职',
      'kind.restore': '恢复履职',
      'kind.leave': '离任',
      day: '生效日期',
      exit: '离任原因',
      reason: '理由',
      document_no: '文件文号',
      documents: '文件',
      decided_by: '审批人',
      note: '审批说明',
      'list.member_changes': '委员状态变更',
      'sort.created_at': '提出时间',
      state: '状态',
      'state.asked': '待审批',
      'state.done': '已生效',
      'state.refused': '未同意',
      'state.withdrawn': '已撤回',
      'verb.read': '查看',
      'verb.ask': '提出变更',
      'verb.export': '导出',
      'verb.withdraw': '撤回',
      'verb.confirm': '同意',
      'verb.refuse': '不同意',
      'scope.asker': '本人提出的变更',
      'scope.own': '本人的状态变更',
      'scope.party': '本人提出或关于本人的变更',
      'code.no_document': '请填写文号或上传文件。',
      'code.not_yet': '生效日期不能晚于今天。',
      'code.unknown': '没有这个委员。',
      'code.asked': '该委员已有待审批的状态变更。',
      'code.not_so': '该委员目前的状态不能作此变更。',
      'notice.asked': '{name} 的委员状态变更待您审批',
      'notice.done': '您的委员状态已变更',
      'notice.refused': '{name} 的委员状态变更未获同意',
    },
    en: {
      member_change: 'Change of standing',
      member_profile: 'Member',
      kind: 'What changes',
      'kind.suspend': 'Suspension',
      'kind.restore': 'Restoration',
      'kind.leave': 'Leaving',
      day: 'From',
      exit: 'Why he leaves',
      reason: 'Reason',
      document_no: 'Document number',
      documents: 'Documents',
      decided_by: 'Decided by',
      note: 'Note',
      'list.member_changes': 'Changes of standing',
      'sort.created_at': 'When it was asked for',
      state: 'State',
      'state.asked': 'Asked for',
      'state.done': 'Done',
      'state.refused': 'Refused',
      'state.withdrawn': 'Withdrawn',
      'verb.read': 'See',
      'verb.ask': 'Ask for',
      'verb.export': 'Export',
      'verb.withdraw': 'Withdraw',
      'verb.confirm': 'Confirm',
      'verb.refuse': 'Refuse',
      'scope.asker': 'What one asked for',
      'scope.own': "One's own standing",
      'scope.party': 'What one asked for, or is about oneself',
      'code.no_document': 'Please give the document or its number.',
      'code.not_yet': 'It cannot hold from a day in the future.',
      'code.unknown': 'There is no such member.',
      'code.asked': "A change of this member's standing is asked for already.",
      'code.not_so': 'As the member stands at present this cannot be done.',
      'notice.asked': "A change of {name}'s standing waits for your decision",
      'notice.done': 'Your standing as a member has changed',
      'notice.refused': "The change of {name}'s standing was refused",
    },
  },
} as const satisfies SubjectMeta
