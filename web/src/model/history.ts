// What an event of a record's history says of its fields, in words: codes of dictionaries and of enumerations by their
// labels, what is unknown as it is. What a reference is called is asked for where it is shown (NameOf).
import { st } from '@/i18n/staff'
import type { RecordEvent, SubjectMeta } from './meta'
import { fieldWord, stateWord, valueText } from './words'

export interface Change {
  field: string
  /** undefined: it began with `now`. */
  before?: unknown
  now: unknown
}

/** Types whose values are lists themselves. */
const LISTS = ['words', 'ids', 'files', 'list']

/** In an event, that nobody was sent its notices. */
const TOLD_NOBODY = 'told_nobody'
export const toldNobody = ({ data }: Pick<RecordEvent, 'data'>): boolean => data[TOLD_NOBODY] === true

/** [old, new]; what is secret only says that it was changed; a new record says what it began with. */
export function changesOf(meta: SubjectMeta, event: Pick<RecordEvent, 'data'>): Change[] {
  const fields = Object.entries(event.data as Record<string, unknown>).filter(([field]) => field !== TOLD_NOBODY)
  return fields.map(([field, said]) => {
    const isList = LISTS.includes(meta.fields[field]?.type ?? '')
    const isPair = Array.isArray(said) && said.length === 2 && (!isList || said.some((one) => one === null || Array.isArray(one)))
    return isPair ? { field, before: said[0] as unknown, now: said[1] as unknown } : { field, now: said }
  })
}

/** The state that others are shown is no field. */
const SHOWN_STATE = 'published_state'

export const historyWord = (meta: SubjectMeta, field: string): string =>
  field === SHOWN_STATE ? st('case.shown_state') : fieldWord(meta, field)

function words(meta: SubjectMeta, field: string, value: unknown): string {
  if (field === SHOWN_STATE || field === 'state') return value === null ? '' : stateWord(meta, String(value))
  // Of files only the ids are kept, and those that were removed are called nothing any more.
  if (meta.fields[field]?.type === 'files' && Array.isArray(value)) return value.length === 0 ? '' : st('case.files', { count: value.length })
  return valueText(meta, field, value)
}

/** What a field had or has; never empty. */
export const historyText = (meta: SubjectMeta, field: string, value: unknown): string =>
  value === 'changed' ? st('case.changed') : words(meta, field, value) || st('fill.nothing')

/** The record that a reference means, of which only the id is kept; null: it is another kind of value. */
export function referred(meta: SubjectMeta, { field }: Pick<Change, 'field'>, value: unknown): string | null {
  const declared = meta.fields[field]
  return declared?.type === 'ref' && typeof declared.of === 'string' && typeof value === 'string' ? declared.of : null
}
