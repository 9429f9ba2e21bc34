// Printed by `yishid --print web/dict_item` of what the server declares (server/domain/dict_item).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type DictItemVerb = 'withdraw' | 'place' | 'edit'

export interface DictItem {
  id: string
  dict: string
  code: string
  label_zh: string
  label_en: string
  valid_from: string
  valid_to: string | null
  sort: number
  version: number
  may: DictItemVerb[]
}

export interface DictItemCreate {
  dict: string
  code: string
  label_zh: string
  label_en: string
  valid_from: string
  sort?: number
}

export interface DictItemEdit {
  label_zh?: string
  label_en?: string
  valid_from?: string
}

export interface DictItemPlace {
  sort: number
}

export interface DictItemWithdraw {
  valid_to: string
}

export interface DictItemDictItemsQuery extends ListQuery {
  sort?: 'sort' | '-sort' | 'label_zh' | '-label_zh' | 'code' | '-code'
  dict?: string
  code?: string
}

export interface DictItemAllQuery extends ListQuery {
  sort?: 'sort' | '-sort' | 'label_zh' | '-label_zh' | 'code' | '-code' | 'valid_from' | '-valid_from'
  dict?: string
  code?: string
}

export interface DictItemTypes {
  row: DictItem
  lists: {
    dict_items: DictItemDictItemsQuery
    all: DictItemAllQuery
  }
  forms: {
    create: DictItemCreate
    edit: DictItemEdit
    place: DictItemPlace
    withdraw: DictItemWithdraw
  }
}

export const dict_item = {
  name: 'dict_item',
  fields: {
    dict: { type: 'text', least: 1, most: 40, of: 'a-z_' },
    code: { type: 'text', least: 1, most: 40, of: 'a-z0-9_' },
    label_zh: { type: 'text', least: 1, most: 60 },
    label_en: { type: 'text', least: 1, most: 60 },
    valid_from: { type: 'date' },
    valid_to: { type: 'date', optional: true },
    sort: { type: 'int', least: 0, most: 9999 },
  },
  lists: {
    dict_items: {
      path: '/dict_items',
      sort: ['sort', 'label_zh', 'code'],
      filter: ['dict', 'code'],
      most: 1000,
    },
    all: {
      path: '/dict_items/all',
      sort: ['sort', 'label_zh', 'code', 'valid_from'],
      filter: ['dict', 'code'],
      most: 1000,
    },
  },
  one: '/dict_items/{dict_item}',
  events: '/dict_items/{dict_item}/events',
  forms: {
    create: {
      method: 'POST',
      path: '/dict_items',
      verb: 'create',
      fields: [
        { name: 'dict', needed: true },
        { name: 'code', needed: true },
        { name: 'label_zh', needed: true },
        { name: 'label_en', needed: true },
        { name: 'valid_from', needed: true },
        { name: 'sort', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/dict_items/{dict_item}',
      verb: 'edit',
      fields: [
        { name: 'label_zh', needed: false },
        { name: 'label_en', needed: false },
        { name: 'valid_from', needed: false },
      ],
    },
    place: {
      method: 'PATCH',
      path: '/dict_items/{dict_item}/place',
      verb: 'place',
      fields: [{ name: 'sort', needed: true }],
    },
    withdraw: {
      method: 'PATCH',
      path: '/dict_items/{dict_item}/end',
      verb: 'withdraw',
      fields: [{ name: 'valid_to', needed: true }],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      dict_item: '字典项',
      dict: '字典',
      code: '代码',
      label_zh: '中文名称',
      label_en: '英文名称',
      valid_from: '启用日期',
      valid_to: '停用日期',
      sort: '顺序',
      'list.dict_items': '可选的字典项',
      'list.all': '全部字典项',
      'verb.read': '查看',
      'verb.export': '导出',
      'verb.create': '新增',
      'verb.withdraw': '停用',
      'verb.place': '调整顺序',
      'verb.edit': '修改',
      'verb.history': '查看历史',
      'scope.coming': '尚未启用的字典项',
      'code.overlaps': '这一代码在所选日期内已有名称。',
      'code.over': '已过去的日期不能再改，请选择今天或以后。',
    },
    en: {
      dict_item: 'Dictionary item',
      dict: 'Dictionary',
      code: 'Code',
      label_zh: 'Chinese name',
      label_en: 'English name',
      valid_from: 'From',
      valid_to: 'Until',
      sort: 'Order',
      'list.dict_items': 'Items that are offered',
      'list.all': 'All items',
      'verb.read': 'See',
      'verb.export': 'Export',
      'verb.create': 'Add',
      'verb.withdraw': 'Withdraw',
      'verb.place': 'Move',
      'verb.edit': 'Edit',
      'verb.history': 'See its history',
      'scope.coming': 'Items whose day has not come',
      'code.overlaps': 'The code is called something on one of these days already.',
      'code.over': 'Days that are over stay as they were: choose today or later.',
    },
  },
} as const satisfies SubjectMeta
