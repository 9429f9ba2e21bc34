// What is typed into a form that no declaration makes (useForm is for those): it is kept as a record's form is, found again,
// and asked about when it is left.
import { computed, ref, shallowRef } from 'vue'
import { api, useSession } from '@/composables/useSession'
import { merge } from './conflict'
import { useDraftKeeper } from './draft-keeper'
import { draftKey, draftOwner, type DraftStore } from './drafts'
import type { Values } from './row'
import { mayClose, useLeaveGuard } from './useLeaveGuard'

export interface DraftOptions<State> {
  /** "meeting.edit". */
  form: string
  /** Of which record, or of what else there may be several. */
  about?: string
  /** Where it is sent: for whom one acts there it is filled in. */
  path: string
  /** What the controls have, and how they are given it; its members are values of JSON. */
  read: () => State
  write: (state: State) => void
  /** What it begins with, where that may change while it is open; otherwise what it has when it is opened. */
  begin?: () => State
  drafts?: DraftStore
}

const copy = <State>(state: State): State => JSON.parse(JSON.stringify(state)) as State
/** Each member as text: so they are compared, and kept. */
const textsOf = (state: object): Record<string, string> => Object.fromEntries(Object.entries(state).map(([name, value]) => [name, JSON.stringify(value ?? null)]))
const stateOf = <State>(texts: Values): State => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(String(text))])) as State

export function useDraft<State extends object>({ form, about = '', path, read, write, begin, drafts }: DraftOptions<State>) {
  const person = useSession().session.value?.person.id ?? ''
  const first = shallowRef(copy(read()))
  const base = () => textsOf(begin ? begin() : first.value)
  const now = () => textsOf(read())
  const dirty = computed(() => JSON.stringify(now()) !== JSON.stringify(base()))
  /** When the draft was kept that it goes on with. */
  const restored = ref<number | null>(null)
  const keeper = useDraftKeeper({
    key: person && draftKey(draftOwner(person, api.behalfOf(path)), form, about),
    drafts,
    isDirty: () => dirty.value,
    state: () => ({ values: now(), base: base(), version: null }),
  })

  /** What somebody else has changed meanwhile is as it is now. */
  async function restore(): Promise<void> {
    const draft = await keeper.find()
    if (!draft) return
    const begun = base()
    const { values, conflicts } = merge(Object.keys(begun), draft.base, { ...begun, ...draft.values }, begun)
    for (const { field } of conflicts) values[field] = begun[field]
    write(stateOf(values))
    if (!dirty.value) return keeper.remove()
    restored.value = draft.at
  }

  /** Back to how it was, and no draft of it is left. */
  async function discard(): Promise<void> {
    write(stateOf(base()))
    restored.value = null
    await keeper.remove()
  }

  /** What the controls have was sent. */
  async function sent(): Promise<void> {
    first.value = copy(read())
    restored.value = null
    await keeper.remove()
  }

  const filling = { dirty, keep: keeper.keep, discard }
  useLeaveGuard(filling)
  void restore()
  return { ...filling, restored, sent, mayClose: () => mayClose(filling) }
}
