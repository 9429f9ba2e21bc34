import { describe, expect, it } from 'vitest'
import { en } from './en'
import { fill } from './index'
import { memberEn } from './member-en'
import { memberZh } from './member-zh'
import { shellEn } from './shell-en'
import { shellZh } from './shell-zh'
import { staffEn } from './staff-en'
import { staffZh } from './staff-zh'
import { zh } from './zh'

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe.each([
  ['members', zh as Record<string, string>, en as Record<string, string>],
  ['shell', shellZh as Record<string, string>, shellEn as Record<string, string>],
  ['the register', memberZh as Record<string, string>, memberEn as Record<string, string>],
  ['staff', staffZh as Record<string, string>, staffEn as Record<string, string>],
])('texts of %s', (_, chinese, english) => {
  it('exist in both languages', () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort())
  })
  it('are never empty', () => {
    for (const dictionary of [chinese, english]) {
      for (const [key, text] of Object.entries(dictionary)) expect(text.trim(), key).not.toBe('')
    }
  })
  it('have the same placeholders', () => {
    for (const key of Object.keys(chinese)) expect(places(english[key]!), key).toEqual(places(chinese[key]!))
  })
  it('are Chinese in the Chinese one and not in the English one', () => {
    for (const [key, text] of Object.entries(english)) expect(/\p{Script=Han}/u.test(text), key).toBe(false)
  })
})

it('fills placeholders and leaves unknown ones', () => {
  expect(fill('{name}：{count}', { name: '张', count: 3 })).toBe('张：3')
  expect(fill('{nobody}', { name: 'x' })).toBe('{nobody}')
})
