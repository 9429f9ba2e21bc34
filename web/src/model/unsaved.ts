// The forms that are open on this page, and whether any of them has something that was not sent.
import type { Ref } from 'vue'

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
export function keepForms(): void {
  for (const { keep } of forms) void keep()
}
