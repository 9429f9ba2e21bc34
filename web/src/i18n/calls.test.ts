// A place in a text that nothing fills stays on the page in braces, and a value that no text has a place for is not
// shown: what each call of `t`, `st`, `sh` and `mt` gives is compared with what the texts ask for.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { memberZh } from './member-zh'
import { shellZh } from './shell-zh'
import { staffZh } from './staff-zh'
import { zh } from './zh'

const SRC = fileURLToPath(new URL('..', import.meta.url))
const TEXTS: Record<string, Record<string, string>> = { t: zh, st: staffZh, sh: shellZh, mt: memberZh }
/** Longer than any call. */
const CALL_CHARS = 500
const ALL_FILES_MS = 60_000

const placesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)

/** The keys that this expression may be; `null` where that cannot be told from the call. Of a key that is put together
 * there are more than are ever meant. */
function keysOf(key: ts.Expression, texts: Record<string, string>): string[] | null {
  if (ts.isStringLiteralLike(key)) return [key.text]
  if (ts.isParenthesizedExpression(key)) return keysOf(key.expression, texts)
  if (ts.isConditionalExpression(key)) {
    const [yes, no] = [keysOf(key.whenTrue, texts), keysOf(key.whenFalse, texts)]
    return yes && no && [...yes, ...no]
  }
  if (!ts.isTemplateExpression(key)) return null
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const rest = key.templateSpans.map(({ literal: { text } }) => `.+${literal(text)}`).join('')
  const like = new RegExp(`^${literal(key.head.text)}${rest}$`)
  return Object.keys(texts).filter((known) => like.test(known))
}

/** The names of the values that are given; `null` where that cannot be told from the call. */
function givenOf(values: ts.Expression | undefined): string[] | null {
  if (!values) return []
  if (!ts.isObjectLiteralExpression(values)) return null
  const names = values.properties.map(({ name }) => (name && ts.isIdentifier(name) ? name.text : null))
  return names.every((name) => name !== null) ? names : null
}

function faultsOf(file: string, text: string): { faults: string[]; calls: number } {
  const faults: string[] = []
  let calls = 0
  for (const { 1: name, index } of text.matchAll(/(?<![\w.$])([sm]?t|sh)\(/g)) {
    const statement = ts.createSourceFile('call.ts', text.slice(index, index + CALL_CHARS), ts.ScriptTarget.ES2022).statements[0]
    let call: ts.Node | undefined = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined
    // What follows the call belongs to whatever it stands in.
    while (call && !(ts.isCallExpression(call) && ts.isIdentifier(call.expression))) {
      let first: ts.Node | undefined
      ts.forEachChild(call, (child) => void (first ??= child))
      call = first
    }
    if (!call || !ts.isCallExpression(call) || !call.arguments[0]) continue
    const texts = TEXTS[name!]!
    const keys = keysOf(call.arguments[0], texts)
    const given = givenOf(call.arguments[1])
    if (!keys || !given) continue
    calls++
    const places = keys.map((key) => placesOf(texts[key] ?? ''))
    const some = new Set(places.flat())
    const composed = ts.isTemplateExpression(call.arguments[0])
    const asked = [...some].filter((place) => !composed || places.every((of) => of.includes(place)))
    const wrong = asked.filter((place) => !given.includes(place)).map((place) => `nothing for {${place}}`)
    wrong.push(...given.filter((value) => !some.has(value)).map((value) => `no place for ${value}`))
    if (wrong.length > 0) faults.push(`${file}: ${keys.slice(0, 3).join(' | ')}: ${wrong.join(', ')}`)
  }
  return { faults, calls }
}

it('each call gives its text what the text has places for', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => /\.(ts|vue)$/.test(file) && !/\.test\.ts$|^i18n\//.test(file))
  const found = sources.map((file) => faultsOf(file, readFileSync(join(SRC, file), 'utf8')))
  expect(found.flatMap(({ faults }) => faults)).toEqual([])
  expect(found.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(500)
}, ALL_FILES_MS)

it('sees what is missing and what is too much', () => {
  expect(faultsOf('x', "`${t('room.page_of', { pages: 2 })}`").faults).toEqual(['x: room.page_of: nothing for {page}'])
  expect(faultsOf('x', "t(on ? 'room.stage' : 'room.me', { name, on })").faults).toHaveLength(1)
  expect(faultsOf('x', "t('room.me', { name }) + 1").faults).toEqual([])
})
