// Printed by `yishid --print web/invitation` of what the server declares (server/domain/invitation).
import type { PersonKind } from '@/domain/person/gen'
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type InvitationCapacity = 'attend' | 'observe' | 'invited' | 'host'
export type InvitationLinkState = 'none' | 'made' | 'followed' | 'expired'
export type InvitationVerb = 'edit' | 'revoke' | 'link'

export interface Invitation {
  id: string
  capacity: InvitationCapacity
  link_expires_at: number | null
  link_used_at: number | null
  version: number
  person: {
    id: string
    name: string
    kind: PersonKind
    sector: string
    organisation: string
    code: string
    account: boolean
  }
  link_state: InvitationLinkState
  may: InvitationVerb[]
}

export interface InvitationCreate {
  person?: string
  guest_name?: string
  organisation?: string
  capacity: InvitationCapacity
  expires_at?: number
}

export interface InvitationEdit {
  capacity: InvitationCapacity
}

export interface InvitationLink {
  expires_at?: number
}

export interface InvitationCreateAnswer extends Invitation {
  link?: string
}

export interface InvitationLinkAnswer extends Invitation {
  link: string
}

export interface InvitationInvitationsQuery extends ListQuery {
  sort?: 'name' | '-name'
}

export interface InvitationTypes {
  row: Invitation
  lists: {
    invitations: InvitationInvitationsQuery
  }
  forms: {
    create: InvitationCreate
    edit: InvitationEdit
    revoke: object
    link: InvitationLink
  }
}

export const invitation = {
  name: 'invitation',
  fields: {
    meeting: { type: 'ref', of: 'meeting' },
    person: { type: 'ref', of: 'person' },
    capacity: { type: 'word', of: ['attend', 'observe', 'invited', 'host'] },
    link_expires_at: { type: 'time', optional: true },
    link_used_at: { type: 'time', optional: true },
    guest_name: { type: 'text', least: 1, most: 64, said: true },
    organisation: { type: 'text', least: 0, most: 128, said: true },
    expires_at: { type: 'time', said: true },
    link_state: { type: 'word', of: ['none', 'made', 'followed', 'expired'], said: true },
    link: { type: 'text', least: 1, most: 300, said: true },
  },
  lists: { invitations: { path: '/meetings/{meeting}/invitations', sort: ['name'], filter: [], most: 1000 } },
  forms: {
    create: {
      method: 'POST',
      path: '/meetings/{meeting}/invitations',
      verb: 'create',
      fields: [
        { name: 'person', needed: false },
        { name: 'guest_name', needed: false },
        { name: 'organisation', needed: false },
        { name: 'capacity', needed: true },
        { name: 'expires_at', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/meetings/{meeting}/invitations/{invitation}',
      verb: 'edit',
      fields: [{ name: 'capacity', needed: true }],
    },
    revoke: {
      method: 'POST',
      path: '/meetings/{meeting}/invitations/{invitation}/revoke',
      verb: 'revoke',
      fields: [],
    },
    link: {
      method: 'POST',
      path: '/meetings/{meeting}/invitations/{invitation}/link',
      verb: 'link',
      fields: [{ name: 'expires_at', needed: false }],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      invitation: '邀请',
      meeting: '会议',
      person: '人员',
      capacity: '参会身份',
      'capacity.attend': '出席',
      'capacity.observe': '列席',
      'capacity.invited': '特邀',
      'capacity.host': '主持',
      link_expires_at: '链接有效期',
      link_used_at: '链接首次使用',
      guest_name: '来宾姓名',
      organisation: '单位',
      expires_at: '链接有效期至',
      link_state: '链接状态',
      'link_state.none': '无链接',
      'link_state.made': '未使用',
      'link_state.followed': '已使用',
      'link_state.expired': '已过期',
      link: '个人链接',
      'list.invitations': '受邀人员',
      'sort.name': '姓名',
      'verb.create': '邀请',
      'verb.read': '查看',
      'verb.edit': '更改参会身份',
      'verb.revoke': '撤回邀请',
      'verb.export': '导出',
      'verb.link': '生成个人链接',
      'scope.valid': '有效的邀请',
      'code.invited': '此人已在邀请名单中。',
      'code.host': '这位是会议主持人，请先另外指定主持人。',
    },
    en: {
      invitation: 'Invitation',
      meeting: 'Meeting',
      person: 'Person',
      capacity: 'Capacity',
      'capacity.attend': 'Attends',
      'capacity.observe': 'Observes',
      'capacity.invited': 'Invited guest',
      'capacity.host': 'Presides',
      link_expires_at: 'Link good until',
      link_used_at: 'Link used',
      guest_name: 'Guest',
      organisation: 'Organisation',
      expires_at: 'Link good until',
      link_state: 'Link',
      'link_state.none': 'None',
      'link_state.made': 'Not used',
      'link_state.followed': 'Used',
      'link_state.expired': 'Expired',
      link: 'Personal link',
      'list.invitations': 'Invited',
      'sort.name': 'Name',
      'verb.create': 'Invite',
      'verb.read': 'See',
      'verb.edit': 'Change the capacity',
      'verb.revoke': 'Take back',
      'verb.export': 'Export',
      'verb.link': 'Make a link',
      'scope.valid': 'Valid invitations',
      'code.invited': 'This person is on the list already.',
      'code.host': "This is the meeting's host. Appoint another one first.",
    },
  },
} as const satisfies SubjectMeta
