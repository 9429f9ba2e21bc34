// The forms that are open on this page, and whether any of them has something that was not sent.
import type { Ref } from 'vue'
import { deviceDrafts, type DraftStore } from './drafts'

interface Open {
  readonly dirty: Ref<boolean>
  /** Keeps its draft. */
  readonly keep: () => Promise<void>
}

const forms = new Set<Open>()

/** Of a form. Returns what takes it away again. */
export function noteForm(form: Open): () => void {
  forms.add(form)
  return () => void forms.delete(form)
}

export const isUnsaved = (): boolean => [...forms].some(({ dirty }) => dirty.value)

/** Before they are closed without anybody being asked. */
export async function keepForms(): Promise<void> {
  await Promise.all([...forms].map(({ keep }) => keep()))
}

let leaving = false
/** All of them are kept and the page is loaded anew: nobody has to be asked. */
export const isLeaving = (): boolean => leaving

/** Loads the page anew with what is being filled in; where this device keeps nothing, the browser asks before. */
export async function loadAnew(load: () => void = () => location.reload(), drafts: DraftStore = deviceDrafts()): Promise<void> {
  await keepForms()
  leaving = drafts.lasts()
  load()
}
