import { fill, locale, type Params } from './index'
import { shellEn } from './shell-en'
import { shellZh } from './shell-zh'

export type ShellKey = keyof typeof shellZh

/** For keys that are put together. */
export function hasShellText(key: string): key is ShellKey {
  return key in shellZh
}

/** As t(), for the texts of the shell and of the page that one begins with: not loaded by who only joins a meeting. */
export function sh(key: ShellKey, params?: Params): string {
  return fill((locale.value === 'zh' ? shellZh : shellEn)[key], params)
}
