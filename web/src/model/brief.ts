// What a row says where the window is narrow and it leads to a page of its own: one line of what matters, and how it stands.
// The rest is on that page, a touch away.
import type { FieldType, SubjectMeta } from './meta'
import type { Row } from './row'
import { cellText, fieldWord } from './words'

export interface Brief {
  /** Columns of the line. */
  readonly line?: readonly string[]
  /** Columns that stand beside the name, as they say how it stands. */
  readonly marks?: readonly string[]
}

const MARKS: readonly string[] = ['state', 'due']
/** So many things go into a line where the page does not say which. */
const LINE_MOST = 2
/** What says nothing without its word. */
const BARE: readonly FieldType[] = ['int', 'bool', 'time', 'date']

export const marksOf = (columns: readonly string[], brief: Brief | undefined): readonly string[] =>
  columns.filter((name) => (brief?.marks ?? MARKS).includes(name))

/** One column in the line; '' of nothing. */
export function briefText(meta: SubjectMeta, row: Row, name: string): string {
  const text = cellText(meta, row, name)
  const type = meta.fields[name]?.type
  return text !== '' && type !== undefined && BARE.includes(type) ? `${fieldWord(meta, name)} ${text}` : text
}

/** The columns of the line that say something. own: those that the page has words for. */
export function lineOf(meta: SubjectMeta, row: Row, columns: readonly string[], brief: Brief | undefined, own: (name: string) => boolean): string[] {
  const marks = marksOf(columns, brief)
  const said = (brief?.line ?? columns.filter((name) => !marks.includes(name))).filter((name) => own(name) || briefText(meta, row, name) !== '')
  return brief?.line ? said : said.slice(0, LINE_MOST)
}
