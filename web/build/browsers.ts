// The oldest browsers that a member may join with stand in browsers.json, and nowhere else: the build's target and what
// old-browsers.ts accepts come from it. Since when a browser knows a feature is MDN's browser-compat-data (CC0, the data
// behind its tables and caniuse's), pinned, so that the answer changes only when somebody changes the pin.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import list from '../browsers.json' with { type: 'json' }

/** Browser name as in browser-compat-data, and its oldest version. */
export const OLDEST: Readonly<Record<string, string>> = list.oldest

/** What esbuild calls them; the others are the same engines under another name. */
const ESBUILD: Record<string, string> = { chrome: 'chrome', edge: 'edge', firefox: 'firefox', safari: 'safari', safari_ios: 'ios' }

export const buildTargets = (): string[] =>
  Object.entries(ESBUILD).map(([browser, name]) => `${name}${OLDEST[browser]}`)

interface Statement {
  version_added?: string | false | null
  version_removed?: string | false | null
  flags?: unknown[]
  prefix?: string
  alternative_name?: string
}

/** A node of browser-compat-data: what it says of itself, and its parts. */
export interface Feature {
  __compat?: { support: Record<string, Statement | Statement[]>; status?: { standard_track?: boolean; experimental?: boolean } }
  [part: string]: unknown
}

let data: Record<string, Feature> | null = null
/** browser-compat-data itself; 20 MB, so read when it is first asked for. */
export function compatData(): Record<string, Feature> {
  data ??= JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@mdn/browser-compat-data'), 'utf8')) as Record<string, Feature>
  return data
}

/** The feature at this path, or null. */
export function featureAt(...path: string[]): Feature | null {
  let at: unknown = compatData()
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.prototype.hasOwnProperty.call(at, part)) return null
    at = (at as Record<string, unknown>)[part]
  }
  return at as Feature
}

function atMost(version: string, limit: string): boolean {
  if (!/^[≤\d]/.test(version)) return false // "preview"
  const [a, b] = [version.replace('≤', ''), limit].map((text) => text.split('.').map(Number))
  for (let i = 0; i < Math.max(a!.length, b!.length); i++) {
    if ((a![i] ?? 0) !== (b![i] ?? 0)) return (a![i] ?? 0) < (b![i] ?? 0)
  }
  return true
}

function holds(statement: Statement, limit: string): boolean {
  const { version_added: added, version_removed: removed, flags, prefix, alternative_name: other } = statement
  if (flags || prefix || other || typeof added !== 'string') return false
  return atMost(added, limit) && !(typeof removed === 'string' && atMost(removed, limit))
}

export const isStandard = (feature: Feature): boolean =>
  feature.__compat?.status?.standard_track === true && feature.__compat.status.experimental !== true

/** The browsers of the list, at their oldest, that do not know the feature: "safari_ios 15 (since 16)". */
export function missingIn(feature: Feature): string[] {
  const support = feature.__compat?.support
  if (!support) return []
  return Object.entries(OLDEST).flatMap(([browser, limit]) => {
    const said = support[browser]
    const statements = Array.isArray(said) ? said : said ? [said] : []
    if (statements.some((statement) => holds(statement, limit))) return []
    const since = statements.find((one) => typeof one.version_added === 'string' && !one.flags)?.version_added
    return [`${browser} ${limit} (${since ? `since ${since}` : 'never'})`]
  })
}
