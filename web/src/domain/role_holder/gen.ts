// Printed by `yishid --print web/role_holder` of what the server declares (server/domain/role_holder).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type RoleHolderRole =
  | 'member'
  | 'staff'
  | 'system_admin'
  | 'security_admin'
  | 'audit_admin'
  | 'liaison'
  | 'committee'
  | 'proposals'
  | 'opinions'
  | 'office'
  | 'leader'
  | 'supervisor'
  | 'unit'
  | 'unit_head'
  | 'station'
  | 'convener'
export type RoleHolderVerb = 'confirm' | 'refuse' | 'withdraw' | 'end'
export type RoleHolderState = 'asked' | 'held' | 'refused' | 'withdrawn' | 'ended'

export interface RoleHolder {
  id: string
  state: RoleHolderState
  role: RoleHolderRole
  valid_from: number | null
  valid_to: number | null
  reason: string | null
  version: number
  created_at: number
  person: {
    id: string
    name: string
  }
  org: {
    id: string
    name: string
  } | null
  asked_by: {
    id: string
    name: string
  }
  granted_by: {
    id: string
    name: string
  } | null
  may: RoleHolderVerb[]
}

export interface RoleHolderGive {
  person: string
  role: RoleHolderRole
  org?: string | null
  reason?: string | null
}

export interface RoleHolderAsk {
  person: string
  role: RoleHolderRole
  org?: string | null
  reason: string
}

export interface RoleHolderRefuse {
  note: string
}

export interface RoleHolderWithdraw {
  note?: string
}

export interface RoleHolderEnd {
  note?: string
}

export interface RoleHolderRoleHoldersQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  state?: Several<RoleHolderState>
  role?: Several<RoleHolderRole>
  person?: Several<string>
  org?: Several<string>
}

export interface RoleHolderTypes {
  row: RoleHolder
  lists: {
    role_holders: RoleHolderRoleHoldersQuery
  }
  forms: {
    give: RoleHolderGive
    ask: RoleHolderAsk
    confirm: object
    refuse: RoleHolderRefuse
    withdraw: RoleHolderWithdraw
    end: RoleHolderEnd
  }
}

export const role_holder = {
  name: 'role_holder',
  fields: {
    person: { type: 'ref', of: 'person' },
    role: {
      type: 'word',
      of: [
        'member',
        'staff',
        'system_admin',
        'security_admin',
        'audit_admin',
        'liaison',
        'committee',
        'proposals',
        'opinions',
        'office',
        'leader',
        'supervisor',
        'unit',
        'unit_head',
        'station',
        'convener',
      ],
    },
    org: { type: 'ref', of: 'org', optional: true },
    valid_from: { type: 'time', optional: true },
    valid_to: { type: 'time', optional: true },
    reason: { type: 'text', least: 1, most: 200, optional: true },
    granted_by: { type: 'ref', of: 'person', optional: true },
    note: { type: 'text', least: 1, most: 500, said: true },
  },
  lists: {
    role_holders: {
      path: '/role_holders',
      sort: ['-created_at'],
      filter: ['state', 'role', 'person', 'org'],
      counts: ['state', 'role', 'person', 'org'],
      most: 200,
    },
  },
  one: '/role_holders/{role_holder}',
  events: '/role_holders/{role_holder}/events',
  forms: {
    give: {
      method: 'POST',
      path: '/role_holders',
      verb: 'give',
      fields: [
        { name: 'person', needed: true },
        { name: 'role', needed: true },
        { name: 'org', needed: false },
        { name: 'reason', needed: false },
      ],
    },
    ask: {
      method: 'POST',
      path: '/role_holders/asked',
      verb: 'ask',
      fields: [
        { name: 'person', needed: true },
        { name: 'role', needed: true },
        { name: 'org', needed: false },
        { name: 'reason', needed: true },
      ],
    },
  },
  states: [
    { name: 'asked', open: true },
    { name: 'held' },
    { name: 'refused', final: true },
    { name: 'withdrawn', final: true },
    { name: 'ended', final: true },
  ],
  steps: {
    confirm: {
      method: 'POST',
      path: '/role_holders/{role_holder}/confirm',
      verb: 'confirm',
      fields: [],
      from: ['asked'],
      to: 'held',
      decides: true,
    },
    refuse: {
      method: 'POST',
      path: '/role_holders/{role_holder}/refuse',
      verb: 'refuse',
      fields: [{ name: 'note', needed: true }],
      from: ['asked'],
      to: 'refused',
      decides: true,
    },
    withdraw: {
      method: 'POST',
      path: '/role_holders/{role_holder}/withdraw',
      verb: 'withdraw',
      fields: [{ name: 'note', needed: false }],
      from: ['asked'],
      to: 'withdrawn',
    },
    end: {
      method: 'POST',
      path: '/role_holders/{role_holder}/end',
      verb: 'end',
      fields: [{ name: 'note', needed: false }],
      from: ['held'],
      to: 'ended',
    },
  },
  words: {
    zh: {
      role_holder: '角色授予',
      person: '人员',
      role: '角色',
      'role.member': '委员',
      'role.staff': '工作人员',
      'role.system_admin': '系统管理员',
      'role.security_admin': '安全管理员',
      'role.audit_admin': '审计管理员',
      'role.liaison': '委员联络',
      'role.committee': '专委会',
      'role.proposals': '提案委',
      'role.opinions': '社情民意',
      'role.office': '办公室',
      'role.leader': '审批领导（秘书长、主席会议成员）',
      'role.supervisor': '交办督查',
      'role.unit': '承办单位',
      'role.unit_head': '承办单位分管领导',
      'role.station': '委员工作站',
      'role.convener': '界别召集人',
      org: '所属组织',
      valid_from: '授予时间',
      valid_to: '解除时间',
      reason: '授予理由',
      granted_by: '确认人',
      note: '说明',
      'list.role_holders': '角色授予',
      'sort.created_at': '提出时间',
      state: '状态',
      'state.asked': '待确认',
      'state.held': '已授予',
      'state.refused': '未同意',
      'state.withdrawn': '已撤回',
      'state.ended': '已解除',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.give': '直接授予',
      'verb.ask': '申请授予',
      'verb.confirm': '确认授予',
      'verb.refuse': '不同意',
      'verb.withdraw': '撤回申请',
      'verb.end': '解除角色',
      'scope.own': '本人的角色',
      'scope.asker': '本人提出的申请',
      'scope.other': '他人的角色',
      'scope.party': '本人提出的申请和本人的角色',
      'code.unknown': '所填的人员或组织不存在。',
      'code.guest': '来宾只能凭链接进入，不能担任角色。',
      'code.other_org': '这一角色不能对应这类组织。',
      'code.administrator': '管理员账号只能担任一种管理员角色，不能兼任其他角色。',
      'code.there': '此人已担任这一角色，或已有待确认的申请。',
      'code.needs_second': '授予这一角色须由另一名安全管理员或审批领导确认：请提出申请，不能直接授予。',
      'notice.given': '您的账号获得了新的角色；如非本人所知，请立即联系管理员',
      'notice.ended': '您的账号的一项角色已结束',
      'notice.asked': '有一项角色申请等您确认：{name}',
    },
    en: {
      role_holder: 'Role held',
      person: 'Person',
      role: 'Role',
      'role.member': 'Member',
      'role.staff': 'Staff',
      'role.system_admin': 'System administrator',
      'role.security_admin': 'Security administrator',
      'role.audit_admin': 'Audit administrator',
      'role.liaison': 'Member liaison',
      'role.committee': 'Special committee',
      'role.proposals': 'Proposal office',
      'role.opinions': 'Public opinion office',
      'role.office': 'General office',
      'role.leader': 'Leader who approves',
      'role.supervisor': 'Assigning and supervising office',
      'role.unit': 'Handling unit',
      'role.unit_head': 'Head of a handling unit',
      'role.station': 'Member station',
      'role.convener': 'Sector convener',
      org: 'For the organisation',
      valid_from: 'Since',
      valid_to: 'Until',
      reason: 'Reason',
      granted_by: 'Granted by',
      note: 'Note',
      'list.role_holders': 'Roles held',
      'sort.created_at': 'When it was asked for',
      state: 'State',
      'state.asked': 'Asked for',
      'state.held': 'Held',
      'state.refused': 'Refused',
      'state.withdrawn': 'Withdrawn',
      'state.ended': 'Ended',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.give': 'Give',
      'verb.ask': 'Ask for',
      'verb.confirm': 'Confirm',
      'verb.refuse': 'Refuse',
      'verb.withdraw': 'Withdraw',
      'verb.end': 'End',
      'scope.own': "One's own",
      'scope.asker': 'What one asked for',
      'scope.other': "Anybody's but one's own",
      'scope.party': "What one asked for, and one's own",
      'code.unknown': 'There is no such person or organisation.',
      'code.guest': 'A guest comes by a link alone and holds no role.',
      'code.other_org': 'This role is not held for an organisation of that kind.',
      'code.administrator': "An administrator's account has one administrator role and no other role.",
      'code.there': 'The person holds this role already, or it has been asked for.',
      'code.needs_second':
        'Another security administrator or a leader has to confirm this role: ask for it, it is not given directly.',
      'notice.given':
        'Your account was given another role; if you did not expect this, tell an administrator',
      'notice.ended': 'A role of your account has ended',
      'notice.asked': 'A role was asked for and waits for you to confirm it: {name}',
    },
  },
} as const satisfies SubjectMeta
