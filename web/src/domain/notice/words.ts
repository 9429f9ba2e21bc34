// What a notice says: in the words of the kind of record that it is about, which come when they are needed.
import { sh } from '@/i18n/shell'
import { hasWord, registerWords, word } from '@/model/dictionary'
import { recordPage, subjectOf } from '@/model/subjects'
import type { Notice } from './gen'

/** "role_holder.given": the subject, and its own name of what happened. */
function keyOf(code: string): string {
  const dot = code.indexOf('.')
  return `${code.slice(0, dot)}.notice.${code.slice(dot + 1)}`
}

/** Before they are shown. A kind whose words cannot be had now says of its notices only that there is something. */
export async function loadWords(notices: readonly Pick<Notice, 'code'>[]): Promise<void> {
  const names = new Set(notices.map(({ code }) => code.slice(0, code.indexOf('.'))))
  const subjects = await Promise.all([...names].map((name) => subjectOf(name).catch(() => null)))
  registerWords(...subjects.filter((one) => one !== null))
}

/** Members of the parameters are texts and numbers; the declaration calls the whole a text. */
const paramsOf = ({ params }: Pick<Notice, 'params'>): Record<string, string | number> =>
  params && typeof params === 'object' ? (params as Record<string, string | number>) : {}

export function noticeText(notice: Pick<Notice, 'code' | 'params'>): string {
  const key = keyOf(notice.code)
  return hasWord(key) ? word(key, paramsOf(notice)) : sh('notices.something')
}

/** Where what it is about can be seen; null: it is about nothing but itself. */
export const noticePage = ({ subject, record }: Pick<Notice, 'subject' | 'record'>): string | null =>
  subject === 'inbox' ? null : recordPage(subject, record)
