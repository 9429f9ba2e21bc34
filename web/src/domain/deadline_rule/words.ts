// What a rule of how long something may take means, in one sentence.
import { locale } from '@/i18n'
import { st } from '@/i18n/staff'
import type { DeadlineRule, DeadlineRuleUnit } from './gen'

export interface Span {
  readonly count: number
  readonly unit: DeadlineRuleUnit
}

/** "5 个工作日", "5 working days", "1 working day". */
export function spanText({ count, unit }: Span): string {
  const text = st(`deadlines.span_${unit}`, { count })
  return locale.value === 'en' && count === 1 ? text.replace(/s$/, '') : text
}

/** Hours pass at any time; all else counts from the day after and ends with a working day (server/model/deadline.h). */
function limitText(span: Span): string {
  if (span.unit === 'hours') return st('deadlines.means_hours', { span: spanText(span) })
  if (span.count === 0) return st('deadlines.means_same_day')
  return st(span.unit === 'working_days' ? 'deadlines.means_working_days' : 'deadlines.means_days', { span: spanText(span) })
}

export const warnText = (warn: readonly Span[]): string =>
  warn.length > 0 ? st('deadlines.means_warn', { spans: warn.map(spanText).join(st('list.comma')) }) : st('deadlines.means_no_warn')

export const meaningOf = (rule: Pick<DeadlineRule, 'count' | 'unit' | 'is_pausable'> & { warn: readonly Span[] }): string =>
  st('deadlines.means', { limit: limitText(rule), warn: warnText(rule.warn), pause: st(rule.is_pausable ? 'deadlines.means_pause' : 'deadlines.means_no_pause') })
