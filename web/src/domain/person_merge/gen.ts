// Printed by `yishid --print web/person_merge` of what the server declares (server/domain/person_merge).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type PersonMergeVerb = 'confirm' | 'refuse' | 'withdraw'
export type PersonMergeState = 'proposed' | 'merged' | 'refused' | 'withdrawn'

export interface PersonMerge {
  id: string
  state: PersonMergeState
  reason: string
  version: number
  created_at: number
  duplicate: {
    id: string
    name: string
  }
  survivor: {
    id: string
    name: string
  }
  proposed_by: {
    id: string
    name: string
  }
  decided_by: {
    id: string
    name: string
  } | null
  may: PersonMergeVerb[]
}

export interface PersonMergePropose {
  duplicate: string
  survivor: string
  reason: string
}

export interface PersonMergeConfirm {
  note?: string
}

export interface PersonMergeRefuse {
  note: string
}

export interface PersonMergeWithdraw {
  note?: string
}

export interface PersonMergePersonMergesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<PersonMergeState>
}

export interface PersonMergeTypes {
  row: PersonMerge
  lists: {
    person_merges: PersonMergePersonMergesQuery
  }
  forms: {
    propose: PersonMergePropose
    confirm: PersonMergeConfirm
    refuse: PersonMergeRefuse
    withdraw: PersonMergeWithdraw
  }
}

export const person_merge = {
  name: 'person_merge',
  fields: {
    duplicate: { type: 'ref', of: 'person' },
    survivor: { type: 'ref', of: 'person' },
    reason: { type: 'text', least: 1, most: 200 },
    decided_by: { type: 'ref', of: 'person', optional: true },
    note: { type: 'text', least: 1, most: 500, said: true },
  },
  lists: {
    person_merges: {
      path: '/person_merges',
      sort: ['-created_at'],
      filter: ['state'],
      counts: ['state'],
      most: 200,
    },
  },
  one: '/person_merges/{person_merge}',
  events: '/person_merges/{person_merge}/events',
  forms: {
    propose: {
      method: 'POST',
      path: '/person_merges',
      verb: 'propose',
      fields: [
        { name: 'duplicate', needed: true },
        { name: 'survivor', needed: true },
        { name: 'reason', needed: true },
      ],
    },
  },
  states: [
    { name: 'proposed', open: true },
    { name: 'merged', final: true },
    { name: 'refused', final: true },
    { name: 'withdrawn', final: true },
  ],
  steps: {
    confirm: {
      method: 'POST',
      path: '/person_merges/{person_merge}/confirm',
      verb: 'confirm',
      fields: [{ name: 'note', needed: false }],
      from: ['proposed'],
      to: 'merged',
      decides: true,
    },
    refuse: {
      method: 'POST',
      path: '/person_merges/{person_merge}/refuse',
      verb: 'refuse',
      fields: [{ name: 'note', needed: true }],
      from: ['proposed'],
      to: 'refused',
      decides: true,
    },
    withdraw: {
      method: 'POST',
      path: '/person_merges/{person_merge}/withdraw',
      verb: 'withdraw',
      fields: [{ name: 'note', needed: false }],
      from: ['proposed'],
      to: 'withdrawn',
    },
  },
  words: {
    zh: {
      person_merge: '重复人员合并',
      duplicate: '被合并人员',
      survivor: '保留人员',
      reason: '理由',
      decided_by: '确认人',
      note: '说明',
      'list.person_merges': '重复人员合并',
      'sort.created_at': '提出时间',
      state: '状态',
      'state.proposed': '待确认',
      'state.merged': '已合并',
      'state.refused': '未同意',
      'state.withdrawn': '已撤回',
      'verb.read': '查看',
      'verb.propose': '提出合并',
      'verb.confirm': '确认合并',
      'verb.refuse': '不同意',
      'verb.export': '导出',
      'verb.withdraw': '撤回',
      'scope.proposer': '本人提出的合并',
      'scope.party': '本人提出或关于本人的合并',
      'code.not_these': '只能合并两个不同的、未合并过的、没有其他角色的委员账号。',
      'code.proposed': '已有涉及此人的合并待确认。',
      'code.change_asked': '被合并人员还有待确认的委员状态变更，请先处理。',
      'code.both_ask': '两个账号都申请变更同一项信息，请先处理其中一项申请。',
      'code.other_way': '被合并人员在任，保留人员不在任，请对调后重新提出。',
      'code.too_much': '两个账号的{term}届档合并后内容或文件过多，请先删减。',
      'notice.proposed': '{name} 的重复账号合并待确认',
      'notice.merged': '{name} 的重复账号已合并',
      'notice.refused': '{name} 的重复账号未合并',
    },
    en: {
      person_merge: 'Merging duplicates',
      duplicate: 'Duplicate',
      survivor: 'Survivor',
      reason: 'Reason',
      decided_by: 'Decided by',
      note: 'Note',
      'list.person_merges': 'Duplicates merged',
      'sort.created_at': 'When it was proposed',
      state: 'State',
      'state.proposed': 'Proposed',
      'state.merged': 'Merged',
      'state.refused': 'Refused',
      'state.withdrawn': 'Withdrawn',
      'verb.read': 'See',
      'verb.propose': 'Propose',
      'verb.confirm': 'Confirm',
      'verb.refuse': 'Refuse',
      'verb.export': 'Export',
      'verb.withdraw': 'Withdraw',
      'scope.proposer': 'What one proposed',
      'scope.party': 'What one proposed, or is about oneself',
      'code.not_these':
        'Only two different accounts of members without other roles can be merged, and none that was merged already.',
      'code.proposed': 'A merge with one of the two is proposed already.',
      'code.change_asked':
        'A change of how the duplicate stands as a member waits to be confirmed: decide it first.',
      'code.both_ask': 'Both accounts ask for a change of the same information: decide one of the two first.',
      'code.other_way': 'The duplicate is in office and the survivor is not: propose it the other way round.',
      'code.too_much': 'The two files of {term} are too much for one: take something out of them first.',
      'notice.proposed': 'Merging duplicates of {name} waits for a second person',
      'notice.merged': 'The duplicates of {name} were merged',
      'notice.refused': 'The duplicates of {name} were not merged',
    },
  },
} as const satisfies SubjectMeta
