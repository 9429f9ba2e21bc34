// What may be given to a deputy, in the words of the kinds of records.
import { subjects } from '@/domain/subjects'
import { locale } from '@/i18n'
import type { SubjectMeta } from '@/model/meta'
import { verbWord, wordOf } from '@/model/words'

export interface VerbGroup {
  /** The kind of record. */
  readonly name: string
  readonly text: string
  readonly verbs: readonly { readonly verb: string; readonly text: string }[]
}

const metas = new Map<string, SubjectMeta>(subjects.map((one) => [one.name, one]))
const COMMA = { zh: '、', en: ', ' } as const

/** Those that people do by hand: what only programs ask for has no form of its own. */
export function groupsOf(verbs: readonly string[]): VerbGroup[] {
  const groups = new Map<string, string[]>()
  for (const verb of verbs) {
    const kind = verb.slice(0, verb.indexOf('.'))
    groups.set(kind, [...(groups.get(kind) ?? []), verb])
  }
  return [...groups].flatMap(([name, own]) => {
    const meta = metas.get(name)
    if (!meta) return []
    const known = own.map((verb) => ({ verb, text: verbWord(meta, verb.slice(name.length + 1)) }))
    return [{ name, text: wordOf(meta, name) ?? name, verbs: known }]
  })
}

/** "外出：登记外出、修改；会议：…" */
export const verbsText = (verbs: readonly string[]): string =>
  groupsOf(verbs)
    .map(({ text, verbs: own }) => `${text}${locale.value === 'zh' ? '：' : ': '}${own.map((one) => one.text).join(COMMA[locale.value])}`)
    .join(locale.value === 'zh' ? '；' : '; ')
