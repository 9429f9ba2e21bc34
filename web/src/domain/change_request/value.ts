// What a member asks for is kept as text, whichever field it is of: here it is that field's own value again.
import { member_profile } from '@/domain/member_profile/gen'
import { person } from '@/domain/person/gen'
import type { SubjectMeta } from '@/model/meta'
import { isNothing, type Row } from '@/model/row'
import { valueText } from '@/model/words'
import { change_request } from './gen'

/** The fields that one may ask for, in their order. */
export const CHANGEABLE = change_request.fields.field.of as readonly string[]

/** The kind of record that has the field. */
export const ownerOf = (field: string): SubjectMeta => (field === 'name' ? person : member_profile)

export function valueOfText(field: string, text: unknown): unknown {
  if (isNothing(text)) return null
  return ownerOf(field).fields[field]?.type === 'bool' ? text === 'true' : String(text)
}

export const textOfValue = (value: unknown): string | null => (isNothing(value) ? null : String(value))

/** In words; '' of nothing. */
export const changeText = (field: string, text: unknown): string => valueText(ownerOf(field), field, valueOfText(field, text))

/** Both of a request. */
export const oldText = (row: Row): string => changeText(String(row['field']), row['old'])
export const newText = (row: Row): string => changeText(String(row['field']), row['new'])
