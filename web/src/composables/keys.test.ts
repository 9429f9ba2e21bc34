import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { closes, sends } from './keys'

const key = (name: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key: name, isComposing: false, keyCode: name === 'Enter' ? 13 : 27, shiftKey: false, ...more }) as KeyboardEvent

it('sends on Enter, but not the one that chooses a word, and not with Shift', () => {
  expect(sends(key('Enter'))).toBe(true)
  expect(sends(key('Enter', { shiftKey: true }))).toBe(false)
  expect(sends(key('Enter', { isComposing: true }))).toBe(false)
  expect(sends(key('Enter', { keyCode: 229 }))).toBe(false) // Safari, after compositionend
  expect(sends(key('a'))).toBe(false)
})

it('closes on Escape, but not the one that takes half a word back', () => {
  expect(closes(key('Escape'))).toBe(true)
  expect(closes(key('Escape', { isComposing: true }))).toBe(false)
  expect(closes(key('Escape', { keyCode: 229 }))).toBe(false)
})

it('is the only place that knows these keys', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const elsewhere = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /\.(vue|ts)$/.test(file) &&
      !/composables.keys(\.test)?\.ts$/.test(file) &&
      /isComposing|=== 'Enter'|=== 'Escape'|@key\w+\.(enter|esc)/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(elsewhere).toEqual([])
})
