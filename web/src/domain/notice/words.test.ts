import { expect, it, vi } from 'vitest'
import { sh } from '@/i18n/shell'
import type { SubjectMeta } from '@/model/meta'
import { loadWords, noticeText } from './words'

vi.mock('@/model/subjects', () => ({
  recordPage: () => '/',
  subjectOf: async (name: string): Promise<SubjectMeta> => {
    if (name === 'lost') throw new TypeError('Failed to fetch dynamically imported module')
    const words = { [name]: name, 'notice.given': 'given' }
    return { name, words: { zh: words, en: words } } as unknown as SubjectMeta
  },
}))

it('says what it can when the words of one kind cannot be had', async () => {
  await loadWords([{ code: 'lost.given' }, { code: 'there.given' }])
  expect(noticeText({ code: 'there.given', params: '' })).toBe('given')
  expect(noticeText({ code: 'lost.given', params: '' })).toBe(sh('notices.something'))
})
