// What can be done to a record, and to many at once: the server's forms and steps, with what a page
// knows better (an icon, a question, values that are not asked).
import type { Component } from 'vue'
import type { FormMeta, StepMeta, SubjectMeta } from './meta'
import type { Requests } from './client'
import { readOne, sendBulk, sendForm } from './records'
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
  /** What is said above them. */
  readonly hint?: () => string
  /** Values that need no asking. */
  readonly said?: Readonly<Values>
  /** Asked by name before it is done. */
  readonly question?: (what: string) => { title: string; text: string }
  readonly danger?: boolean
  /** Possible for years: never what is to be done next. */
  readonly aside?: boolean
  readonly when?: (row: Row) => boolean
  /** Also for many at once. */
  readonly bulk?: boolean
  /** The fields that another such act puts back. */
  readonly undo?: readonly string[]
  /** Where no field says it: the form that puts it back, and what is said with it. */
  readonly back?: { readonly form: string; readonly said: (before: Row) => Values }
  /** Whether these values are something that whoever says them cannot put back: then there is no undo, and the
   * question is asked also after a form. */
  readonly lasting?: (before: Row, values: Readonly<Values>) => boolean
  /** Instead of a form: a dialog that is given the act and the row, and says `asked` when something was asked for, which
   * may have changed the row, or `close`. */
  readonly dialog?: Component
  /** Of many, before it is done: what they are together. */
  readonly summary?: (rows: readonly Row[]) => string
  /** Instead of a form. */
  readonly run?: (row: Row) => Promise<void>
  /** Instead of doing it to each: to those of the chosen that it is possible for, together; where it takes so many,
   * to just as many. */
  readonly together?: { readonly count?: number; run(rows: readonly Row[]): void }
}

export const mayAct = (act: Act, row: Row): boolean =>
  (act.verb === '' || row.may.includes(act.verb)) && (act.when?.(row) ?? true)

/** The fields that are asked before it is done. */
export const askedOf = (meta: SubjectMeta, act: Act): readonly string[] =>
  act.run || !act.form ? [] : (act.fields ?? formOf(meta, act.form).fields.map(({ name }) => name))

/** Whoever does it may say that nobody is told of it this time. */
export const mayTellNobody = (meta: SubjectMeta, { form, run }: Act): boolean =>
  run === undefined && form !== undefined && formOf(meta, form).may_tell_nobody === true

/** Whether there is anything to say before it is done. */
export const asks = (meta: SubjectMeta, act: Act): boolean => askedOf(meta, act).length > 0 || mayTellNobody(meta, act)

const isStep = (form: FormMeta): form is StepMeta => 'from' in form

/** A step is possible from its states only, of which several may have one verb. */
const actOf = (meta: SubjectMeta, name: string, form: FormMeta): Act => ({
  name,
  verb: form.verb,
  form: name,
  label: () => verbWord(meta, form.verb),
  bulk: form.bulk ?? false,
  ...(isStep(form) ? { when: (row: Row) => form.from.includes(String(row['state'])) } : {}),
})

/** The page's own acts take the place of those that the declaration has; steps come first, in their order. */
export function actsOf(meta: SubjectMeta, own: readonly Act[] = []): Act[] {
  const declared = [...Object.entries(meta.steps), ...Object.entries(meta.forms)]
  const acts = declared
    .filter(([, form]) => form.path.includes(`{${meta.name}}`))
    .map(([name, form]) => actOf(meta, name, form))
  const named = (name: string) => own.find((act) => act.name === name)
  return [...acts.map((act) => named(act.name) ?? act), ...own.filter(({ name }) => !acts.some((act) => act.name === name))]
}

export async function runAct(
  meta: SubjectMeta,
  act: Act,
  row: Row,
  asked: Values = {},
  to?: Requests,
): Promise<Row> {
  if (act.run) {
    await act.run(row)
    return row
  }
  const form = formOf(meta, act.form ?? act.name)
  return sendForm(meta, form, { ...asked, ...act.said }, { row, ...(to ? { to } : {}) })
}

/** Puts back what the act changed, from the row as it was. */
export function undoAct(meta: SubjectMeta, act: Act, before: Row, after: Row, to?: Requests): Promise<Row> {
  const values = act.back?.said(before) ?? Object.fromEntries((act.undo ?? []).map((name) => [name, valueOf(before, name)]))
  return sendForm(meta, formOf(meta, act.back?.form ?? act.form ?? act.name), values, { row: after, ...(to ? { to } : {}) })
}

export const mayUndo = (act: Act, before: Row, after: Row): boolean =>
  (act.undo !== undefined || act.back !== undefined) && !act.lasting?.(before, after)

/** So long may whoever does it take the step back. */
export const undoSeconds = (meta: SubjectMeta, act: Act): number =>
  meta.undo === undefined ? 0 : (meta.steps[act.form ?? '']?.undo_s ?? 0)

export interface Outcome {
  done: { before: Row; after: Row }[]
  failed: { row: Row; error: unknown }[]
}

/** To many in one request, where the server takes it so; the rows are read again. */
async function runBulk(meta: SubjectMeta, form: FormMeta, rows: readonly Row[], body: Values, progress: (count: number) => void, to?: Requests): Promise<Outcome> {
  const refused = await sendBulk(meta, form, rows.map(({ id }) => id), body, to)
  const failed = rows.filter(({ id }) => refused.has(id)).map((row) => ({ row, error: refused.get(row.id) }))
  const read = await runEach(rows.filter(({ id }) => !refused.has(id)), (row) => readOne(meta, row.id, '', to), progress)
  // Done, and not his to see any more.
  const unseen = read.failed.map(({ row }) => ({ before: row, after: row }))
  return { done: [...read.done, ...unseen], failed }
}

export function runMany(
  meta: SubjectMeta,
  act: Act,
  rows: readonly Row[],
  asked: Values,
  progress: (count: number) => void = () => undefined,
): Promise<Outcome> {
  const form = act.form ? formOf(meta, act.form) : null
  return form?.bulk && !act.run
    ? runBulk(meta, form, rows, { ...asked, ...act.said }, progress)
    : runEach(rows, (row) => runAct(meta, act, row, asked), progress)
}

/** Takes back what was done to many: by the server's own undo where the step has one, else by putting the old values
 * back one by one. */
export async function undoMany(meta: SubjectMeta, act: Act, done: Outcome['done'], to?: Requests): Promise<Outcome> {
  const rows = done.map(({ after }) => after)
  if (meta.undo !== undefined && undoSeconds(meta, act) > 0)
    return runBulk(meta, { method: 'POST', path: meta.undo, verb: 'undo', fields: [] }, rows, {}, () => undefined, to)
  const before = new Map(done.map((one) => [one.after.id, one.before]))
  return runEach(rows, (after) => undoAct(meta, act, before.get(after.id)!, after, to))
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
