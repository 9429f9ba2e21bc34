// Printed by `yishid --print web/push_device` of what the server declares (server/domain/push_device).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type PushDeviceVerb = 'drop'

export interface PushDevice {
  id: string
  endpoint: string
  p256dh: string
  auth: string
  label: string
  created_at: number
  version: number
  may: PushDeviceVerb[]
}

export interface PushDeviceCreate {
  endpoint: string
  p256dh: string
  auth: string
  label?: string
}

export interface PushDevicePushDevicesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
}

export interface PushDeviceTypes {
  row: PushDevice
  lists: {
    push_devices: PushDevicePushDevicesQuery
  }
  forms: {
    create: PushDeviceCreate
    drop: object
  }
}

export const push_device = {
  name: 'push_device',
  fields: {
    endpoint: { type: 'text', least: 12, most: 1000 },
    p256dh: { type: 'text', least: 87, most: 88, of: 'a-zA-Z0-9_=-' },
    auth: { type: 'text', least: 22, most: 24, of: 'a-zA-Z0-9_=-' },
    label: { type: 'text', least: 0, most: 60 },
    created_at: { type: 'time' },
  },
  lists: { push_devices: { path: '/push_devices', sort: ['created_at'], filter: [], most: 10 } },
  one: '/push_devices/{push_device}',
  forms: {
    create: {
      method: 'POST',
      path: '/push_devices',
      verb: 'create',
      fields: [
        { name: 'endpoint', needed: true },
        { name: 'p256dh', needed: true },
        { name: 'auth', needed: true },
        { name: 'label', needed: false },
      ],
    },
    drop: { method: 'POST', path: '/push_devices/{push_device}/drop', verb: 'drop', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      push_device: '推送设备',
      endpoint: '推送地址',
      p256dh: '加密公钥',
      auth: '验证密钥',
      label: '名称',
      created_at: '登记时间',
      'list.push_devices': '我的推送设备',
      'verb.create': '登记',
      'verb.read': '查看',
      'verb.drop': '移除',
      'scope.own': '本人的设备',
      'code.too_many': '推送设备过多，请先移除不用的设备。',
    },
    en: {
      push_device: 'Browser that takes pushes',
      endpoint: 'Push address',
      p256dh: 'Public key',
      auth: 'Secret',
      label: 'Name',
      created_at: 'Since',
      'list.push_devices': 'My browsers',
      'verb.create': 'Register',
      'verb.read': 'See',
      'verb.drop': 'Remove',
      'scope.own': "One's own browsers",
      'code.too_many': 'There are too many browsers; please remove one that is not used.',
    },
  },
} as const satisfies SubjectMeta
