// What can be printed, as the server declares it (model/paper.h): of one record, or of a list.
import type { SubjectMeta } from './meta'
import type { Row } from './row'

export interface Print {
  /** Its words are paper.CODE of the kind of record. */
  readonly code: string
  readonly path: string
}

export const PAPER_KINDS = ['pdf', 'docx'] as const
export type PaperKind = (typeof PAPER_KINDS)[number]

const printsOf = (of: SubjectMeta) => Object.entries(of.papers ?? {}).map(([code, paper]) => ({ code, ...paper }))

/** Of one record, to whoever may. Reading it is no act, and so not among them: who has the row reads it. */
export function papersOfRow(of: SubjectMeta, row: Row): Print[] {
  return printsOf(of).filter(({ list, verb }) => !list && (verb === 'read' || row.may.includes(verb ?? '')))
}

/** Of a list; what of it is about people the server gives to whoever may export. */
export const papersOfList = (of: SubjectMeta, name: string): Print[] => printsOf(of).filter(({ list }) => list === name)
