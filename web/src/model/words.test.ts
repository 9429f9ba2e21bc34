import { describe, expect, it } from 'vitest'
import { serverNow } from '@/composables/useNow'
import { member_profile } from '@/domain/member_profile/gen'
import { locale } from '@/i18n'
import { valueText } from './words'

const DAY_MS = 86_400_000
const dayIn = (days: number): string => new Date(serverNow() + days * DAY_MS).toISOString().slice(0, 10)

describe('a day in words', () => {
  it('has its day of the week where it is near', () => {
    locale.value = 'zh'
    expect(valueText(member_profile, 'left_on', dayIn(-20))).toMatch(/周|星期/)
    expect(valueText(member_profile, 'since', dayIn(30))).toMatch(/周|星期/)
  })
  it('is a date alone where it is long ago, as that of a birth', () => {
    locale.value = 'zh'
    expect(valueText(member_profile, 'birth_date', '1965-03-02')).toBe('1965年3月2日')
    locale.value = 'en'
    expect(valueText(member_profile, 'birth_date', '1965-03-02')).toBe('2 Mar 1965')
  })
})
