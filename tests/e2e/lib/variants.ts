// How a page may be looked at, and few of all these ways in which any two choices are there together.

const CHOICES = {
  window: ['1440', '390', '320'],
  locale: ['zh', 'en'],
  theme: ['light', 'dark'],
  type: ['normal', 'elder', '30'],
} as const

export type Variant = { [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name][number] }

export const WINDOWS = {
  '1440': { width: 1440, height: 900 },
  '390': { width: 390, height: 844, isMobile: true, hasTouch: true },
  '320': { width: 320, height: 640, isMobile: true, hasTouch: true },
} as const

export const nameOf = ({ window, locale, theme, type }: Variant): string => `${window}-${locale}-${theme}-${type}`

export const every = (): Variant[] =>
  CHOICES.window.flatMap((window) =>
    CHOICES.locale.flatMap((locale) => CHOICES.theme.flatMap((theme) => CHOICES.type.map((type) => ({ window, locale, theme, type })))))

/** Each two choices of it. */
function pairsOf(one: Variant): string[] {
  const chosen = Object.entries(one).map(([name, value]) => `${name}=${value}`)
  return chosen.flatMap((first, i) => chosen.slice(i + 1).map((second) => `${first} ${second}`))
}

/** Always the variant that brings most pairs which no other brought. Three windows by three types are nine at least. */
export function pairwise(): Variant[] {
  const all = every()
  const open = new Set(all.flatMap(pairsOf))
  const fresh = (one: Variant) => pairsOf(one).filter((pair) => open.has(pair)).length
  const chosen: Variant[] = []
  while (open.size > 0) {
    const best = all.reduce((most, one) => (fresh(one) > fresh(most) ? one : most))
    for (const pair of pairsOf(best)) open.delete(pair)
    chosen.push(best)
  }
  return chosen
}
