import { afterEach, expect, it } from 'vitest'
import { locale } from '@/i18n'
import { meaningOf, spanText } from './words'

const before = locale.value
afterEach(() => (locale.value = before))

it('says what a limit means', () => {
  locale.value = 'zh'
  const warn = [{ count: 2, unit: 'working_days' }, { count: 4, unit: 'hours' }] as const
  expect(meaningOf({ count: 5, unit: 'working_days', warn, is_pausable: true })).toBe('从次日起算，5 个工作日内办完；到期前 2 个工作日、4 小时提醒；可以暂停计时。')
  const plain = { warn: [], is_pausable: false }
  expect(meaningOf({ count: 4, unit: 'hours', ...plain })).toBe('开始后 4 小时内办完；不提前提醒；不能暂停计时。')
  expect(meaningOf({ count: 0, unit: 'days', ...plain })).toContain('当天')
  expect(meaningOf({ count: 3, unit: 'months', ...plain })).toContain('3 个月内办完，末日遇休息日顺延')
  locale.value = 'en'
  expect(meaningOf({ count: 3, unit: 'months', ...plain })).toContain('within 3 months')
})

it('one of them is one in English', () => {
  locale.value = 'en'
  expect(spanText({ count: 1, unit: 'working_days' })).toBe('1 working day')
  expect(spanText({ count: 2, unit: 'months' })).toBe('2 months')
})
