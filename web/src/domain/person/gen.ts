// Printed by `yishid --print web/person` of what the server declares (server/domain/person).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type PersonKind = 'member' | 'staff' | 'guest' | 'admin'
export type PersonRoles =
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
export type PersonRole = PersonRoles
export type PersonVerb = 'edit' | 'set_roles' | 'unlock' | 'sign_out'

export interface Person {
  id: string
  name: string
  login: string | null
  kind: PersonKind
  sector: string
  organisation: string
  active: boolean
  version: number
  shown: string
  roles: PersonRoles[]
  locked_until: number | null
  merged_into: {
    id: string
    name: string
  }
  may: PersonVerb[]
}

export interface PersonCreate {
  name: string
  login?: string | null
  kind?: PersonKind
  sector?: string
  organisation?: string
}

export interface PersonEdit {
  name?: string
  login?: string | null
  sector?: string
  organisation?: string
  active?: boolean
}

export interface PersonSetRoles {
  roles: PersonRoles[]
}

export interface PersonPeopleQuery extends ListQuery {
  sort?: 'name' | '-name' | 'sector' | '-sector' | 'organisation' | '-organisation'
  q?: string
  role?: Several<PersonRole>
  sector?: string
  org?: Several<string>
  active?: boolean
  invitable?: boolean
  invite_to?: Several<string>
}

export interface PersonTypes {
  row: Person
  lists: {
    people: PersonPeopleQuery
  }
  forms: {
    create: PersonCreate
    edit: PersonEdit
    set_roles: PersonSetRoles
    unlock: object
    sign_out: object
  }
}

export const person = {
  name: 'person',
  fields: {
    name: { type: 'text', least: 1, most: 64 },
    login: { type: 'text', least: 1, most: 64, of: 'a-zA-Z0-9._@-', optional: true },
    kind: { type: 'word', of: ['member', 'staff', 'guest', 'admin'] },
    sector: { type: 'text', least: 0, most: 64 },
    organisation: { type: 'text', least: 0, most: 128 },
    active: { type: 'bool' },
    roles: {
      type: 'words',
      least: 0,
      most: 16,
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
    locked_until: { type: 'time', optional: true },
    q: { type: 'text', least: 1, most: 64, said: true },
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
      said: true,
    },
    org: { type: 'ref', of: 'org', said: true },
    invitable: { type: 'bool', said: true },
    invite_to: { type: 'ref', of: 'meeting', said: true },
  },
  lists: {
    people: {
      path: '/people',
      sort: ['name', 'sector', 'organisation'],
      filter: ['q', 'role', 'sector', 'org', 'active', 'invitable', 'invite_to'],
      counts: ['role', 'active', 'invitable'],
      most: 200,
    },
  },
  one: '/people/{person}',
  events: '/people/{person}/events',
  imports: {
    path: '/people/import',
    who: ['staff', 'system_admin'],
    form: 'create',
    fields: ['name', 'login', 'kind', 'sector', 'organisation'],
    keys: ['login'],
    parts: ['name', 'organisation'],
  },
  papers: { roster: { path: '/people/papers/roster', list: 'people' } },
  forms: {
    create: {
      method: 'POST',
      path: '/people',
      verb: 'create',
      fields: [
        { name: 'name', needed: true },
        { name: 'login', needed: false },
        { name: 'kind', needed: false },
        { name: 'sector', needed: false },
        { name: 'organisation', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/people/{person}',
      verb: 'edit',
      fields: [
        { name: 'name', needed: false },
        { name: 'login', needed: false },
        { name: 'sector', needed: false },
        { name: 'organisation', needed: false },
        { name: 'active', needed: false },
      ],
    },
    set_roles: {
      method: 'POST',
      path: '/people/{person}/set_roles',
      verb: 'set_roles',
      fields: [{ name: 'roles', needed: true }],
    },
    unlock: { method: 'POST', path: '/people/{person}/unlock', verb: 'unlock', fields: [] },
    sign_out: { method: 'POST', path: '/people/{person}/sign_out', verb: 'sign_out', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      person: '人员',
      name: '姓名',
      login: '账号',
      kind: '类别',
      'kind.member': '委员',
      'kind.staff': '工作人员',
      'kind.guest': '来宾',
      'kind.admin': '管理员',
      sector: '界别',
      organisation: '单位',
      active: '账号状态',
      'active.true': '正常',
      'active.false': '已停用',
      roles: '角色',
      'roles.member': '委员',
      'roles.staff': '工作人员',
      'roles.system_admin': '系统管理员',
      'roles.security_admin': '安全管理员',
      'roles.audit_admin': '审计管理员',
      'roles.liaison': '委员联络',
      'roles.committee': '专委会',
      'roles.proposals': '提案委',
      'roles.opinions': '社情民意',
      'roles.office': '办公室',
      'roles.leader': '审批领导（秘书长、主席会议成员）',
      'roles.supervisor': '交办督查',
      'roles.unit': '承办单位',
      'roles.unit_head': '承办单位分管领导',
      'roles.station': '委员工作站',
      'roles.convener': '界别召集人',
      locked_until: '锁定至',
      q: '姓名、账号、界别、单位',
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
      org: '任职组织',
      invitable: '可以邀请',
      'invitable.true': '是',
      'invitable.false': '否',
      invite_to: '未受邀的会议',
      'list.people': '人员',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.create': '新建',
      'verb.import': '导入',
      'verb.edit': '修改资料',
      'verb.set_roles': '更改角色',
      'verb.unlock': '解除锁定',
      'verb.sign_out': '结束登录',
      'scope.plain': '没有其他角色的委员和来宾',
      'scope.staff': '不是管理员的人',
      'scope.other': '本人以外的人',
      'code.login_taken': '这个账号名已有人使用，请换一个。',
      'code.guest': '来宾只能凭链接进入，不能设置账号或角色。',
      'code.two_administrators': '管理员账号只能担任一种管理员角色，不能兼任其他角色。',
      'code.needs_second': '授予这一角色须由另一名安全管理员或审批领导确认：请提出申请，不能直接设置。',
      'code.used': '这个人已有账号、任职或会议邀请，不能撤回。',
      'code.merged': '这个账号已合并到另一账号，不能再启用。',
      'notice.roles_set': '您的账号角色已变更；如非本人所知，请立即联系管理员',
      'paper.roster': '人员名册',
      'paper.roster.no': '序号',
    },
    en: {
      person: 'Person',
      name: 'Name',
      login: 'Account',
      kind: 'Kind',
      'kind.member': 'Member',
      'kind.staff': 'Staff',
      'kind.guest': 'Guest',
      'kind.admin': 'Administrator',
      sector: 'Sector',
      organisation: 'Organisation',
      active: 'Status',
      'active.true': 'Active',
      'active.false': 'Disabled',
      roles: 'Roles',
      'roles.member': 'Member',
      'roles.staff': 'Staff',
      'roles.system_admin': 'System administrator',
      'roles.security_admin': 'Security administrator',
      'roles.audit_admin': 'Audit administrator',
      'roles.liaison': 'Member liaison',
      'roles.committee': 'Special committee',
      'roles.proposals': 'Proposal office',
      'roles.opinions': 'Public opinion office',
      'roles.office': 'General office',
      'roles.leader': 'Leader who approves',
      'roles.supervisor': 'Assigning and supervising office',
      'roles.unit': 'Handling unit',
      'roles.unit_head': 'Head of a handling unit',
      'roles.station': 'Member station',
      'roles.convener': 'Sector convener',
      locked_until: 'Locked until',
      q: 'Name, account, sector, organisation',
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
      org: 'Holds a post in',
      invitable: 'Can be invited',
      'invitable.true': 'Yes',
      'invitable.false': 'No',
      invite_to: 'Not invited to',
      'list.people': 'People',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.create': 'Create',
      'verb.import': 'Import',
      'verb.edit': 'Edit',
      'verb.set_roles': 'Set roles',
      'verb.unlock': 'Unlock',
      'verb.sign_out': 'Sign out everywhere',
      'scope.plain': 'Members and guests without another role',
      'scope.staff': 'Whoever is no administrator',
      'scope.other': 'Anybody but oneself',
      'code.login_taken': 'This account name is taken. Please choose another.',
      'code.guest': 'A guest comes by a link only, and has no account and no role.',
      'code.two_administrators': 'An administrator’s account holds that one role and no other.',
      'code.needs_second':
        'Another security administrator or a leader has to confirm this role: ask for it, it is not set directly.',
      'code.used': 'This person has an account, a post or an invitation already, and cannot be taken back.',
      'code.merged': 'This account was merged into another and cannot be used again.',
      'notice.roles_set':
        'The roles of your account were changed; if you did not expect this, tell an administrator',
      'paper.roster': 'List of people',
      'paper.roster.no': 'No.',
    },
  },
} as const satisfies SubjectMeta
