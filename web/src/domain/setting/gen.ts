// Printed by `yishid --print web/setting` of what the server declares (server/domain/setting).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type SettingKey =
  | 'absence_days_most'
  | 'behalf_idle_min'
  | 'notice_digest_afternoon'
  | 'notice_digest_morning'
  | 'notice_escalate_hours'
  | 'notice_merge_min'
  | 'notice_quiet_from'
  | 'notice_quiet_to'
  | 'recording_days'
export type SettingVerb = never

export interface Setting {
  id: string
  key: SettingKey
  value: string
  version: number
  set_at: number
  set_by: {
    id: string
    name: string
  }
  may: SettingVerb[]
}

export interface SettingSet {
  key: SettingKey
  value: string
}

export interface SettingSettingsQuery extends ListQuery {
  sort?: 'key' | '-key'
}

export interface SettingAllQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  key?: Several<SettingKey>
}

export interface SettingTypes {
  row: Setting
  lists: {
    settings: SettingSettingsQuery
    all: SettingAllQuery
  }
  forms: {
    set: SettingSet
  }
}

export const setting = {
  name: 'setting',
  fields: {
    key: {
      type: 'word',
      of: [
        'absence_days_most',
        'behalf_idle_min',
        'notice_digest_afternoon',
        'notice_digest_morning',
        'notice_escalate_hours',
        'notice_merge_min',
        'notice_quiet_from',
        'notice_quiet_to',
        'recording_days',
      ],
    },
    value: { type: 'text', least: 1, most: 500 },
  },
  lists: {
    settings: { path: '/settings', sort: ['key'], filter: [], most: 200 },
    all: { path: '/settings/all', sort: ['-created_at'], filter: ['key'], counts: ['key'], most: 200 },
  },
  one: '/settings/{setting}',
  forms: {
    set: {
      method: 'POST',
      path: '/settings',
      verb: 'set',
      fields: [
        { name: 'key', needed: true },
        { name: 'value', needed: true },
      ],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      setting: '参数',
      key: '参数',
      'key.absence_days_most': '一次外出最长天数',
      'key.behalf_idle_min': '代办时不操作多少分钟自动结束',
      'key.notice_digest_afternoon': '通知汇总时间（下午，如 16:00）',
      'key.notice_digest_morning': '通知汇总时间（上午，如 08:30）',
      'key.notice_escalate_hours': '未读多少小时后发短信提醒',
      'key.notice_merge_min': '多少分钟内的相同通知合并',
      'key.notice_quiet_from': '免打扰开始时间（如 21:30）',
      'key.notice_quiet_to': '免打扰结束时间（如 07:30；与开始相同即不设）',
      'key.recording_days': '录制保存天数（0 为永久保存）',
      value: '取值',
      'list.settings': '参数',
      'list.all': '参数修改记录',
      'sort.created_at': '设置时间',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.set': '设置',
    },
    en: {
      setting: 'Setting',
      key: 'Setting',
      'key.absence_days_most': 'Days that an absence may last',
      'key.behalf_idle_min': 'Minutes without doing anything after which acting for another ends',
      'key.notice_digest_afternoon': 'Second time at which notices are gathered, such as 16:00',
      'key.notice_digest_morning': 'First time at which notices are gathered, such as 08:30',
      'key.notice_escalate_hours': 'Hours unread after which a text message follows',
      'key.notice_merge_min': 'Minutes within which the same notice is told once',
      'key.notice_quiet_from': 'Beginning of the quiet hours, such as 21:30',
      'key.notice_quiet_to': 'End of the quiet hours, such as 07:30; the same as the beginning: none',
      'key.recording_days': 'Days that recordings are kept (0: for ever)',
      value: 'Value',
      'list.settings': 'Settings',
      'list.all': 'Every value that was set',
      'sort.created_at': 'When it was set',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.set': 'Set',
    },
  },
} as const satisfies SubjectMeta
