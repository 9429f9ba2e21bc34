// Printed by `yishid --print web/saved_view` of what the server declares (server/domain/saved_view).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type SavedViewVerb = 'edit' | 'drop'

export interface SavedView {
  id: string
  list: string
  name: string
  address: string
  version: number
  created_at: number
  may: SavedViewVerb[]
}

export interface SavedViewCreate {
  list: string
  name: string
  address: string
}

export interface SavedViewEdit {
  name?: string
  address?: string
}

export interface SavedViewSavedViewsQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  list?: string
}

export interface SavedViewTypes {
  row: SavedView
  lists: {
    saved_views: SavedViewSavedViewsQuery
  }
  forms: {
    create: SavedViewCreate
    edit: SavedViewEdit
    drop: object
  }
}

export const saved_view = {
  name: 'saved_view',
  fields: {
    list: { type: 'text', least: 1, most: 60, of: 'a-z_.' },
    name: { type: 'text', least: 1, most: 20 },
    address: { type: 'text', least: 0, most: 1000, of: '!-~' },
  },
  lists: { saved_views: { path: '/saved_views', sort: ['created_at'], filter: ['list'], most: 1000 } },
  one: '/saved_views/{saved_view}',
  forms: {
    create: {
      method: 'POST',
      path: '/saved_views',
      verb: 'create',
      fields: [
        { name: 'list', needed: true },
        { name: 'name', needed: true },
        { name: 'address', needed: true },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/saved_views/{saved_view}',
      verb: 'edit',
      fields: [
        { name: 'name', needed: false },
        { name: 'address', needed: false },
      ],
    },
    drop: { method: 'POST', path: '/saved_views/{saved_view}/drop', verb: 'drop', fields: [] },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      saved_view: '保存的视图',
      list: '列表',
      name: '名称',
      address: '条件',
      'list.saved_views': '我的视图',
      'sort.created_at': '保存时间',
      'verb.create': '保存',
      'verb.read': '查看',
      'verb.edit': '修改',
      'verb.drop': '删除',
      'scope.own': '本人的视图',
      'code.too_many': '这个列表保存的视图已满，请先删除不用的。',
    },
    en: {
      saved_view: 'Saved view',
      list: 'List',
      name: 'Name',
      address: 'Conditions',
      'list.saved_views': 'My views',
      'sort.created_at': 'When it was saved',
      'verb.create': 'Save',
      'verb.read': 'See',
      'verb.edit': 'Edit',
      'verb.drop': 'Remove',
      'scope.own': "One's own views",
      'code.too_many': 'This list has as many views as it can: remove one that is not used.',
    },
  },
} as const satisfies SubjectMeta
