// Printed by `yishid --print web/org` of what the server declares (server/domain/org).
import type { RecordFile } from '@/model/meta'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type OrgKind =
  | 'committee'
  | 'sector'
  | 'party_group'
  | 'office_dept'
  | 'unit'
  | 'station'
  | 'studio'
  | 'plenary_group'
  | 'subvenue'
export type OrgVerb = 'edit' | 'rename' | 'close'

export interface Org {
  id: string
  kind: OrgKind
  code: string
  valid_from: string
  valid_to: string | null
  sort: number
  version: number
  name: string
  short_name: string | null
  parent: {
    id: string
    name: string
  } | null
  successor: {
    id: string
    name: string
  } | null
  names: unknown[]
  documents: RecordFile[]
  may: OrgVerb[]
}

export interface OrgCreate {
  kind: OrgKind
  code: string
  name: string
  short_name?: string | null
  parent?: string | null
  valid_from: string
  sort?: number
  documents?: string[]
}

export interface OrgEdit {
  code?: string
  parent?: string | null
  sort?: number
  documents?: string[]
}

export interface OrgRename {
  name: string
  short_name?: string | null
  since: string
}

export interface OrgClose {
  valid_to: string
  successor?: string | null
}

export interface OrgOrgsQuery extends ListQuery {
  sort?: 'sort' | '-sort' | 'name' | '-name'
  kind?: Several<OrgKind>
  parent?: Several<string>
  under?: Several<string>
}

export interface OrgTypes {
  row: Org
  lists: {
    orgs: OrgOrgsQuery
  }
  forms: {
    create: OrgCreate
    edit: OrgEdit
    rename: OrgRename
    close: OrgClose
  }
}

export const org = {
  name: 'org',
  fields: {
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
    },
    code: { type: 'text', least: 1, most: 20 },
    name: { type: 'text', least: 1, most: 100 },
    short_name: { type: 'text', least: 1, most: 20, optional: true },
    parent: { type: 'ref', of: 'org', optional: true },
    valid_from: { type: 'date' },
    valid_to: { type: 'date', optional: true },
    successor: { type: 'ref', of: 'org', optional: true },
    sort: { type: 'int', least: 0, most: 9999 },
    documents: { type: 'files', least: 0, most: 10 },
    under: { type: 'ref', of: 'org', said: true },
    since: { type: 'date', said: true },
  },
  lists: {
    orgs: {
      path: '/orgs',
      sort: ['sort', 'name'],
      filter: ['kind', 'parent', 'under'],
      counts: ['kind', 'parent'],
      most: 1000,
    },
  },
  one: '/orgs/{org}',
  events: '/orgs/{org}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/orgs',
      verb: 'create',
      fields: [
        { name: 'kind', needed: true },
        { name: 'code', needed: true },
        { name: 'name', needed: true },
        { name: 'short_name', needed: false },
        { name: 'parent', needed: false },
        { name: 'valid_from', needed: true },
        { name: 'sort', needed: false },
        { name: 'documents', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/orgs/{org}',
      verb: 'edit',
      fields: [
        { name: 'code', needed: false },
        { name: 'parent', needed: false },
        { name: 'sort', needed: false },
        { name: 'documents', needed: false },
      ],
    },
    rename: {
      method: 'PATCH',
      path: '/orgs/{org}/names',
      verb: 'rename',
      fields: [
        { name: 'name', needed: true },
        { name: 'short_name', needed: false },
        { name: 'since', needed: true },
      ],
    },
    close: {
      method: 'PATCH',
      path: '/orgs/{org}/end',
      verb: 'close',
      fields: [
        { name: 'valid_to', needed: true },
        { name: 'successor', needed: false },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      org: '组织',
      kind: '类别',
      'kind.committee': '专门委员会',
      'kind.sector': '界别',
      'kind.party_group': '党派团体',
      'kind.office_dept': '办公厅处室',
      'kind.unit': '承办单位',
      'kind.station': '委员工作站',
      'kind.studio': '委员工作室',
      'kind.plenary_group': '全会小组',
      'kind.subvenue': '分会场',
      code: '编号',
      name: '名称',
      short_name: '简称',
      parent: '上级组织',
      valid_from: '设立日期',
      valid_to: '撤销日期',
      successor: '继承组织',
      sort: '排序',
      documents: '成立文件',
      under: '所属（含下级）',
      since: '更名日期',
      'list.orgs': '组织',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.create': '新建',
      'verb.edit': '修改',
      'verb.rename': '更名',
      'verb.close': '撤销',
      'verb.history': '查看历史',
      'code.code_taken': '同类组织中已有这个编号。',
      'code.unknown': '所填的组织不存在。',
      'code.circle': '组织不能隶属于自己或自己的下级。',
      'code.before_it_began': '日期早于该组织的设立日期。',
      'code.has_posts': '该日之后仍有人任职，请先结束或转移这些任职。',
      'code.named_then': '这一天已有一次更名。',
    },
    en: {
      org: 'Organisation',
      kind: 'Kind',
      'kind.committee': 'Special committee',
      'kind.sector': 'Sector',
      'kind.party_group': 'Party or body',
      'kind.office_dept': 'Department of the office',
      'kind.unit': 'Handling unit',
      'kind.station': "Members' station",
      'kind.studio': "Member's studio",
      'kind.plenary_group': 'Plenary group',
      'kind.subvenue': 'Subvenue',
      code: 'Code',
      name: 'Name',
      short_name: 'Short name',
      parent: 'Belongs to',
      valid_from: 'Established',
      valid_to: 'Closed',
      successor: 'Successor',
      sort: 'Order',
      documents: 'Founding documents',
      under: 'Within',
      since: 'Renamed on',
      'list.orgs': 'Organisations',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.create': 'Create',
      'verb.edit': 'Edit',
      'verb.rename': 'Rename',
      'verb.close': 'Close',
      'verb.history': 'See its history',
      'code.code_taken': 'An organisation of this kind has this code.',
      'code.unknown': 'There is no such organisation.',
      'code.circle': 'An organisation cannot belong to itself or to one within it.',
      'code.before_it_began': 'The day is before the organisation was established.',
      'code.has_posts': 'Posts go on there after this day; please end or move them first.',
      'code.named_then': 'It was renamed on this day already.',
    },
  },
} as const satisfies SubjectMeta
