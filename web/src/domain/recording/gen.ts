// Printed by `yishid --print web/recording` of what the server declares (server/domain/recording).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type RecordingState = 'recording' | 'ready' | 'interrupted' | 'failed' | 'removed'
export type RecordingVerb = never

export interface Recording {
  id: string
  state: RecordingState
  started_at: number
  version: number
  meeting: {
    id: string
    title: string
    planned_start: number
  }
  title: string
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

export interface RecordingRecordingsQuery extends ListQuery {
  sort?: 'started_at' | '-started_at'
  meeting?: string
  state?: RecordingState
  since?: string
  until?: string
  q?: string
}

export interface RecordingTypes {
  row: Recording
  lists: {
    recordings: RecordingRecordingsQuery
  }
  forms: {}
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
    digests: { type: 'list', least: 0, most: 2147483647, see: 'prove', said: true },
    since: { type: 'date', said: true },
    until: { type: 'date', said: true },
    q: { type: 'text', least: 1, most: 64, said: true },
  },
  lists: {
    recordings: {
      path: '/recordings',
      sort: ['-started_at'],
      filter: ['meeting', 'state', 'since', 'until', 'q'],
      most: 200,
    },
  },
  one: '/recordings/{recording}',
  forms: {},
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
      since: '起始日期',
      until: '截止日期',
      q: '会议名称',
      'list.recordings': '会议录制',
      'verb.read': '查看',
      'verb.play': '播放',
      'verb.tracks': '查看分轨',
      'verb.prove': '查看校验值',
      'verb.export': '导出',
      'scope.meeting.read': '能查看其会议的录制',
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
      since: 'From',
      until: 'Until',
      q: 'Title of the meeting',
      'list.recordings': 'Recordings',
      'verb.read': 'See',
      'verb.play': 'Play',
      'verb.tracks': 'See the single tracks',
      'verb.prove': 'See the digests',
      'verb.export': 'Export',
      'scope.meeting.read': 'Of meetings that one sees',
    },
  },
} as const satisfies SubjectMeta
