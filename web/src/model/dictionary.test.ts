import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { person } from '@/domain/person/gen'
import { subjects } from '@/domain/subjects'
import { locale } from '@/i18n'
import { hasWord, registerWords, word, wordsOf } from './dictionary'

afterEach(() => void (locale.value = 'zh'))

it('are those of the language', () => {
  const say = wordsOf(person)
  expect(say('roles.staff')).toBe('工作人员')
  expect(word('person')).toBe('人员')
  locale.value = 'en'
  expect(say('roles.staff')).toBe('Staff')
  expect(word('person.verb.unlock')).toBe('Unlock')
})

it('of what nobody registered are its key', () => {
  expect(word('nothing.name')).toBe('nothing.name')
  expect(hasWord('nothing.name')).toBe(false)
  expect(hasWord('person.toString')).toBe(false)
})

it('have their places filled', () => {
  const full = { zh: { 'code.full': '已满（{most}）' }, en: { 'code.full': 'Full ({most})' } }
  registerWords({ name: 'hall', words: full })
  expect(word('hall.code.full', { most: 3 })).toBe('已满（3）')
})

it('are there for every subject that is printed', () => {
  const folders = readdirSync(fileURLToPath(new URL('../domain', import.meta.url)), { withFileTypes: true })
  const printed = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  expect(subjects.map(({ name }) => name as string).sort()).toEqual(printed.sort())
})

it('are Chinese in the Chinese ones and not in the English ones', () => {
  for (const { name, words } of subjects) {
    expect(Object.keys(words.en)).toEqual(Object.keys(words.zh))
    for (const [key, text] of Object.entries(words.en))
      expect(/\p{Script=Han}/u.test(text), `${name}.${key}`).toBe(false)
  }
})
