import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postcss, { type Rule } from 'postcss'
import { expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('..', import.meta.url))
const LEAST = 4.5 // WCAG 2.2, 1.4.3 (AA)

type Tokens = Record<string, string>

function tokensOf(...selectors: string[]): Tokens {
  const tokens: Tokens = {}
  postcss.parse(readFileSync(join(SRC, 'styles/tokens.css'), 'utf8')).walkRules((rule) => {
    if (!rule.selectors.some((one) => selectors.includes(one))) return
    rule.walkDecls(/^--/, ({ prop, value }) => void (tokens[prop] = value))
  })
  return tokens
}

const ELDER = ':root[data-elder]'
const THEMES: Record<string, Tokens> = {
  light: tokensOf(':root'),
  'light, elder': tokensOf(':root', ELDER),
  dark: tokensOf(':root', '.theme-dark'),
  'dark, elder': tokensOf(':root', ELDER, '.theme-dark', `${ELDER} .theme-dark`),
}

/** The colour behind a value, as #rrggbb; null when it is none that can be told. */
function colour(tokens: Tokens, value: string): string | null {
  const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1]
  if (name) return tokens[name] ? colour(tokens, tokens[name]) : null
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value)?.[1]
  if (!hex) return null
  return `#${hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex}`
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

const GROUNDS = ['--ground', '--surface', '--surface-2']
const WORDS = ['--text', '--text-2', '--text-3', '--primary', '--good-text', '--attention-text', '--danger-text']
const PAIRS: (readonly [string, string])[] = [
  ...WORDS.flatMap((word) => GROUNDS.map((ground) => [word, ground] as const)),
  ...['primary', 'good', 'attention', 'danger'].map((name) => [name === 'primary' ? '--primary' : `--${name}-text`, `--${name}-soft`] as const),
  ...['--primary-soft', '--good-soft', '--attention-soft', '--danger-soft'].map((ground) => ['--text-2', ground] as const),
  ['--on-primary', '--primary-fill'],
  ['--on-primary', '--primary-fill-strong'],
]

it.each(Object.entries(THEMES))('words can be read on every ground of the form: %s', (_, tokens) => {
  const low = PAIRS.flatMap(([word, ground]) => {
    const ratio = contrast(colour(tokens, `var(${word})`)!, colour(tokens, `var(${ground})`)!)
    return ratio < LEAST ? [`${word} on ${ground}: ${ratio.toFixed(2)}`] : []
  })
  expect(low).toEqual([])
})

/** Every rule of the pages, and its file. */
function rulesOfAll(): { file: string; rule: Rule }[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(vue|css)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(SRC, file), 'utf8')
      const css = file.endsWith('.css') ? text : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((found) => found[1]).join('\n')
      const rules: Rule[] = []
      postcss.parse(css).walkRules((rule) => void rules.push(rule))
      return rules.map((rule) => ({ file, rule }))
    })
}

/** Those that give both colours. */
function rulesWithBoth(): { where: string; word: string; ground: string }[] {
  return rulesOfAll().flatMap(({ file, rule }) => {
    const last = (name: RegExp) => rule.nodes.flatMap((one) => (one.type === 'decl' && name.test(one.prop) ? [one.value] : [])).pop()
    const [word, ground] = [last(/^color$/), last(/^background(-color)?$/)]
    return word && ground && !/:disabled/.test(rule.selector) ? [{ where: `${file} ${rule.selector}`, word, ground }] : []
  })
}

// The browser tests look at a page's structure in the light theme only.
it('dark is other colours and nothing else', () => {
  const rules = rulesOfAll().filter(({ rule }) => rule.selector.includes('.theme-dark'))
  const other = rules.flatMap(({ file, rule }) =>
    rule.nodes.flatMap((one) => {
      if (one.type !== 'decl') return []
      const fine =
        /^(color|color-scheme|background-color|--shadow|--focus)$/.test(one.prop) ||
        (one.prop.startsWith('--') && (one.value.startsWith('rgb(') || colour(THEMES.dark!, one.value) !== null))
      return fine ? [] : [`${file} ${rule.selector}: ${one.prop}: ${one.value}`]
    }))
  expect(other).toEqual([])
  expect(rules.length).toBeGreaterThan(2)
})

it('words can be read in every rule that gives them their ground', () => {
  const rules = rulesWithBoth()
  const low = rules.flatMap(({ where, word, ground }) => {
    const ratios = Object.entries(THEMES).flatMap(([theme, tokens]) => {
      const [one, other] = [colour(tokens, word), colour(tokens, ground)]
      return one && other ? [[theme, contrast(one, other)] as const] : []
    })
    // A colour that is no token was chosen for one theme.
    const isForOne = [word, ground].some((value) => value.startsWith('#')) && !(word.startsWith('#') && ground.startsWith('#'))
    const tooLow = ratios.filter(([, ratio]) => ratio < LEAST)
    const fails = isForOne ? ratios.length > 0 && tooLow.length === ratios.length : tooLow.length > 0
    return fails ? tooLow.map(([theme, ratio]) => `${where} (${theme}): ${ratio.toFixed(2)}`) : []
  })
  expect(low).toEqual([])
  expect(rules.length).toBeGreaterThan(20)
})
