import { fill, locale, type Params } from './index'
import { memberEn } from './member-en'
import { memberZh } from './member-zh'

export type MemberKey = keyof typeof memberZh

/** As t(), for the pages of the register of members and of what a member has of it. */
export function mt(key: MemberKey, params?: Params): string {
  return fill((locale.value === 'zh' ? memberZh : memberEn)[key], params)
}
