import { afterEach, expect, it } from 'vitest'
import { api, useSession } from '@/composables/useSession'
import { locale } from '@/i18n'
import type { Session } from '@/sdk/api.gen'
import { change_request } from '../change_request/gen'
import { setting } from '../setting/gen'
import { countSeen, toldText, waysText } from './seen'

const before = { locale: locale.value, request: api.request }
const signIn = (role: string) => (useSession().session.value = { person: { id: 'me', roles: [role] } } as unknown as Session)
afterEach(() => {
  locale.value = before.locale
  api.request = before.request
  useSession().session.value = null
})

it('asks of what people are told of, for who may follow it', async () => {
  const asked: string[] = []
  api.request = ((_method: string, path: string) => (asked.push(path), Promise.resolve({ items: [], next: null, total: 7 }))) as typeof api.request
  signIn('member')
  expect(await countSeen(change_request, 'c')).toBe(0)
  signIn('staff')
  expect(await countSeen(setting, 's')).toBe(0)
  expect(asked).toEqual([])
  expect(await countSeen(change_request, 'c')).toBe(7)
  expect(asked).toEqual(['/notices/of_record?subject=change_request&record=c&limit=1'])
})

it('says what was told without what only they may know, and by which ways', () => {
  locale.value = 'zh'
  expect(toldText(change_request, { code: 'change_request.refused' })).toBe('您的信息变更申请未采纳：…')
  expect(waysText({ ways: [] })).toBe('站内消息')
  expect(waysText({ ways: [{ channel: 'sms', state: 'failed', at: Date.UTC(2026, 2, 2, 1) }] })).toMatch(/^站内消息；短信：.*失败/)
})
