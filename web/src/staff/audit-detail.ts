// What the audit record keeps beside who, what and when, in words: {field: [old, new]} of a change, {field: value} of
// something new. Ids stay as they are, who reads the record compares them; names of fields that this page has no word
// for are shown as they are written.
import { t, type TextKey, hasText } from '@/i18n'
import { dateTime } from '@/i18n/format'
import { hasShellText, sh } from '@/i18n/shell'
import { hasStaffText, st } from '@/i18n/staff'

export interface DetailLine {
  name: string
  /** null: there was none, or it is not told. */
  before: string | null
  now: string
}

/** Milliseconds since 1970 of a time in this century: what a field of another kind never has. */
const FIRST_MS = Date.UTC(2000, 0)
const isTime = (field: string, value: number): boolean =>
  value >= FIRST_MS && /(_at|_start|_end|_until|_from|_to|^from|^to|^at)$/.test(field)

/** Fields that say how somebody attended; `state` in records from before attendance had one of its own. */
const VERDICTS = new Set(['state', 'result', 'seen_state'])

function word(field: string, value: string): string {
  const role = `role.${value}`
  if (field === 'roles' && hasShellText(role)) return sh(role)
  if (field === 'capacity' && hasText(`capacity.${value}`)) return t(`capacity.${value}` as TextKey)
  if (VERDICTS.has(field) && hasStaffText(`attendance.state_${value}`)) return st(`attendance.state_${value}` as 'attendance.state_present')
  if (value === 'changed') return st('audit.changed_secret')
  return value
}

function valueText(field: string, value: unknown): string {
  if (value === null || value === '') return st('audit.nothing')
  if (typeof value === 'boolean') return st(value ? 'audit.yes' : 'audit.no')
  if (typeof value === 'number') return isTime(field, value) ? dateTime(value) : String(value)
  if (typeof value === 'string') return word(field, value)
  if (Array.isArray(value)) return value.map((one) => valueText(field, one)).join(t('common.comma')) || st('audit.nothing')
  return Object.entries(value as object)
    .map(([name, one]) => `${fieldName(name)}${t('common.colon')}${valueText(name, one)}`)
    .join(t('common.semicolon'))
}

function fieldName(field: string): string {
  const key = `audit.field_${field}`
  return hasStaffText(key) ? st(key) : field
}

/** [old, new] of a field that itself is no list. */
const isPair = (field: string, value: unknown): value is [unknown, unknown] =>
  Array.isArray(value) && value.length === 2 && (field !== 'roles' || value.some((one) => one === null || Array.isArray(one)))

export function detailLines(detail: Record<string, unknown>): DetailLine[] {
  const { old, new: now, ...rest } = detail
  // Rules are kept whole, before and after.
  const whole: [string, unknown][] =
    old && now && typeof old === 'object' && typeof now === 'object'
      ? Object.entries(now).map(([name, value]) => [name, [(old as Record<string, unknown>)[name] ?? null, value]])
      : []
  return [...whole, ...Object.entries(rest)].map(([field, value]) => {
    const name = fieldName(field)
    if (isPair(field, value)) return { name, before: valueText(field, value[0]), now: valueText(field, value[1]) }
    return { name, before: null, now: valueText(field, value) }
  })
}
