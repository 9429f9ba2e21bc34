// Printed by `yishid --print web/member_profile` of what the server declares (server/domain/member_profile).
import type { RecordFile } from '@/model/meta'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type MemberProfileSex = 'male' | 'female'
export type MemberProfileStateOn = 'candidate' | 'active' | 'suspended' | 'left' | 'merged'
export type MemberProfileAccount = 'none' | 'invited' | 'expired' | 'ready'
export type MemberProfileCapacity = 'member' | 'standing'
export type MemberProfileAge = 'under_40' | 'from_40' | 'from_50' | 'from_60' | 'from_70'
export type MemberProfileTerms = 'first' | 'second' | 'more'
export type MemberProfileVerb = 'share' | 'print' | 'admit' | 'renew' | 'edit' | 'invite'
export type MemberProfileState = 'candidate' | 'active' | 'suspended' | 'left' | 'merged'

export interface MemberProfile {
  id: string
  state: MemberProfileState
  code: string
  sex?: MemberProfileSex | null
  birth_date?: string | null
  nation?: string | null
  native_place?: string | null
  education?: string | null
  political_affiliation?: {
    code: string | null
    zh: string | null
    en: string | null
  } | null
  work_unit: string | null
  work_title?: string | null
  unit_kind?: {
    code: string | null
    zh: string | null
    en: string | null
  } | null
  in_system?: boolean | null
  social_posts?: string | null
  honours?: string | null
  expertise: string | null
  focus: string | null
  phone?: string | null
  phone_shared?: boolean
  joined_on?: string | null
  terms_served?: number
  scored?: boolean
  not_scored_reason?: string | null
  left_on?: string | null
  exit?: {
    code: string | null
    zh: string | null
    en: string | null
  } | null
  version: number
  person: {
    id: string
    name: string
  }
  state_on?: MemberProfileStateOn | null
  scored_now?: boolean
  state_since?: string | null
  account?: MemberProfileAccount
  invited_until?: number | null
  sector: {
    id: string
    name: string
  } | null
  committees: { id: string; name: string }[]
  standing: boolean
  documents?: RecordFile[]
  may: MemberProfileVerb[]
}

export interface MemberProfileAdd {
  person: string
  code: string
  sex?: MemberProfileSex | null
  birth_date?: string | null
  nation?: string | null
  native_place?: string | null
  education?: string | null
  political_affiliation?: string | null
  work_unit?: string | null
  work_title?: string | null
  unit_kind?: string | null
  in_system?: boolean | null
  social_posts?: string | null
  honours?: string | null
  expertise?: string | null
  focus?: string | null
  phone?: string | null
  terms_served?: number
  scored?: boolean
  not_scored_reason?: string | null
}

export interface MemberProfileEnter {
  person?: string
  name?: string
  code: string
  term: string
  sector: string
  capacity: MemberProfileCapacity
  since: string
  document_no: string
  joined_on?: string | null
  committee?: string
  committee2?: string
  sex?: MemberProfileSex | null
  birth_date?: string | null
  nation?: string | null
  native_place?: string | null
  education?: string | null
  political_affiliation?: string | null
  work_unit?: string | null
  work_title?: string | null
  unit_kind?: string | null
  in_system?: boolean | null
  social_posts?: string | null
  honours?: string | null
  expertise?: string | null
  focus?: string | null
  phone?: string | null
  terms_served?: number
  scored?: boolean
  not_scored_reason?: string | null
}

export interface MemberProfileEdit {
  code?: string
  joined_on?: string | null
  phone_shared?: boolean
  sex?: MemberProfileSex | null
  birth_date?: string | null
  nation?: string | null
  native_place?: string | null
  education?: string | null
  political_affiliation?: string | null
  work_unit?: string | null
  work_title?: string | null
  unit_kind?: string | null
  in_system?: boolean | null
  social_posts?: string | null
  honours?: string | null
  expertise?: string | null
  focus?: string | null
  phone?: string | null
  terms_served?: number
  scored?: boolean
  not_scored_reason?: string | null
}

export interface MemberProfileShare {
  phone_shared: boolean
}

export interface MemberProfileAdmit {
  term: string
  sector: string
  capacity: MemberProfileCapacity
  since: string
  document_no?: string | null
  documents?: string[]
  tell_nobody?: boolean
}

export interface MemberProfileRenew {
  term: string
  sector?: string | null
  capacity?: MemberProfileCapacity
  since?: string
  document_no: string
  tell_nobody?: boolean
}

export interface MemberProfileInviteAnswer extends MemberProfile {
  link: string
}

export interface MemberProfileMembersQuery extends ListQuery {
  sort?: 'code' | '-code' | 'name' | '-name'
  q?: string
  person?: Several<string>
  state?: Several<MemberProfileState>
  in_office?: boolean
  sector?: Several<string>
  committee?: Several<string>
  standing?: boolean
  expertise?: string
  focus?: string
}

export interface MemberProfileRegisterQuery extends ListQuery {
  sort?: 'code' | '-code' | 'name' | '-name'
  q?: string
  person?: Several<string>
  state?: Several<MemberProfileState>
  in_office?: boolean
  term?: Several<string>
  sector?: Several<string>
  committee?: Several<string>
  station?: Several<string>
  standing?: boolean
  political_affiliation?: Several<string>
  sex?: Several<MemberProfileSex>
  age?: Several<MemberProfileAge>
  scored?: boolean
  in_system?: boolean
  unit_kind?: Several<string>
  terms?: Several<MemberProfileTerms>
  account?: Several<MemberProfileAccount>
  expertise?: string
  focus?: string
}

export interface MemberProfileTypes {
  row: MemberProfile
  lists: {
    members: MemberProfileMembersQuery
    register: MemberProfileRegisterQuery
  }
  forms: {
    add: MemberProfileAdd
    enter: MemberProfileEnter
    edit: MemberProfileEdit
    share: MemberProfileShare
    invite: object
    admit: MemberProfileAdmit
    renew: MemberProfileRenew
  }
}

export const member_profile = {
  name: 'member_profile',
  fields: {
    person: { type: 'ref', of: 'person' },
    name: { type: 'text', least: 1, most: 64, said: true },
    code: { type: 'text', least: 1, most: 20, of: 'a-zA-Z0-9-' },
    sex: { type: 'word', of: ['male', 'female'], optional: true, see: 'details' },
    birth_date: { type: 'date', optional: true, see: 'details' },
    nation: { type: 'text', least: 1, most: 20, optional: true, see: 'details' },
    native_place: { type: 'text', least: 1, most: 40, optional: true, see: 'details' },
    education: { type: 'text', least: 1, most: 40, optional: true, see: 'details' },
    political_affiliation: { type: 'dict', of: 'political_affiliation', optional: true, see: 'details' },
    work_unit: { type: 'text', least: 1, most: 100, optional: true },
    work_title: { type: 'text', least: 1, most: 60, optional: true, see: 'details' },
    unit_kind: { type: 'dict', of: 'unit_kind', optional: true, see: 'details' },
    in_system: { type: 'bool', optional: true, see: 'details' },
    social_posts: { type: 'text', least: 1, most: 500, optional: true, lines: true, see: 'details' },
    honours: { type: 'text', least: 1, most: 500, optional: true, lines: true, see: 'details' },
    expertise: { type: 'text', least: 1, most: 100, optional: true, tags: true },
    focus: { type: 'text', least: 1, most: 100, optional: true, tags: true },
    phone: { type: 'text', least: 5, most: 20, of: '0-9+', optional: true, see: 'call' },
    phone_shared: { type: 'bool', see: 'details' },
    joined_on: { type: 'date', optional: true, see: 'details' },
    terms_served: { type: 'int', least: 0, most: 20, see: 'details' },
    scored: { type: 'bool', see: 'details' },
    state_on: {
      type: 'word',
      of: ['candidate', 'active', 'suspended', 'left', 'merged'],
      optional: true,
      see: 'details',
      said: true,
    },
    scored_now: { type: 'bool', see: 'details', said: true },
    state_since: { type: 'date', optional: true, see: 'details', said: true },
    not_scored_reason: { type: 'text', least: 1, most: 200, optional: true, see: 'details' },
    left_on: { type: 'date', optional: true, see: 'details' },
    exit: { type: 'dict', of: 'member_exit', optional: true, see: 'details' },
    documents: { type: 'files', least: 0, most: 5, see: 'details' },
    account: { type: 'word', of: ['none', 'invited', 'expired', 'ready'], see: 'details', said: true },
    invited_until: { type: 'time', optional: true, see: 'details', said: true },
    link: { type: 'text', least: 1, most: 300, said: true },
    term: { type: 'ref', of: 'term', said: true },
    sector: { type: 'ref', of: 'org', optional: true, said: true },
    capacity: { type: 'word', of: ['member', 'standing'], said: true },
    since: { type: 'date', said: true },
    document_no: { type: 'text', least: 1, most: 60, optional: true, said: true },
    q: { type: 'text', least: 1, most: 64, said: true },
    committee: { type: 'ref', of: 'org', said: true },
    committee2: { type: 'ref', of: 'org', said: true },
    committees: { type: 'list', least: 0, most: 2147483647, said: true },
    station: { type: 'ref', of: 'org', said: true },
    standing: { type: 'bool', said: true },
    in_office: { type: 'bool', said: true },
    age: { type: 'word', of: ['under_40', 'from_40', 'from_50', 'from_60', 'from_70'], said: true },
    terms: { type: 'word', of: ['first', 'second', 'more'], said: true },
  },
  lists: {
    members: {
      path: '/members',
      sort: ['code', 'name'],
      filter: ['q', 'person', 'state', 'in_office', 'sector', 'committee', 'standing', 'expertise', 'focus'],
      counts: ['person', 'state', 'in_office', 'sector', 'committee', 'standing', 'expertise', 'focus'],
      most: 1000,
    },
    register: {
      path: '/members/register',
      sort: ['code', 'name'],
      filter: [
        'q',
        'person',
        'state',
        'in_office',
        'term',
        'sector',
        'committee',
        'station',
        'standing',
        'political_affiliation',
        'sex',
        'age',
        'scored',
        'in_system',
        'unit_kind',
        'terms',
        'account',
        'expertise',
        'focus',
      ],
      counts: [
        'person',
        'state',
        'in_office',
        'term',
        'sector',
        'committee',
        'station',
        'standing',
        'political_affiliation',
        'sex',
        'age',
        'scored',
        'in_system',
        'unit_kind',
        'terms',
        'account',
        'expertise',
        'focus',
      ],
      most: 1000,
    },
  },
  one: '/members/{member_profile}',
  events: '/members/{member_profile}/events',
  undo: '/members/{member_profile}/undo',
  imports: {
    path: '/members/import',
    who: ['staff', 'liaison'],
    form: 'enter',
    fields: [
      'person',
      'name',
      'code',
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
      'joined_on',
      'terms_served',
      'scored',
      'not_scored_reason',
      'term',
      'sector',
      'capacity',
      'since',
      'document_no',
      'committee',
      'committee2',
    ],
    keys: ['code'],
    parts: ['name', 'phone'],
  },
  papers: {
    record: { path: '/members/{member_profile}/papers/record', verb: 'print' },
    roster: { path: '/members/register/papers/roster', list: 'register' },
    contacts: { path: '/members/register/papers/contacts', list: 'register' },
    badges: { path: '/members/register/papers/badges', list: 'register' },
  },
  forms: {
    add: {
      method: 'POST',
      path: '/members',
      verb: 'add',
      fields: [
        { name: 'person', needed: true },
        { name: 'code', needed: true },
        { name: 'sex', needed: false },
        { name: 'birth_date', needed: false },
        { name: 'nation', needed: false },
        { name: 'native_place', needed: false },
        { name: 'education', needed: false },
        { name: 'political_affiliation', needed: false },
        { name: 'work_unit', needed: false },
        { name: 'work_title', needed: false },
        { name: 'unit_kind', needed: false },
        { name: 'in_system', needed: false },
        { name: 'social_posts', needed: false },
        { name: 'honours', needed: false },
        { name: 'expertise', needed: false },
        { name: 'focus', needed: false },
        { name: 'phone', needed: false },
        { name: 'terms_served', needed: false },
        { name: 'scored', needed: false },
        { name: 'not_scored_reason', needed: false },
      ],
    },
    enter: {
      method: 'POST',
      path: '/members/enter',
      verb: 'enter',
      fields: [
        { name: 'person', needed: false },
        { name: 'name', needed: false },
        { name: 'code', needed: true },
        { name: 'term', needed: true },
        { name: 'sector', needed: true },
        { name: 'capacity', needed: true },
        { name: 'since', needed: true },
        { name: 'document_no', needed: true },
        { name: 'joined_on', needed: false },
        { name: 'committee', needed: false },
        { name: 'committee2', needed: false },
        { name: 'sex', needed: false },
        { name: 'birth_date', needed: false },
        { name: 'nation', needed: false },
        { name: 'native_place', needed: false },
        { name: 'education', needed: false },
        { name: 'political_affiliation', needed: false },
        { name: 'work_unit', needed: false },
        { name: 'work_title', needed: false },
        { name: 'unit_kind', needed: false },
        { name: 'in_system', needed: false },
        { name: 'social_posts', needed: false },
        { name: 'honours', needed: false },
        { name: 'expertise', needed: false },
        { name: 'focus', needed: false },
        { name: 'phone', needed: false },
        { name: 'terms_served', needed: false },
        { name: 'scored', needed: false },
        { name: 'not_scored_reason', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/members/{member_profile}',
      verb: 'edit',
      fields: [
        { name: 'code', needed: false },
        { name: 'joined_on', needed: false },
        { name: 'phone_shared', needed: false },
        { name: 'sex', needed: false },
        { name: 'birth_date', needed: false },
        { name: 'nation', needed: false },
        { name: 'native_place', needed: false },
        { name: 'education', needed: false },
        { name: 'political_affiliation', needed: false },
        { name: 'work_unit', needed: false },
        { name: 'work_title', needed: false },
        { name: 'unit_kind', needed: false },
        { name: 'in_system', needed: false },
        { name: 'social_posts', needed: false },
        { name: 'honours', needed: false },
        { name: 'expertise', needed: false },
        { name: 'focus', needed: false },
        { name: 'phone', needed: false },
        { name: 'terms_served', needed: false },
        { name: 'scored', needed: false },
        { name: 'not_scored_reason', needed: false },
      ],
    },
    share: {
      method: 'POST',
      path: '/members/{member_profile}/share',
      verb: 'share',
      fields: [{ name: 'phone_shared', needed: true }],
    },
    invite: { method: 'POST', path: '/members/{member_profile}/invite', verb: 'invite', fields: [] },
  },
  states: [
    { name: 'candidate', open: true },
    { name: 'active' },
    { name: 'suspended' },
    { name: 'left' },
    { name: 'merged', final: true },
  ],
  steps: {
    admit: {
      method: 'POST',
      path: '/members/{member_profile}/admit',
      verb: 'admit',
      fields: [
        { name: 'term', needed: true },
        { name: 'sector', needed: true },
        { name: 'capacity', needed: true },
        { name: 'since', needed: true },
        { name: 'document_no', needed: false },
        { name: 'documents', needed: false },
      ],
      may_tell_nobody: true,
      from: ['candidate', 'left'],
      to: 'active',
      decides: true,
    },
    renew: {
      method: 'POST',
      path: '/members/{member_profile}/renew',
      verb: 'renew',
      fields: [
        { name: 'term', needed: true },
        { name: 'sector', needed: false },
        { name: 'capacity', needed: false },
        { name: 'since', needed: false },
        { name: 'document_no', needed: true },
      ],
      bulk: true,
      may_tell_nobody: true,
      from: ['active'],
      to: 'active',
      decides: true,
      undo_s: 1800,
    },
  },
  words: {
    zh: {
      member_profile: '委员',
      person: '姓名',
      name: '姓名',
      code: '委员编号',
      sex: '性别',
      'sex.male': '男',
      'sex.female': '女',
      birth_date: '出生日期',
      nation: '民族',
      native_place: '籍贯',
      education: '学历学位',
      political_affiliation: '党派',
      work_unit: '工作单位',
      work_title: '职务',
      unit_kind: '单位性质',
      in_system: '体制内外',
      'in_system.true': '体制内',
      'in_system.false': '体制外',
      social_posts: '社会职务',
      honours: '荣誉',
      expertise: '专长',
      focus: '关注重点',
      phone: '手机号码',
      phone_shared: '委员可见手机号码',
      'phone_shared.true': '其他委员可见',
      'phone_shared.false': '仅机关可见',
      joined_on: '担任委员日期',
      terms_served: '任职届数',
      scored: '是否计分',
      'scored.true': '计分',
      'scored.false': '不计分',
      state_on: '所查日期的状态',
      'state_on.candidate': '拟任',
      'state_on.active': '在任',
      'state_on.suspended': '停职',
      'state_on.left': '离任',
      'state_on.merged': '已合并',
      scored_now: '当日计分',
      'scored_now.true': '计分',
      'scored_now.false': '不计分',
      state_since: '当前状态起始日期',
      not_scored_reason: '不计分原因',
      left_on: '离任日期',
      exit: '离任原因',
      documents: '任职文件',
      account: '账号',
      'account.none': '尚未邀请',
      'account.invited': '已发邀请',
      'account.expired': '邀请已过期',
      'account.ready': '已开通',
      invited_until: '邀请有效期至',
      link: '开通链接',
      term: '届',
      sector: '界别',
      capacity: '任职身份',
      'capacity.member': '委员',
      'capacity.standing': '常务委员',
      since: '任职日期',
      document_no: '文件文号',
      q: '姓名、编号、单位、专长',
      committee: '专委会',
      committee2: '第二专委会',
      committees: '专委会',
      station: '工作站',
      standing: '常务委员',
      'standing.true': '是',
      'standing.false': '否',
      in_office: '是否在任',
      'in_office.true': '在任',
      'in_office.false': '不在任',
      age: '年龄段',
      'age.under_40': '40 岁以下',
      'age.from_40': '40–49 岁',
      'age.from_50': '50–59 岁',
      'age.from_60': '60–69 岁',
      'age.from_70': '70 岁及以上',
      terms: '届次',
      'terms.first': '首届',
      'terms.second': '连任一届',
      'terms.more': '连任多届',
      'list.members': '委员名录',
      'list.register': '委员名册',
      state: '委员状态',
      'state.candidate': '拟任',
      'state.active': '在任',
      'state.suspended': '停职',
      'state.left': '离任',
      'state.merged': '已合并',
      'verb.read': '查看',
      'verb.call': '查看手机号码',
      'verb.details': '查看详细资料',
      'verb.share': '公开手机号码',
      'verb.history': '查看历史',
      'verb.print': '打印',
      'verb.add': '登记委员',
      'verb.admit': '确认任职',
      'verb.renew': '连任下一届',
      'verb.export': '导出',
      'verb.enter': '登记在任委员',
      'verb.import': '导入委员',
      'verb.edit': '修改资料',
      'verb.invite': '邀请开通账号',
      'verb.suspend': '停职',
      'verb.restore': '恢复履职',
      'verb.leave': '离任',
      'verb.merge': '合并',
      'scope.sharing': '公开手机号码的委员',
      'scope.own': '本人',
      'scope.sector': '本人召集的界别的委员',
      'scope.committee': '本专委会的委员',
      'scope.other': '他人的登记',
      'scope.party': '关于本人的登记',
      'code.unknown': '没有这个人员。',
      'code.there': '此人已经登记为委员。',
      'code.code_taken': '这个委员编号已有人使用。',
      'code.no_document': '请填写文号或上传任职文件。',
      'code.no_place': '没有这个届或界别。',
      'code.filed': '该委员本届已经任职。',
      'code.not_later': '该委员已有更晚一届的届档，请选择之后的届。',
      'code.too_early': '任职日期须在该届之内，并晚于其上一届任职的起始日期。',
      'code.shut': '此人的账号已停用，且另有职责：请先由系统管理员启用账号。',
      'code.phone_taken': '这个手机号码已登记在另一位委员名下。',
      'code.namesake':
        '系统中已有同名人员账号，尚未登记为委员：请增加“person”列并填写其系统编号，或先人工登记。',
      'code.no_committee': '没有这个专委会。',
      'code.outside': '任职日期不在该界别或专委会的存续期内。',
      'code.used': '该委员已有后续记录，不能撤销导入。',
      'code.has_account': '该委员的账号已开通，不需要邀请。忘记密码时由系统管理员重置。',
      'code.has_duties': '此人另有职责，其密码由系统管理员设置。',
      'notice.admitted': '您已担任{term}政协委员',
      'notice.unrenewed': '您担任{term}政协委员的登记已撤回',
      'paper.record': '委员登记表',
      'paper.record.meetings': '参加协商会议情况',
      'paper.record.attended': '出席',
      'paper.roster': '委员名册',
      'paper.roster.no': '序号',
      'paper.contacts': '委员通讯录',
      'paper.badges': '委员证件卡',
    },
    en: {
      member_profile: 'Member',
      person: 'Name',
      name: 'Name',
      code: 'Number',
      sex: 'Sex',
      'sex.male': 'Male',
      'sex.female': 'Female',
      birth_date: 'Date of birth',
      nation: 'Nationality',
      native_place: 'Native place',
      education: 'Education',
      political_affiliation: 'Political affiliation',
      work_unit: 'Work unit',
      work_title: 'Title',
      unit_kind: 'Kind of unit',
      in_system: 'Within the public sector',
      'in_system.true': 'Within',
      'in_system.false': 'Outside',
      social_posts: 'Other posts',
      honours: 'Honours',
      expertise: 'Expertise',
      focus: 'Cares about',
      phone: 'Mobile phone',
      phone_shared: 'Phone seen by members',
      'phone_shared.true': 'Seen by the other members',
      'phone_shared.false': 'Seen by the office only',
      joined_on: 'Member since',
      terms_served: 'Terms served',
      scored: 'Scored',
      'scored.true': 'Scored',
      'scored.false': 'Not scored',
      state_on: 'Standing on the day asked for',
      'state_on.candidate': 'Candidate',
      'state_on.active': 'In office',
      'state_on.suspended': 'Suspended',
      'state_on.left': 'Left',
      'state_on.merged': 'Merged',
      scored_now: 'Scored on the day',
      'scored_now.true': 'Scored',
      'scored_now.false': 'Not scored',
      state_since: 'Stands so since',
      not_scored_reason: 'Why not scored',
      left_on: 'Left on',
      exit: 'Why he left',
      documents: 'Documents',
      account: 'Account',
      'account.none': 'Not invited',
      'account.invited': 'Invited',
      'account.expired': 'Invitation expired',
      'account.ready': 'Set up',
      invited_until: 'Invitation good until',
      link: 'Link',
      term: 'Term',
      sector: 'Sector',
      capacity: 'Capacity',
      'capacity.member': 'Member',
      'capacity.standing': 'Standing member',
      since: 'From',
      document_no: 'Document number',
      q: 'Name, number, unit, expertise',
      committee: 'Committee',
      committee2: 'Second committee',
      committees: 'Committees',
      station: 'Station',
      standing: 'Standing member',
      'standing.true': 'Yes',
      'standing.false': 'No',
      in_office: 'In office',
      'in_office.true': 'In office',
      'in_office.false': 'Not in office',
      age: 'Age',
      'age.under_40': 'Under 40',
      'age.from_40': '40 to 49',
      'age.from_50': '50 to 59',
      'age.from_60': '60 to 69',
      'age.from_70': '70 and over',
      terms: 'Which term',
      'terms.first': 'First',
      'terms.second': 'Second',
      'terms.more': 'More',
      'list.members': 'Members',
      'list.register': 'Register of members',
      state: 'Standing',
      'state.candidate': 'Candidate',
      'state.active': 'In office',
      'state.suspended': 'Suspended',
      'state.left': 'Left',
      'state.merged': 'Merged',
      'verb.read': 'See',
      'verb.call': 'See the phone number',
      'verb.details': 'See the details',
      'verb.share': 'Let members call',
      'verb.history': 'See its history',
      'verb.print': 'Print',
      'verb.add': 'Enter a member',
      'verb.admit': 'Take into office',
      'verb.renew': 'Take into the next term',
      'verb.export': 'Export',
      'verb.enter': 'Enter who is in office',
      'verb.import': 'Import members',
      'verb.edit': 'Edit',
      'verb.invite': 'Invite to set up the account',
      'verb.suspend': 'Suspend',
      'verb.restore': 'Restore',
      'verb.leave': 'Leave',
      'verb.merge': 'Merge',
      'scope.sharing': 'Members who let others call them',
      'scope.own': 'Oneself',
      'scope.sector': 'Members of the sector that one convenes',
      'scope.committee': "Members of one's committee",
      'scope.other': "Anybody else's",
      'scope.party': 'What is about oneself',
      'code.unknown': 'There is no such person.',
      'code.there': 'The person is in the register already.',
      'code.code_taken': 'This number is taken.',
      'code.no_document': 'Please give the document or its number.',
      'code.no_place': 'There is no such term or sector.',
      'code.filed': 'He is a member of this term already.',
      'code.not_later': 'He has a file of a later term already: choose one after it.',
      'code.too_early': 'The day must be within the term, and after his last seat began.',
      'code.shut':
        'This account is closed and has other duties: the system administrator has to open it first.',
      'code.phone_taken': 'Another member has this phone number.',
      'code.namesake':
        'Somebody of this name has an account and is not in the register: give its id in a column “person”, or enter him by hand.',
      'code.no_committee': 'There is no such committee.',
      'code.outside': 'On that day there was no such sector or committee, or it has ended.',
      'code.used': 'Something has been recorded of this member since; the import is not taken back.',
      'code.has_account':
        'The account is set up already. A forgotten password is reset by the system administrator.',
      'code.has_duties': 'The person has other duties: the system administrator makes the password.',
      'notice.admitted': 'You are a member of {term} now',
      'notice.unrenewed': 'That you are a member of {term} was taken back',
      'paper.record': 'Member’s record',
      'paper.record.meetings': 'Consultations',
      'paper.record.attended': 'Attended',
      'paper.roster': 'Register of members',
      'paper.roster.no': 'No.',
      'paper.contacts': 'Members’ telephone numbers',
      'paper.badges': 'Members’ badges',
    },
  },
} as const satisfies SubjectMeta
