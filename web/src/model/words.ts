// The words of a kind of record: of its fields, of what a field can say, of what can be done.
import { locale, languageTag } from '@/i18n'
import { dateTime } from '@/i18n/format'
import { hasStaffText, st } from '@/i18n/staff'
import { serverNow } from '@/composables/useNow'
import { problemText } from '@/composables/useProblem'
import { registerWords } from './dictionary'
import { dictText } from './dicts'
import type { RecordDue, SubjectMeta } from './meta'
import type { Row } from './row'

/** undefined: there is none. */
export const wordOf = (meta: SubjectMeta, key: string): string | undefined => meta.words[locale.value][key]

/** Of a field, and of the state that the kernel keeps. */
export const fieldWord = (meta: SubjectMeta, name: string): string =>
  wordOf(meta, name) ?? wordOf(meta, `sort.${name}`) ?? (hasStaffText(`list.col_${name}`) ? st(`list.col_${name}` as 'list.state') : name === 'state' ? st('list.state') : name)

export const verbWord = (meta: SubjectMeta, verb: string): string => wordOf(meta, `verb.${verb}`) ?? verb

export const stateWord = (meta: SubjectMeta, state: string): string => wordOf(meta, `state.${state}`) ?? state

const calendar = new Map<string, Intl.DateTimeFormat>()

/** 2025年3月1日星期六: a day is the same one in every zone. */
export function dayText(day: string, withWeekday = true): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at)) return day
  const key = `${languageTag.value} ${withWeekday}`
  let format = calendar.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(languageTag.value, {
      timeZone: 'UTC',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      ...(withWeekday ? { weekday: 'short' as const } : {}),
    })
    calendar.set(key, format)
  }
  return format.format(at)
}

/** Within a year: a day of the week is of use for what one still goes to, or just came from, and says nothing of a day of
 * birth. */
const NEAR_MS = 366 * 86_400_000
const isNear = (day: string): boolean => Math.abs(Date.parse(`${day}T00:00:00Z`) - serverNow()) < NEAR_MS

/** Of a limit: its colour, or a time at which it was to end. */
function dueText(meta: SubjectMeta, value: unknown): string {
  if (typeof value === 'number') return dateTime(value)
  const colour = typeof value === 'object' ? (value as RecordDue).colour : value
  return wordOf(meta, `due.${String(colour)}`) ?? ''
}

/** Of a record its name; of a dictionary's item the words that it had on the day it was chosen. */
function partsText(value: object): string {
  const { name, zh, en } = value as { name?: unknown; zh?: unknown; en?: unknown }
  return String((locale.value === 'zh' ? zh : en) ?? name ?? '')
}

/** What one value of a field says in words; '' of nothing. */
export function valueText(meta: SubjectMeta, name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  const type = meta.fields[name]?.type
  if (meta.due && (name === 'due' || name.startsWith('due.'))) return dueText(meta, value)
  if (Array.isArray(value)) {
    return value.map((one) => valueText(meta, name, one)).join(st('list.comma'))
  }
  if (typeof value === 'boolean') {
    return wordOf(meta, `${name}.${value}`) ?? st(value ? 'list.yes' : 'list.no')
  }
  if (typeof value === 'object') return partsText(value)
  if (type === 'time' && typeof value === 'number') return dateTime(value)
  if (type === 'dict') return dictText(String(meta.fields[name]?.of), String(value))
  if (type === 'date') return dayText(String(value), isNear(String(value)))
  if (type === 'word' || type === 'words') return wordOf(meta, `${name}.${String(value)}`) ?? String(value)
  return name === 'state' ? stateWord(meta, String(value)) : String(value)
}

export const cellText = (meta: SubjectMeta, row: Row, name: string): string => valueText(meta, name, row[name])

/** Members that say what a record is called, the best first. */
const CALLED = ['shown', 'title', 'name', 'number', 'label', 'year']
/** And those that say whom it is about. */
const ABOUT = ['person', 'member_profile', 'survivor', 'deputy']

/** What a record is called, where one line has to do: by its own name, or else by whom it is about. */
export function titleOf(row: Row): string {
  const own = [...CALLED, `label_${locale.value}`].map((name) => row[name]).find((one) => one !== undefined && one !== null && one !== '')
  const about = ABOUT.map((name) => row[name] as { name?: unknown } | null | undefined).find((one) => one?.name)
  return String(own ?? about?.name ?? row.id)
}

/** A refusal in words, those of the kind's own ("org.has_posts") among them. */
export function refusalText(meta: SubjectMeta, error: unknown): string {
  registerWords(meta)
  return problemText(error)
}
