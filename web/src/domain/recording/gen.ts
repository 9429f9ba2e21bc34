// Printed by `yishid --print web/recording` of what the server declares (server/domain/recording).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type RecordingState = 'recording' | 'ready' | 'interrupted' | 'failed' | 'removed'
export type RecordingVerb = 'hold' | 'release' | 'remove'

export interface Recording {
  id: string
  state: RecordingState
  started_at: number
  held_at: number | null
  hold_reason?: string | null
  removed_at: number | null
  remove_reason?: string | null
  purged_at?: number | null
  version: number
  meeting: {
    id: string
    title: string
    planned_start: number
  }
  title: string
  held_by?: { id: string; name: string } | null
  removed_by?: { id: string; name: string } | null
  ended_at: number | null
  duration_ms: number
  bytes: number
  gaps: { at_ms: number; for_ms: number; cause: 'stopped' | 'broken' }[]
  files?: { name: string; kind: 'program' | 'track'; part: number; track: number; source: string; person: { id: string; name: string } | null; start_ms: number; duration_ms: number; bytes: number; sha256: string | null; type: 'video/webm' | 'audio/webm'; url: string }[]
  all_bytes?: number
  tracks?: { name: string; kind: 'program' | 'track'; part: number; track: number; source: string; person: { id: string; name: string } | null; start_ms: number; duration_ms: number; bytes: number; sha256: string | null; type: 'video/webm' | 'audio/webm'; url: string }[]
  digests?: { recording: string; files: number; sha256: string }[]
  may: RecordingVerb[]
}

export interface RecordingHold {
  note: string
}

export interface RecordingRelease {
  note: string
}

export interface RecordingRemove {
  note: string
}

export interface RecordingRecordingsQuery extends ListQuery {
  sort?: 'started_at' | '-started_at'
  meeting?: Several<string>
  state?: Several<RecordingState>
  since?: string
  until?: string
  held?: boolean
  q?: string
}

export interface RecordingTypes {
  row: Recording
  lists: {
    recordings: RecordingRecordingsQuery
  }
  forms: {
    hold: RecordingHold
    release: RecordingRelease
    remove: RecordingRemove
    warn: object
    expire: object
  }
}

export const recording = {
  name: 'recording',
  fields: {
    meeting: { type: 'ref', of: 'meeting' },
    state: { type: 'word', of: ['recording', 'ready', 'interrupted', 'failed', 'removed'] },
    started_at: { type: 'time' },
    ended_at: { type: 'time', optional: true, said: true },
    duration_ms: { type: 'int', least: 0, most: 9223372036854775807, said: true },
    bytes: { type: 'int', least: 0, most: 9223372036854775807, said: true },
    gaps: { type: 'list', least: 0, most: 2147483647, said: true },
    files: { type: 'list', least: 0, most: 2147483647, see: 'play', said: true },
    all_bytes: { type: 'int', least: 0, most: 9223372036854775807, see: 'tracks', said: true },
    tracks: { type: 'list', least: 0, most: 2147483647, see: 'tracks', said: true },
    digests: { type: 'list', least: 0, most: 2147483647, see: 'history', said: true },
    held_at: { type: 'time', optional: true },
    held_by: { type: 'object', of: 'Someone', optional: true, see: 'history', said: true },
    hold_reason: { type: 'text', least: 1, most: 500, optional: true, lines: true, see: 'history' },
    removed_at: { type: 'time', optional: true },
    removed_by: { type: 'object', of: 'Someone', optional: true, see: 'history', said: true },
    remove_reason: { type: 'text', least: 1, most: 500, optional: true, lines: true, see: 'history' },
    purged_at: { type: 'time', optional: true, see: 'history' },
    note: { type: 'text', least: 1, most: 500, lines: true, said: true },
    since: { type: 'date', said: true },
    until: { type: 'date', said: true },
    held: { type: 'bool', said: true },
    q: { type: 'text', least: 1, most: 64, said: true },
  },
  lists: {
    recordings: {
      path: '/recordings',
      sort: ['-started_at'],
      filter: ['meeting', 'state', 'since', 'until', 'held', 'q'],
      counts: ['meeting', 'state', 'held'],
      most: 200,
    },
  },
  one: '/recordings/{recording}',
  events: '/recordings/{recording}/events',
  forms: {
    hold: {
      method: 'POST',
      path: '/recordings/{recording}/hold',
      verb: 'hold',
      fields: [{ name: 'note', needed: true }],
      bulk: true,
    },
    release: {
      method: 'POST',
      path: '/recordings/{recording}/release',
      verb: 'release',
      fields: [{ name: 'note', needed: true }],
      bulk: true,
    },
    remove: {
      method: 'POST',
      path: '/recordings/{recording}/remove',
      verb: 'remove',
      fields: [{ name: 'note', needed: true }],
      bulk: true,
    },
    warn: { method: 'POST', path: '/recordings/{recording}/warn', verb: 'warn', fields: [] },
    expire: { method: 'POST', path: '/recordings/{recording}/expire', verb: 'expire', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      recording: '录制',
      meeting: '会议',
      state: '状态',
      'state.recording': '录制中',
      'state.ready': '可观看',
      'state.interrupted': '曾中断',
      'state.failed': '录制失败',
      'state.removed': '已移除',
      started_at: '开始时间',
      ended_at: '结束时间',
      duration_ms: '时长（毫秒）',
      bytes: '大小（字节）',
      gaps: '间断',
      files: '文件',
      all_bytes: '含分轨的大小（字节）',
      tracks: '分轨',
      digests: '校验值',
      held_at: '保全时间',
      held_by: '保全人',
      hold_reason: '保全原因',
      removed_at: '移除时间',
      removed_by: '移除人',
      remove_reason: '移除原因',
      purged_at: '文件清除时间',
      note: '原因',
      since: '起始日期',
      until: '截止日期',
      held: '保全',
      'held.true': '保全中',
      'held.false': '未保全',
      q: '会议名称',
      'list.recordings': '会议录制',
      'verb.read': '查看',
      'verb.play': '播放',
      'verb.tracks': '查看分轨',
      'verb.history': '查看保管记录',
      'verb.export': '导出',
      'verb.hold': '保全',
      'verb.release': '解除保全',
      'verb.remove': '移除',
      'verb.warn': '到期提醒',
      'verb.expire': '到期移除',
      'scope.meeting.read': '能查看其会议的录制',
      'code.held': '这段录制正在保全中，不能移除。请先解除保全。',
      'code.not_held': '这段录制没有保全。',
      'code.removed': '这段录制已经移除。',
      'code.running': '会议还在录制，录制结束后才能移除。',
      'notice.expires': '会议“{meeting}”的录制将于 {until} 按保存期限移除。需要留存的，请工作人员予以保全。',
    },
    en: {
      recording: 'Recording',
      meeting: 'Meeting',
      state: 'State',
      'state.recording': 'Recording now',
      'state.ready': 'Ready',
      'state.interrupted': 'Interrupted',
      'state.failed': 'Failed',
      'state.removed': 'Removed',
      started_at: 'Began',
      ended_at: 'Ended',
      duration_ms: 'Length in milliseconds',
      bytes: 'Size in bytes',
      gaps: 'Gaps',
      files: 'Files',
      all_bytes: 'Size with the single tracks',
      tracks: 'Single tracks',
      digests: 'Digests',
      held_at: 'Held since',
      held_by: 'Held by',
      hold_reason: 'Why it is held',
      removed_at: 'Removed',
      removed_by: 'Removed by',
      remove_reason: 'Why it was removed',
      purged_at: 'Files deleted',
      note: 'Reason',
      since: 'From',
      until: 'Until',
      held: 'Legal hold',
      'held.true': 'Held',
      'held.false': 'Not held',
      q: 'Title of the meeting',
      'list.recordings': 'Recordings',
      'verb.read': 'See',
      'verb.play': 'Play',
      'verb.tracks': 'See the single tracks',
      'verb.history': 'See how it is kept',
      'verb.export': 'Export',
      'verb.hold': 'Hold',
      'verb.release': 'Release',
      'verb.remove': 'Remove',
      'verb.warn': 'Tell of its age',
      'verb.expire': 'Remove for its age',
      'scope.meeting.read': 'Of meetings that one sees',
      'code.held': 'This recording is held and cannot be removed. Release it first.',
      'code.not_held': 'This recording is not held.',
      'code.removed': 'This recording has been removed.',
      'code.running': 'It is still being recorded. It can be removed once that is over.',
      'notice.expires':
        'The recording of “{meeting}” will be removed on {until}, when it has been kept long enough. Staff can hold it.',
    },
  },
} as const satisfies SubjectMeta
