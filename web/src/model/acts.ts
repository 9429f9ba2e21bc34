// What can be done to a record, and to many at once: the server's forms and steps, with what a page
// knows better (an icon, a question, values that are not asked).
import type { Component } from 'vue'
import type { SubjectMeta } from './meta'
import { records, sendForm, type Records } from './records'
import { formOf, valueOf, type Row, type Values } from './row'
import { verbWord } from './words'

export interface Act {
  readonly name: string
  /** Of `may`; '' where the row does not say it, and `when` does. */
  readonly verb: string
  readonly label: () => string
  readonly icon?: Component
  /** Form or step of the subject that is sent. */
  readonly form?: string
  /** What is asked before; none: the form's own fields. */
  readonly fields?: readonly string[]
  /** Values that need no asking. */
  readonly said?: Readonly<Values>
  /** Asked by name before it is done. */
  readonly question?: (what: string) => { title: string; text: string }
  readonly danger?: boolean
  readonly when?: (row: Row) => boolean
  /** Also for many at once. */
  readonly bulk?: boolean
  /** The fields that another such act puts back. */
  readonly undo?: readonly string[]
  /** Instead of a form. */
  readonly run?: (row: Row) => Promise<void>
}

export const mayAct = (act: Act, row: Row): boolean =>
  (act.verb === '' || row.may.includes(act.verb)) && (act.when?.(row) ?? true)

/** The fields that are asked before it is done. */
export const askedOf = (meta: SubjectMeta, act: Act): readonly string[] =>
  act.run || !act.form ? [] : (act.fields ?? formOf(meta, act.form).fields.map(({ name }) => name))

/** The page's own acts take the place of those that the declaration has; steps come first, in their order. */
export function actsOf(meta: SubjectMeta, own: readonly Act[] = []): Act[] {
  const declared = [...Object.entries(meta.steps), ...Object.entries(meta.forms)]
  const acts = declared
    .filter(([, form]) => form.path.includes(`{${meta.name}}`))
    .map(([name, form]): Act => ({ name, verb: form.verb, form: name, label: () => verbWord(meta, form.verb) }))
  const named = (name: string) => own.find((act) => act.name === name)
  return [...acts.map((act) => named(act.name) ?? act), ...own.filter(({ name }) => !acts.some((act) => act.name === name))]
}

export async function runAct(
  meta: SubjectMeta,
  act: Act,
  row: Row,
  asked: Values = {},
  to: Records = records,
): Promise<Row> {
  if (act.run) {
    await act.run(row)
    return row
  }
  const form = formOf(meta, act.form ?? act.name)
  return sendForm(meta, form, { ...asked, ...act.said }, { row, to })
}

/** Puts back what the act changed, from the row as it was. */
export const undoAct = (meta: SubjectMeta, act: Act, before: Row, after: Row, to: Records = records): Promise<Row> =>
  sendForm(
    meta,
    formOf(meta, act.form ?? act.name),
    Object.fromEntries((act.undo ?? []).map((name) => [name, valueOf(before, name)])),
    { row: after, to },
  )

export interface Outcome {
  done: { before: Row; after: Row }[]
  failed: { row: Row; error: unknown }[]
}

/** As many requests at once as do not press the server. */
const AT_ONCE = 4

export async function runEach(
  rows: readonly Row[],
  act: (row: Row) => Promise<Row>,
  progress: (count: number) => void = () => undefined,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [] }
  const waiting = [...rows]
  async function work(): Promise<void> {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      try {
        outcome.done.push({ before: row, after: await act(row) })
      } catch (error) {
        outcome.failed.push({ row, error })
      }
      progress(outcome.done.length + outcome.failed.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return outcome
}
