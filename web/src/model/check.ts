// Whether a value is what its field may have, by the same bounds and with the same codes as the
// server, so that the words beside a field are the same before and after it is sent.
import type { FieldError } from '@/sdk/api'
import type { FieldMeta, RecordFile } from './meta'
import { isNothing } from './row'

type Wrong = Omit<FieldError, 'field'>

/** A set as the server writes it: single characters and ranges. */
function isOfSet(set: string, text: string): boolean {
  const chars = [...set]
  return [...text].every((char) => {
    for (let at = 0; at < chars.length; at++) {
      if (chars[at + 1] === '-' && chars[at + 2] !== undefined) {
        if (char >= chars[at]! && char <= chars[at + 2]!) return true
        at += 2
      } else if (chars[at] === char) {
        return true
      }
    }
    return false
  })
}

function measured(amount: number, field: FieldMeta, below: string, above: string): Wrong | null {
  if (field.least !== undefined && amount < field.least) return { code: below, params: { least: field.least } }
  if (field.most !== undefined && amount > field.most) return { code: above, params: { most: field.most } }
  return null
}

/** Of one free word; as the server has it (model/tags.h). */
const TAG_CHARS_MOST = 20

/** The free words of a text, however they were typed: none empty, none twice. */
export const tagsOf = (text: string): string[] => [...new Set(text.split(/[、，,；;\n]/).map((word) => word.trim()))].filter((word) => word !== '')

function checkText(field: FieldMeta, value: string): Wrong | null {
  const said = value.normalize('NFC').trim()
  const text = field.tags ? tagsOf(said).join('、') : said
  if (field.tags && tagsOf(said).some((word) => [...word].length > TAG_CHARS_MOST)) return { code: 'tag_long', params: { most: TAG_CHARS_MOST } }
  const lines = field.lines ? /[^\P{Cc}\n\t]/u : /\p{Cc}/u
  if (lines.test(text) || (typeof field.of === 'string' && !isOfSet(field.of, text))) return { code: 'characters' }
  return measured([...text].length, field, 'short', 'long')
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** null: nothing is wrong with it. */
export function checkValue(field: FieldMeta, value: unknown, needed: boolean): Wrong | null {
  if (isNothing(value)) {
    const counts = field.type === 'text' || field.type === 'words' ? (field.least ?? 0) > 0 : !field.optional
    return needed && counts ? { code: 'missing' } : null
  }
  switch (field.type) {
    case 'text':
      return checkText(field, String(value))
    case 'int':
      return Number.isInteger(value) ? measured(value as number, field, 'less', 'more') : { code: 'type' }
    case 'time':
      return Number.isFinite(value) ? null : { code: 'time' }
    case 'date':
      return isDay(String(value)) ? null : { code: 'date' }
    case 'word':
      return (field.of as readonly string[] | undefined)?.includes(String(value)) ? null : { code: 'words' }
    case 'words':
    case 'files':
      return measured((value as unknown[]).length, field, 'few', 'many')
    default:
      return null
  }
}

/** What is sent for what was typed: texts without blanks at their ends, nothing as null where it may be null. */
export function sentValue(field: FieldMeta, value: unknown): unknown {
  if (typeof value === 'string' && field.type === 'text') {
    const text = value.normalize('NFC').trim()
    return text === '' && (field.optional || (field.least ?? 0) > 0) ? null : text
  }
  if (field.type === 'files') return ((value ?? []) as RecordFile[]).map(({ id }) => id)
  if (field.type === 'words') return value ?? []
  return value === '' || value === undefined ? null : value
}
