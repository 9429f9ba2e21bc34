// Printed by `yishid --print web/term_file` of what the server declares (server/domain/term_file).
import type { RecordFile } from '@/model/meta'
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type TermFileCapacity = 'member' | 'standing'
export type TermFileVerb = 'print' | 'report' | 'edit'

export interface TermFile {
  id: string
  capacity: TermFileCapacity
  work_unit: string | null
  work_title: string | null
  summary: string | null
  version: number
  created_at: number
  member_profile: {
    id: string
    code: string
    name: string
    person: string
  }
  term: {
    id: string
    no: number
    name: string
  }
  sector: {
    id: string
    name: string
  }
  materials: RecordFile[]
  reports: RecordFile[]
  may: TermFileVerb[]
}

export interface TermFileOpen {
  member_profile: string
  term: string
  sector: string
  capacity: TermFileCapacity
  work_unit?: string | null
  work_title?: string | null
}

export interface TermFileEdit {
  summary?: string | null
  materials?: string[]
}

export interface TermFileReport {
  reports: string[]
}

export interface TermFileJoin {
  joined: string
  summary?: string | null
}

export interface TermFileOfMemberQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
}

export interface TermFileTermFilesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  term?: Several<string>
  capacity?: Several<TermFileCapacity>
  sector?: Several<string>
}

export interface TermFileTypes {
  row: TermFile
  lists: {
    of_member: TermFileOfMemberQuery
    term_files: TermFileTermFilesQuery
  }
  forms: {
    open: TermFileOpen
    edit: TermFileEdit
    report: TermFileReport
    join: TermFileJoin
  }
}

export const term_file = {
  name: 'term_file',
  fields: {
    member_profile: { type: 'ref', of: 'member_profile' },
    term: { type: 'ref', of: 'term' },
    sector: { type: 'ref', of: 'org' },
    capacity: { type: 'word', of: ['member', 'standing'] },
    work_unit: { type: 'text', least: 1, most: 100, optional: true },
    work_title: { type: 'text', least: 1, most: 60, optional: true },
    summary: { type: 'text', least: 1, most: 5000, optional: true, lines: true },
    materials: { type: 'files', least: 0, most: 10 },
    reports: { type: 'files', least: 0, most: 10 },
    joined: { type: 'text', least: 1, most: 20, said: true },
  },
  lists: {
    of_member: { path: '/members/{member_profile}/term_files', sort: ['-created_at'], filter: [], most: 100 },
    term_files: {
      path: '/term_files',
      sort: ['created_at'],
      filter: ['term', 'capacity', 'sector'],
      counts: ['term', 'capacity', 'sector'],
      most: 200,
    },
  },
  one: '/term_files/{term_file}',
  events: '/term_files/{term_file}/events',
  papers: { file: { path: '/term_files/{term_file}/papers/file', verb: 'print' } },
  forms: {
    open: {
      method: 'POST',
      path: '/term_files',
      verb: 'open',
      fields: [
        { name: 'member_profile', needed: true },
        { name: 'term', needed: true },
        { name: 'sector', needed: true },
        { name: 'capacity', needed: true },
        { name: 'work_unit', needed: false },
        { name: 'work_title', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/term_files/{term_file}',
      verb: 'edit',
      fields: [
        { name: 'summary', needed: false },
        { name: 'materials', needed: false },
      ],
    },
    report: {
      method: 'PATCH',
      path: '/term_files/{term_file}/reports',
      verb: 'report',
      fields: [{ name: 'reports', needed: true }],
    },
    join: {
      method: 'PATCH',
      path: '/term_files/{term_file}/join',
      verb: 'join',
      fields: [
        { name: 'joined', needed: true },
        { name: 'summary', needed: false },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      term_file: '届档',
      member_profile: '委员',
      term: '届',
      sector: '界别',
      capacity: '任职身份',
      'capacity.member': '委员',
      'capacity.standing': '常务委员',
      work_unit: '工作单位',
      work_title: '职务',
      summary: '履职概况',
      materials: '履职材料',
      reports: '常委履职报告',
      joined: '并入的届档（委员编号）',
      'list.of_member': '个人届档',
      'sort.created_at': '建档时间',
      'list.term_files': '届档',
      'verb.read': '查看',
      'verb.history': '查看历史',
      'verb.print': '打印',
      'verb.report': '提交履职报告',
      'verb.export': '导出',
      'verb.edit': '修改',
      'verb.open': '建档',
      'verb.join': '并入同届届档',
      'scope.own': '本人的届档',
      'scope.standing': '本人任常委时的届档',
      'scope.other': '他人的届档',
      'code.not_active': '您当前不在任，不能提交履职报告。',
      'paper.file': '委员届档',
      'paper.file.basics': '基本情况',
      'paper.file.activity': '履职情况',
      'paper.file.meetings': '参加协商会议情况',
      'paper.file.at': '会议时间',
      'paper.file.result': '出席情况',
    },
    en: {
      term_file: 'File of a term',
      member_profile: 'Member',
      term: 'Term',
      sector: 'Sector',
      capacity: 'Capacity',
      'capacity.member': 'Member',
      'capacity.standing': 'Standing member',
      work_unit: 'Work unit',
      work_title: 'Title',
      summary: 'Summary',
      materials: 'Materials',
      reports: 'Yearly reports',
      joined: 'File taken in (number of the member)',
      'list.of_member': 'Files of a member',
      'sort.created_at': 'When it was begun',
      'list.term_files': 'Files of terms',
      'verb.read': 'See',
      'verb.history': 'See its history',
      'verb.print': 'Print',
      'verb.report': 'Hand in a report',
      'verb.export': 'Export',
      'verb.edit': 'Edit',
      'verb.open': 'Begin',
      'verb.join': 'Take in another file of the term',
      'scope.own': "One's own",
      'scope.standing': "One's own as a standing member",
      'scope.other': "Anybody else's",
      'code.not_active': 'You are not in office at present and cannot hand in a report.',
      'paper.file': 'File of a member’s term',
      'paper.file.basics': 'Basics',
      'paper.file.activity': 'Activity',
      'paper.file.meetings': 'Consultations',
      'paper.file.at': 'When',
      'paper.file.result': 'Attendance',
    },
  },
} as const satisfies SubjectMeta
