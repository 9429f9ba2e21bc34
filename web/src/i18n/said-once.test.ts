// A word that is said once, when a page is made, stays in the language that it was made in: it is said in a function or a
// computed value.
import { expect, it } from 'vitest'

const sources = import.meta.glob<string>('../**/*.vue', { query: '?raw', import: 'default', eager: true })
const WORD = /\b(?:t|st|mt|sh|wordOf|stateWord|verbWord)\(/

/** What a page keeps of the language that it was made in: its constants that are said at once, by name. */
function saidOnce(source: string): string[] {
  const script = /<script setup[^>]*>\n([\s\S]*?)\n<\/script>/.exec(source)?.[1] ?? ''
  const found: string[] = []
  // A statement goes on to the next line that begins at the margin with something but a closing bracket.
  for (const statement of script.split(/\n(?=[^\s)\]}])/)) {
    const said = /^const (\w+)(?:: [^=]+)? = ([[{]|\w+\()/.exec(statement)
    if (!said || /^(?:computed|use\w+|watch)\b/.test(said[2]!)) continue
    const kept = statement.replace(/(?:\([^()]*\)|\w+)(?:: [\w<>[\], ]+)? => (?:\{[\s\S]*?\n? *\}|\([^\n]*\)|[^\n,]*)/g, '')
    if (WORD.test(kept.slice(said[0].length - said[2]!.length))) found.push(said[1]!)
  }
  return found
}

it('finds words that are said once', () => {
  const page = (line: string) => `<script setup lang="ts">\n${line}\n</script>`
  expect(saidOnce(page("const tabs = [\n  { name: 'a', text: st('case.a') },\n]"))).toEqual(['tabs'])
  expect(saidOnce(page("const up = { to: '/x', text: mt('x') }"))).toEqual(['up'])
  expect(saidOnce(page("const tabs = computed(() => [{ text: st('a') }])"))).toEqual([])
  expect(saidOnce(page("const acts = [\n  { label: () => mt('a'), when: (row) => row },\n]"))).toEqual([])
})

it('no page keeps words of the language that it was opened in', () => {
  const kept = Object.entries(sources).flatMap(([file, source]) => saidOnce(source).map((name) => `${file}: ${name}`))
  expect(kept).toEqual([])
})
