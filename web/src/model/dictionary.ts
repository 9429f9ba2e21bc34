// What people read of records, out of the subjects' words.txt (server/domain/X). A page registers the
// subjects that it shows, so that only their words are loaded, and none before somebody has joined.
import { shallowReactive } from 'vue'
import { fill, locale, type Params } from '@/i18n'
import type { SubjectMeta } from './meta'

const dictionaries = shallowReactive(new Map<string, SubjectMeta['words']>())

export function registerWords(...subjects: readonly Pick<SubjectMeta, 'name' | 'words'>[]): void {
  for (const { name, words } of subjects) dictionaries.set(name, words)
}

function found(key: string): string | undefined {
  const dot = key.indexOf('.')
  const words = dictionaries.get(dot < 0 ? key : key.slice(0, dot))?.[locale.value]
  const rest = key.slice(dot + 1)
  return words && Object.prototype.hasOwnProperty.call(words, rest) ? words[rest] : undefined
}

/** For keys that come from elsewhere. */
export function hasWord(key: string): boolean {
  return found(key) !== undefined
}

/** "person": the subject; "person.name", "person.roles.staff": what is in it. A key without words stays as it
 * is. Reactive: components that call it are rendered again when the language changes. */
export function word(key: string, params?: Params): string {
  return fill(found(key) ?? key, params)
}

type WordKey<Of extends Pick<SubjectMeta, 'words'>> = keyof Of['words']['zh'] & string

/** Registers one subject; its words by their keys, which are checked: wordsOf(person)('roles.staff'). */
export function wordsOf<Of extends Pick<SubjectMeta, 'name' | 'words'>>(
  of: Of,
): (key: WordKey<Of>, params?: Params) => string {
  registerWords(of)
  return (key, params) => word(`${of.name}.${key}`, params)
}
