// Printed by `yishid --print web/event` of what the server declares (server/domain/event).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type EventVerb = never

export interface Event {
  seq: number
  at: number
  mono_us: number
  kind: string
  person: {
    id: string
    name: string | null
  } | null
  participant: string | null
  data: Record<string, unknown>
  may: EventVerb[]
}

export interface EventEventsQuery extends ListQuery {
  sort?: 'seq' | '-seq'
}

export interface EventTypes {
  row: Event
  lists: {
    events: EventEventsQuery
  }
  forms: {}
}

export const event = {
  name: 'event',
  fields: {
    at: { type: 'time' },
    mono_us: { type: 'int', least: 0, most: 9223372036854775807 },
    kind: { type: 'text', least: 1, most: 40 },
    meeting: { type: 'ref', of: 'meeting' },
    person: { type: 'ref', of: 'person', optional: true },
  },
  lists: { events: { path: '/meetings/{meeting}/events', sort: ['seq'], filter: [], most: 200 } },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      event: '会议事件',
      at: '时间',
      mono_us: '单调时钟',
      kind: '事件',
      meeting: '会议',
      person: '人员',
      'list.events': '会议事件',
      'sort.seq': '发生顺序',
      'verb.read': '查看',
      'verb.export': '导出',
    },
    en: {
      event: 'Event of a meeting',
      at: 'Time',
      mono_us: 'Monotonic clock',
      kind: 'Event',
      meeting: 'Meeting',
      person: 'Person',
      'list.events': 'Events of a meeting',
      'sort.seq': 'Order',
      'verb.read': 'See',
      'verb.export': 'Export',
    },
  },
} as const satisfies SubjectMeta
