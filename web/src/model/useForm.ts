// A form of a record as it is filled in: its values, what is wrong with them, its draft, and what
// happens when somebody else has changed the record meanwhile.
import { computed, reactive, ref, shallowRef } from 'vue'
import { fieldText, fieldTexts, isStale } from '@/composables/useProblem'
import { api } from '@/composables/useSession'
import { ApiError } from '@/sdk/api'
import { idRandom } from '@/sdk/id'
import { checkValue, sentValue } from './check'
import { merge, type Conflict } from './conflict'
import { useDraftKeeper } from './draft-keeper'
import { draftKey, draftOwner, type DraftStore } from './drafts'
import type { FieldMeta, FieldType, RecordEvent, SubjectMeta } from './meta'
import type { Requests } from './client'
import { readEvents, readOne, sendForm } from './records'
import { fieldOf, formOf, isNothing, isSame, valueOf, type Row, type Values } from './row'

/** What FieldInput has no control for: it is not asked, and an edit leaves it as it is. */
const NOT_ASKED: readonly FieldType[] = ['ids', 'list', 'object', 'map']
/** A record that others change faster than one can save is given up after this many tries. */
const MERGES_MOST = 3

export interface FormOptions {
  form: string
  row?: Row | null
  /** Values that are not asked: of fields, and of the path's {names}. */
  scope?: Readonly<Record<string, string>>
  /** Instead of all that the form has. */
  fields?: readonly string[]
  /** For which the page has a control of its own, as FieldInput has none. */
  own?: readonly string[]
  /** Values that a new record begins with. */
  begin?: Readonly<Values>
  /** What every member is sent with, whether it changed or not. */
  said?: Readonly<Values>
  /** Whose draft it is; '': none is kept. */
  person?: string
  drafts?: DraftStore
  requests?: Requests
}

export interface ConflictNow {
  readonly conflicts: readonly Conflict[]
  readonly row: Row
  readonly by: RecordEvent | null
}

export function useForm(meta: SubjectMeta, options: FormOptions) {
  const { scope = {}, said = {}, own = [], requests = api, drafts } = options
  const form = formOf(meta, options.form)
  /** In whose name it is filled in, where that is another's. */
  const behalf = api.behalfOf(form.path)
  const isAsked = (field: FieldMeta | undefined, name: string): boolean =>
    field !== undefined && (!NOT_ASKED.includes(field.type) || own.includes(name))
  const names = (options.fields ?? form.fields.map(({ name }) => name)).filter(
    (name) => !(name in scope) && !(name in said) && isAsked(fieldOf(meta, name), name),
  )
  const needed = (name: string) => form.fields.find((one) => one.name === name)?.needed ?? false
  /** An edit says what changes; everything else says what it is about. */
  const edits = form.method === 'PATCH' && form.fields.every((field) => !field.needed)
  const row = shallowRef<Row | null>(options.row ?? null)
  /** Files that are there already stay, unless somebody takes them away. */
  const isKept = (name: string) => edits || form.method === 'POST' || fieldOf(meta, name)?.type === 'files'
  const valuesOf = (from: Row | null): Values => Object.fromEntries(names.map((name) => [name, from && isKept(name) ? valueOf(from, name) : null]))

  const base = shallowRef<Values>({ ...valuesOf(row.value), ...options.begin })
  const values = reactive<Values>({ ...base.value })
  const wrong = ref<Record<string, string>>({})
  const problem = shallowRef<unknown>(null)
  const busy = ref(false)
  const conflict = shallowRef<ConflictNow | null>(null)
  /** When the draft was kept that the form goes on with. */
  const restored = ref<number | null>(null)
  const changed = computed(() => names.filter((name) => !isSame(values[name], base.value[name])))
  const dirty = computed(() => changed.value.length > 0)

  /* ---- the draft ---- */

  const keeper = useDraftKeeper({
    key: options.person
      ? draftKey(draftOwner(options.person, behalf), `${meta.name}.${options.form}`, row.value?.id ?? Object.values(scope).join('.'))
      : '',
    drafts,
    isDirty: () => dirty.value,
    state: () => ({ values, base: base.value, version: row.value?.version ?? null }),
  })
  const { keptAt, keep } = keeper

  async function restore(): Promise<void> {
    const draft = await keeper.find()
    if (!draft) return
    const merged = merge(names, draft.base, draft.values, base.value)
    for (const name of names) if (name in draft.values) values[name] = merged.values[name] ?? null
    if (!dirty.value) return keeper.remove()
    restored.value = draft.at
    if (merged.conflicts.length > 0 && row.value) await ask(merged.conflicts, row.value)
  }

  /** Back to how it was, and no draft of it is left. */
  async function discard(): Promise<void> {
    Object.assign(values, base.value)
    wrong.value = {}
    conflict.value = null
    restored.value = null
    await keeper.remove()
  }

  void restore()

  /* ---- checks ---- */

  function wrongOf(name: string): string {
    const found = checkValue(fieldOf(meta, name)!, values[name], needed(name) || (edits && !isNothing(base.value[name])))
    return found ? fieldText({ field: name, ...found }) : ''
  }

  /** As typing ends. Nothing that was left empty is called wrong before it is sent. */
  function check(name: string): void {
    const { [name]: _before, ...rest } = wrong.value
    const text = isNothing(values[name]) && !edits ? '' : wrongOf(name)
    wrong.value = text ? { ...rest, [name]: text } : rest
  }

  function checkAll(): boolean {
    const all = names.map((name) => [name, wrongOf(name)] as const).filter(([, text]) => text)
    wrong.value = Object.fromEntries(all)
    return all.length === 0
  }

  /* ---- saving ---- */

  function body(): Values {
    const members = edits ? changed.value : names.filter((name) => needed(name) || !isNothing(values[name]))
    const asked = members.map((name) => [name, sentValue(fieldOf(meta, name)!, values[name])] as const)
    const fixed = Object.entries(scope).filter(([name]) => form.fields.some((field) => field.name === name))
    return { ...Object.fromEntries([...fixed, ...asked]), ...said }
  }

  /** One key for what is sent, so that pressing again after a lost answer does it once. */
  let pressed = { text: '', key: '' }
  function keyOf(text: string): string {
    if (pressed.text !== text) pressed = { text, key: idRandom() }
    return pressed.key
  }

  async function send(): Promise<Row> {
    // While others' changes were merged, acting for another may have ended or begun.
    if (api.behalfOf(form.path) !== behalf) throw new ApiError(403, 'other_name', '')
    const said = body()
    const using = keyOf(JSON.stringify([said, row.value?.version ?? null]))
    return sendForm(meta, form, said, { row: row.value, scope, key: using, to: requests })
  }

  async function ask(conflicts: readonly Conflict[], now: Row): Promise<void> {
    const events = await readEvents(meta, now.id, requests).catch(() => [])
    conflict.value = { conflicts, row: now, by: events[events.length - 1] ?? null }
  }

  /** Takes over what others changed; true when nothing is left to decide. */
  async function mergeNow(): Promise<boolean> {
    const now = await readOne(meta, row.value!.id, '', requests)
    const theirs = valuesOf(now)
    const merged = merge(names, base.value, values, theirs)
    row.value = now
    if (edits || form.method === 'POST') base.value = theirs
    Object.assign(values, merged.values)
    if (merged.conflicts.length > 0) await ask(merged.conflicts, now)
    return merged.conflicts.length === 0
  }

  /** It is as it is wanted already. */
  const saysNothing = () => edits && !dirty.value && Object.keys(said).length === 0 && row.value !== null

  async function sendMerged(): Promise<Row | null> {
    for (let tries = 0; ; tries++) {
      try {
        return await send()
      } catch (error) {
        const stale = isStale(error) && row.value !== null && meta.one !== undefined
        if (!stale || tries === MERGES_MOST) throw error
        if (!(await mergeNow())) return null
        if (saysNothing()) return row.value
      }
    }
  }

  /** The record as it is now; null when it was not saved, and the form says why. */
  async function save(): Promise<Row | null> {
    if (busy.value) return null
    problem.value = null
    if (!checkAll()) return null
    if (saysNothing()) return row.value
    busy.value = true
    try {
      const saved = await sendMerged()
      if (!saved) return null
      conflict.value = null
      base.value = { ...values }
      await keeper.end()
      return saved
    } catch (error) {
      wrong.value = fieldTexts(error)
      problem.value = error
      return null
    } finally {
      busy.value = false
    }
  }

  /** Of each field in conflict what it is to be; it is saved with that. */
  function decide(choices: Readonly<Values>): Promise<Row | null> {
    Object.assign(values, choices)
    conflict.value = null
    return save()
  }

  return {
    edits,
    names,
    needed,
    values,
    wrong,
    problem,
    busy,
    dirty,
    changed,
    conflict,
    restored,
    keptAt,
    row,
    check,
    keep,
    discard,
    save,
    decide,
  }
}
