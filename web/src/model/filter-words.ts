// What a list is of, in words: its filters, as they stand above it and on paper.
import { st } from '@/i18n/staff'
import type { Requests } from './client'
import type { SubjectMeta } from './meta'
import { readOne } from './records'
import { takesSeveral, valuesOf } from './several'
import { subjectOf } from './subjects'
import { fieldWord, titleOf, valueText } from './words'

/** The values of a filter as the address has it. */
export const filterValues = (of: SubjectMeta, name: string, value: string): string[] => (takesSeveral(of, name) ? valuesOf(value) : [value])

/** One value that is no reference. */
export function filterText(of: SubjectMeta, name: string, value: string): string {
  const type = of.fields[name]?.type
  return valueText(of, name, type === 'bool' ? value === 'true' : type === 'time' ? Number(value) : value)
}

/** What a record is called; its id where it cannot be read. */
async function nameOf(subject: string, id: string, to?: Requests): Promise<string> {
  const meta = await subjectOf(subject)
  return meta?.one ? readOne(meta, id, '', to).then(titleOf, () => id) : id
}

/** "界别是医药卫生界 或 教育界", one for each filter, with all of its values by name. */
export function filterLines(of: SubjectMeta, filters: Readonly<Record<string, string>>, to?: Requests): Promise<string[]> {
  return Promise.all(
    Object.entries(filters).map(async ([name, value]) => {
      const field = of.fields[name]
      const texts = await Promise.all(
        filterValues(of, name, value).map((one) => (field?.type === 'ref' ? nameOf(String(field.of), one, to) : filterText(of, name, one))),
      )
      return st('list.filter_is', { what: fieldWord(of, name) }) + texts.join(st('list.filter_or'))
    }),
  )
}

/** Of the records that a list is below: "组织：教育界". */
export const scopeLines = (scope: Readonly<Record<string, string>>, to?: Requests): Promise<string[]> =>
  Promise.all(
    Object.entries(scope).map(async ([name, id]) => {
      const meta = await subjectOf(name)
      return meta ? st('counts.below', { what: fieldWord(meta, name), name: await nameOf(name, id, to) }) : id
    }),
  )
