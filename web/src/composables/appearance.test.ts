import { beforeEach, expect, it, vi } from 'vitest'
import { appearanceFor, keepAppearance, keptAppearance, typeOf, type Appearance } from './appearance'

let kept: Map<string, string>
beforeEach(() => {
  kept = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
})

const usual: Appearance = { type: 16, elder: false, theme: 'auto', folded: false, of: null }

it('begins as the system wishes', () => {
  expect(keptAppearance()).toEqual(usual)
})

it('takes no value that it does not know', () => {
  kept.set('yishi.appearance', JSON.stringify({ type: 99, elder: 'yes', theme: 'pink', folded: 1, of: 5 }))
  expect(keptAppearance()).toEqual(usual)
  kept.set('yishi.appearance', 'not JSON')
  expect(keptAppearance()).toEqual(usual)
})

it('gives elder mode 18 pixels, and leaves larger type as it is', () => {
  expect(typeOf({ type: 16, elder: true })).toBe(18)
  expect(typeOf({ type: 30, elder: true })).toBe(30)
  expect(typeOf({ type: 16, elder: false })).toBe(16)
})

it('keeps to each person what was chosen, in one browser', () => {
  const old = appearanceFor('old', { ...usual, type: 24 }) // chosen before signing in
  expect(old).toEqual({ ...usual, type: 24, of: 'old' })
  keepAppearance(old)
  const young = appearanceFor('young', keptAppearance()) // has chosen nothing yet: as it is
  expect(young.type).toBe(24)
  keepAppearance({ ...young, type: 16, theme: 'dark' })
  expect(appearanceFor('old', keptAppearance())).toEqual(old)
  expect(appearanceFor('young', old).theme).toBe('dark')
})
