// Printed by `yishid --print web/post` of what the server declares (server/domain/post).
import type { OrgKind } from '@/domain/org/gen'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type PostRole =
  | 'member'
  | 'standing'
  | 'chair'
  | 'vice_chair'
  | 'secretary_general'
  | 'convener'
  | 'vice_convener'
  | 'committee_head'
  | 'staff'
  | 'unit_clerk'
  | 'station_manager'
  | 'station_member'
export type PostKind =
  | 'committee'
  | 'sector'
  | 'party_group'
  | 'office_dept'
  | 'unit'
  | 'station'
  | 'studio'
  | 'plenary_group'
  | 'subvenue'
export type PostVerb = 'end'

export interface Post {
  id: string
  role: PostRole
  valid_from: string
  valid_to: string | null
  reason: string | null
  version: number
  person: {
    id: string
    name: string
  }
  org: {
    id: string
    kind: OrgKind
    name: string
  }
  term: {
    id: string
    no: number
    name: string
  } | null
  may: PostVerb[]
}

export interface PostCreate {
  person: string
  org: string
  role: PostRole
  term?: string | null
  valid_from: string
  valid_to?: string | null
  reason?: string | null
}

export interface PostEnd {
  valid_to: string
  reason?: string | null
}

export interface PostReopen {
  valid_to: string
}

export interface PostOfPersonQuery extends ListQuery {
  sort?: 'valid_from' | '-valid_from'
  kind?: Several<PostKind>
  role?: Several<PostRole>
}

export interface PostOfOrgQuery extends ListQuery {
  sort?: 'name' | '-name' | 'valid_from' | '-valid_from'
  role?: Several<PostRole>
}

export interface PostTypes {
  row: Post
  lists: {
    of_person: PostOfPersonQuery
    of_org: PostOfOrgQuery
  }
  forms: {
    create: PostCreate
    end: PostEnd
    reopen: PostReopen
  }
}

export const post = {
  name: 'post',
  fields: {
    person: { type: 'ref', of: 'person' },
    org: { type: 'ref', of: 'org' },
    role: {
      type: 'word',
      of: [
        'member',
        'standing',
        'chair',
        'vice_chair',
        'secretary_general',
        'convener',
        'vice_convener',
        'committee_head',
        'staff',
        'unit_clerk',
        'station_manager',
        'station_member',
      ],
    },
    term: { type: 'ref', of: 'term', optional: true },
    valid_from: { type: 'date' },
    valid_to: { type: 'date', optional: true },
    reason: { type: 'text', least: 1, most: 200, optional: true },
    kind: {
      type: 'word',
      of: [
        'committee',
        'sector',
        'party_group',
        'office_dept',
        'unit',
        'station',
        'studio',
        'plenary_group',
        'subvenue',
      ],
      said: true,
    },
  },
  lists: {
    of_person: {
      path: '/people/{person}/posts',
      sort: ['valid_from'],
      filter: ['kind', 'role'],
      counts: ['kind', 'role'],
      most: 200,
    },
    of_org: {
      path: '/orgs/{org}/posts',
      sort: ['name', 'valid_from'],
      filter: ['role'],
      counts: ['role'],
      most: 1000,
    },
  },
  one: '/posts/{post}',
  events: '/posts/{post}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/posts',
      verb: 'create',
      fields: [
        { name: 'person', needed: true },
        { name: 'org', needed: true },
        { name: 'role', needed: true },
        { name: 'term', needed: false },
        { name: 'valid_from', needed: true },
        { name: 'valid_to', needed: false },
        { name: 'reason', needed: false },
      ],
    },
    end: {
      method: 'PATCH',
      path: '/posts/{post}/end',
      verb: 'end',
      fields: [
        { name: 'valid_to', needed: true },
        { name: 'reason', needed: false },
      ],
    },
    reopen: {
      method: 'PATCH',
      path: '/posts/{post}/reopen',
      verb: 'reopen',
      fields: [{ name: 'valid_to', needed: true }],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      post: '任职',
      person: '人员',
      org: '组织',
      role: '职务',
      'role.member': '委员',
      'role.standing': '常务委员',
      'role.chair': '主席',
      'role.vice_chair': '副主席',
      'role.secretary_general': '秘书长',
      'role.convener': '召集人',
      'role.vice_convener': '副召集人',
      'role.committee_head': '专委会主任',
      'role.staff': '工作人员',
      'role.unit_clerk': '承办单位经办人',
      'role.station_manager': '工作站站长',
      'role.station_member': '工作站成员',
      term: '届',
      valid_from: '任职日期',
      valid_to: '离任日期',
      reason: '原因',
      kind: '组织类别',
      'kind.committee': '专门委员会',
      'kind.sector': '界别',
      'kind.party_group': '党派团体',
      'kind.office_dept': '办公厅处室',
      'kind.unit': '承办单位',
      'kind.station': '委员工作站',
      'kind.studio': '委员工作室',
      'kind.plenary_group': '全会小组',
      'kind.subvenue': '分会场',
      'list.of_person': '个人任职',
      'list.of_org': '组织成员',
      'sort.name': '姓名',
      'verb.read': '查看',
      'verb.create': '新增任职',
      'verb.end': '结束任职',
      'verb.history': '查看历史',
      'verb.export': '导出',
      'verb.reopen': '撤回结束',
      'code.unknown': '所填的人员、组织或届不存在。',
      'code.outside': '任职时间超出该组织的存续时间。',
      'code.overlaps': '此人这段时间已担任该职务。',
      'code.ended': '任职已经结束，不能延长；请新增一段任职。',
      'code.ends_before': '离任日期须晚于任职日期。',
      'notice.begun': '您自 {since} 起在“{org}”任职',
      'notice.ended': '您在“{org}”的任职于 {until} 结束',
    },
    en: {
      post: 'Post',
      person: 'Person',
      org: 'Organisation',
      role: 'Position',
      'role.member': 'Member',
      'role.standing': 'Standing member',
      'role.chair': 'Chair',
      'role.vice_chair': 'Vice chair',
      'role.secretary_general': 'Secretary general',
      'role.convener': 'Convener',
      'role.vice_convener': 'Vice convener',
      'role.committee_head': 'Head of a committee',
      'role.staff': 'Staff',
      'role.unit_clerk': 'Clerk of a handling unit',
      'role.station_manager': 'Manager of a station',
      'role.station_member': 'Member of a station',
      term: 'Term',
      valid_from: 'From',
      valid_to: 'Until',
      reason: 'Reason',
      kind: 'Kind of organisation',
      'kind.committee': 'Special committee',
      'kind.sector': 'Sector',
      'kind.party_group': 'Party or body',
      'kind.office_dept': 'Department of the office',
      'kind.unit': 'Handling unit',
      'kind.station': "Members' station",
      'kind.studio': "Member's studio",
      'kind.plenary_group': 'Plenary group',
      'kind.subvenue': 'Subvenue',
      'list.of_person': 'Posts of a person',
      'list.of_org': 'People of an organisation',
      'sort.name': 'Name',
      'verb.read': 'See',
      'verb.create': 'Add a post',
      'verb.end': 'End the post',
      'verb.history': 'See its history',
      'verb.export': 'Export',
      'verb.reopen': 'Take the end back',
      'code.unknown': 'There is no such person, organisation or term.',
      'code.outside': 'The organisation does not exist for all of that time.',
      'code.overlaps': 'The person holds this post already within that time.',
      'code.ended': 'The post has ended and cannot be extended; please add another.',
      'code.ends_before': 'The last day must be after the first.',
      'notice.begun': 'You hold a post in {org} from {since} on',
      'notice.ended': 'Your post in {org} ends on {until}',
    },
  },
} as const satisfies SubjectMeta
