// What the server declares of a kind of record, as `yishid --print web/X` writes it into
// domain/X/gen.ts: from it come forms, tables, filters and buttons. Nothing of it is written by
// hand a second time.

export type FieldType =
  | 'text'
  | 'int'
  | 'bool'
  | 'time' // milliseconds since 1970
  | 'date' // YYYY-MM-DD
  | 'word'
  | 'words'
  | 'dict' // code of a dictionary's item
  | 'id'
  | 'ids' // of records
  | 'list' // of values, each of one kind
  | 'object'
  | 'map'
  | 'ref' // id of a record of the subject in `of`
  | 'files' // a list of files: said by their ids, shown as RecordFile

export interface FieldMeta {
  readonly type: FieldType
  /** Characters of a text, value of a number, entries of words. */
  readonly least?: number
  readonly most?: number
  /** The words; the dictionary; the subject that it refers to; of a text the only characters that it may
   * have, as SQLite's GLOB writes a set ("a-z0-9._@-"). */
  readonly of?: readonly string[] | string
  readonly optional?: true
  /** Text with line ends. */
  readonly lines?: true
  /** Text of free words, "、" between them. */
  readonly tags?: true
  /** Verb that shows it; it may be absent from a row. */
  readonly see?: string
  /** Said with an act or a list, and kept nowhere. */
  readonly said?: true
}

export interface ListMeta {
  /** With {name} for what the address must say. */
  readonly path: string
  /** The first is the usual order; "-x" downwards. */
  readonly sort: readonly string[]
  readonly filter: readonly string[]
  /** Those of them that it can be counted by; absent: none. */
  readonly counts?: readonly string[]
  /** Rows that may come at once. */
  readonly most: number
}

/** A shape that somebody fills in: a new record, an edit, an act, a step. */
export interface FormMeta {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly verb: string
  readonly fields: readonly { readonly name: string; readonly needed: boolean }[]
  /** Also for many at once: "-" in the path in place of the id, and `ids` beside the fields. */
  readonly bulk?: true
  /** Whoever does it may say `tell_nobody` beside the fields: then nobody is sent its notices. */
  readonly may_tell_nobody?: true
}

/** Its key is the verb; of several steps with one verb "verb_from", so look for verb and state (stepOf). */
export interface StepMeta extends FormMeta {
  readonly from: readonly string[]
  readonly to: string
  readonly decides?: true
  /** So long may whoever did it take it back, while nothing happened after it. */
  readonly undo_s?: number
}

/** What of a record is due first (`due` of its row). */
export interface RecordDue {
  readonly id: string
  /** Its word is "due.CODE" of the kind of record. */
  readonly code: string
  /** Milliseconds; null while the calendar of its days is not loaded. */
  readonly at: number | null
  readonly paused_at: number | null
  readonly colour: (typeof DUE_COLOURS)[number]
}
/** As the server counts it, in working days; the most urgent first. */
export const DUE_COLOURS = ['red', 'orange', 'yellow', 'none'] as const

/** A table of many at once, which becomes a plan (import_plan) that is looked at before it is done. */
export interface ImportMeta {
  readonly path: string
  /** The roles that may. */
  readonly who: readonly string[]
  /** By which new rows are made. */
  readonly form: string
  /** Its columns. */
  readonly fields: readonly string[]
  /** By which a row is found: by one of the keys, else by all of the parts together. */
  readonly keys: readonly string[]
  readonly parts: readonly string[]
}

/** Something that is printed, its words are paper.CODE: of one record who has the verb on it, of a list whoever may
 * take it away. */
export interface PaperMeta {
  /** Without ".docx" or ".pdf". */
  readonly path: string
  readonly verb?: string
  readonly list?: string
}

export interface SubjectMeta {
  readonly name: string
  readonly fields: Readonly<Record<string, FieldMeta>>
  readonly lists: Readonly<Record<string, ListMeta>>
  /** Path of one record, with {name}; absent where it has no page of its own. */
  readonly one?: string
  /** Path of its history. */
  readonly events?: string
  /** Path of taking the last step back. */
  readonly undo?: string
  readonly imports?: ImportMeta
  readonly papers?: Readonly<Record<string, PaperMeta>>
  readonly forms: Readonly<Record<string, FormMeta>>
  readonly states: readonly { readonly name: string; readonly open?: true; readonly final?: true }[]
  readonly steps: Readonly<Record<string, StepMeta>>
  /** The limits that its steps begin; absent where none is ever due. */
  readonly due?: readonly string[]
  /** Keys without the subject's name: "name", "state.open", "verb.edit", "role.staff", "active.true",
   * "list.people", "scope.own", "code.login_taken"; the subject itself under its own name. */
  readonly words: { readonly zh: Readonly<Record<string, string>>; readonly en: Readonly<Record<string, string>> }
}

/** What every list may be asked. */
export interface ListQuery {
  limit?: number
  /** `next` of the page before. */
  after?: string | null
  /** The day as of which it is asked, YYYY-MM-DD. */
  on?: string
}

/** Of a filter: any of them. */
export type Several<Value> = Value | readonly Value[]

export interface Page<Row> {
  items: Row[]
  next: string | null
  /** On the first page; 10001 stands for more than 10000. */
  total: number | null
}

export interface RecordFile {
  id: string
  name: string
  mime: string
  /** Bytes. */
  size: number
}

/** What was done to a record. */
export interface RecordEvent {
  seq: number
  at: number
  actor: { id: string; name: string } | null
  /** For whom the actor did it, where that was not himself. */
  on_behalf?: { id: string; name: string } | null
  verb: string
  from: string | null
  to: string | null
  note: string | null
  /** Old and new value of each field; "changed" of what is secret; told_nobody: true where nobody was sent its notices. */
  data: Record<string, [old: unknown, new: unknown] | 'changed' | true>
  /** Whoever asks may take it back until then. */
  undo_until?: number
}

/** The types of one subject, for client.ts: gen.ts has PersonTypes beside person. */
export interface SubjectTypes {
  row: { may: readonly string[] }
  lists: object
  forms: object
}

/** The step that the verb is in this state. */
export function stepOf(of: SubjectMeta, verb: string, state: string): StepMeta | undefined {
  return Object.values(of.steps).find((step) => step.verb === verb && step.from.includes(state))
}
