// Every text of the pages: Chinese first, English beside it, the choice remembered. Small enough to
// be our own: a typed dictionary, {name} placeholders, and Intl for dates and numbers.
import { computed, ref } from 'vue'
import { en } from './en'
import { zh } from './zh'

export type Locale = 'zh' | 'en'
export type TextKey = keyof typeof zh

const STORED = 'yishi.locale'
const dictionaries: Record<Locale, Record<TextKey, string>> = { zh, en }

function initial(): Locale {
  try {
    const stored = localStorage.getItem(STORED)
    if (stored === 'zh' || stored === 'en') return stored
  } catch {
    // private browsing
  }
  return 'zh'
}

export const locale = ref<Locale>(initial())

function applyToPage(): void {
  document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en'
}

export function setLocale(next: Locale): void {
  locale.value = next
  try {
    localStorage.setItem(STORED, next)
  } catch {
    // private browsing
  }
  applyToPage()
}

if (typeof document !== 'undefined') applyToPage()

export type Params = Record<string, string | number>

/** Fills {name} placeholders. */
export function fill(text: string, params?: Params): string {
  if (!params) return text
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** Reactive: components that call it are rendered again when the language changes. */
export function t(key: TextKey, params?: Params): string {
  return fill(dictionaries[locale.value][key], params)
}

/** For keys that are put together: `error.` + code. */
export function hasText(key: string): key is TextKey {
  return key in zh
}

export const languageTag = computed(() => (locale.value === 'zh' ? 'zh-CN' : 'en-GB'))
