import { expect, it } from 'vitest'
import { setTimeZone } from '@/i18n/zone'
import { detailLines } from './audit-detail'

it('says what a field was and is', () => {
  setTimeZone('Asia/Shanghai')
  expect(detailLines({ name: ['王芳', '王方'], active: [true, false] })).toEqual([
    { name: '姓名', before: '王芳', now: '王方' },
    { name: '启用', before: '是', now: '否' },
  ])
  expect(detailLines({ planned_end: Date.UTC(2026, 4, 20, 8) })).toEqual([
    { name: '计划结束', before: null, now: '2026/05/20 16:00' },
  ])
})

it('knows roles, with and without those before', () => {
  expect(detailLines({ roles: ['member', 'staff'] })[0]).toMatchObject({ before: null, now: '委员，工作人员' })
  expect(detailLines({ roles: [['member'], ['staff']] })[0]).toMatchObject({ before: '委员', now: '工作人员' })
})

it('shows what it has no word for as it is written, and never what is secret', () => {
  expect(detailLines({ of_a_later_version: 3, secret: 'changed' })).toEqual([
    { name: 'of_a_later_version', before: null, now: '3' },
    { name: 'secret', before: null, now: '已更改（内容不记录）' },
  ])
})

it('compares rules that are kept whole', () => {
  expect(detailLines({ old: { late_after_min: 10 }, new: { late_after_min: 15 } })).toEqual([
    { name: '迟到界限（分钟）', before: '10', now: '15' },
  ])
})
