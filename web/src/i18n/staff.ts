import { fill, locale, type Params } from './index'
import { staffEn } from './staff-en'
import { staffZh } from './staff-zh'

export type StaffKey = keyof typeof staffZh

/** All there are. */
export const staffKeys = (): string[] => Object.keys(staffZh)

/** For keys that are put together. */
export function hasStaffText(key: string): key is StaffKey {
  return key in staffZh
}

/** As t(), for the texts of the staff pages. */
export function st(key: StaffKey, params?: Params): string {
  return fill((locale.value === 'zh' ? staffZh : staffEn)[key], params)
}
