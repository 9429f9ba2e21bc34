import { afterEach, expect, it } from 'vitest'
import { member_profile } from '@/domain/member_profile/gen'
import { locale } from '@/i18n'
import type { Requests } from './client'
import { filterLines, filterText, scopeLines } from './filter-words'

const was = locale.value
afterEach(() => void (locale.value = was))

const names: Record<string, string> = { '/orgs/o1': '医药卫生界', '/orgs/o2': '教育界' }
const to: Requests = {
  request: async (_method, path) => {
    const name = names[path.split('?')[0]!]
    if (!name) throw new Error(path)
    return { id: 'x', may: [], name } as never
  },
}

it('filters are said with all of their values, by name', async () => {
  locale.value = 'zh'
  expect(await filterLines(member_profile, { sector: 'o1,o2', state: 'active', scored: 'false', sex: 'female' }, to)).toEqual([
    '界别是医药卫生界 或 教育界',
    '委员状态是在任',
    `是否计分是${filterText(member_profile, 'scored', 'false')}`,
    '性别是女',
  ])
  expect(await filterLines(member_profile, { sector: 'gone' }, to)).toEqual(['界别是gone'])
  expect(await filterLines(member_profile, {}, to)).toEqual([])
})

it('what a list is below is said by name', async () => {
  locale.value = 'zh'
  expect(await scopeLines({ org: 'o2' }, to)).toEqual(['组织：教育界'])
})
