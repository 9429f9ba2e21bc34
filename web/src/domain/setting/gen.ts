// Printed by `yishid --print web/setting` of what the server declares (server/domain/setting).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type SettingKey = 'absence_days_most' | 'behalf_idle_min' | 'recording_days'
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
    key: { type: 'word', of: ['absence_days_most', 'behalf_idle_min', 'recording_days'] },
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
