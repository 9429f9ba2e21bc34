// How the pages look to whoever sits before them, as it is kept in this browser and put on the document. Without Vue: it
// also runs in early.ts, before anything is painted.

export type TypeSize = 16 | 18 | 20 | 24 | 30
export const TYPE_SIZES: readonly TypeSize[] = [16, 18, 20, 24, 30]
export type Theme = 'auto' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

export interface Appearance {
  type: TypeSize
  elder: boolean
  theme: Theme
  /** The navigation on the left shows icons only. */
  folded: boolean
  /** Whose choice it is; null: of nobody who has signed in. */
  of: string | null
}

/** Elder mode has at least this type, in pixels. */
const ELDER_TYPE: TypeSize = 18
const STORED = 'yishi.appearance'
const USUAL: Appearance = { type: 16, elder: false, theme: 'auto', folded: false, of: null }

export const typeOf = ({ type, elder }: Pick<Appearance, 'type' | 'elder'>): TypeSize =>
  elder && type < ELDER_TYPE ? ELDER_TYPE : type

function read(key: string): Partial<Appearance> | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return typeof kept === 'object' ? kept : null
  } catch {
    return null
  }
}

function clean(kept: Partial<Appearance> | null): Appearance {
  const { type, elder, theme, folded, of } = { ...USUAL, ...kept }
  return {
    type: TYPE_SIZES.includes(type) ? type : USUAL.type,
    elder: elder === true,
    theme: THEMES.includes(theme) ? theme : USUAL.theme,
    folded: folded === true,
    of: typeof of === 'string' ? of : null,
  }
}

/** What this browser showed last. */
export const keptAppearance = (): Appearance => clean(read(STORED))

/** What this person chose in this browser; what is shown now becomes the choice of who has made none. */
export function appearanceFor(person: string, now: Appearance): Appearance {
  if (now.of === person) return now
  const own = now.of === null ? null : read(`${STORED}.${person}`)
  return { ...(own ? clean(own) : now), of: person }
}

export function keepAppearance(now: Appearance): void {
  const text = JSON.stringify(now)
  try {
    localStorage.setItem(STORED, text)
    if (now.of !== null) localStorage.setItem(`${STORED}.${now.of}`, text)
  } catch {
    // Private browsing: it holds as long as the page.
  }
}

/** The system's wish, where the person made no choice. */
export const DARK_WISH = '(prefers-color-scheme: dark)'

/** What the browser's own bars are coloured with: as the bar at the top of the pages (--surface of tokens.css). */
const BAR = { light: '#ffffff', dark: '#20262e' } as const

export function showAppearance(now: Appearance, darkWish: boolean): void {
  const root = document.documentElement
  root.toggleAttribute('data-elder', now.elder)
  root.dataset.type = String(typeOf(now))
  const dark = now.theme === 'dark' || (now.theme === 'auto' && darkWish)
  root.classList.toggle('theme-dark', dark)
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', BAR[dark ? 'dark' : 'light'])
}
