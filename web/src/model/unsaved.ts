// The forms that are open on this page, and whether any of them has something that was not sent.
import type { Ref } from 'vue'

const forms = new Set<Ref<boolean>>()

/** `dirty`: of a form. Returns what takes it away again. */
export function noteForm(dirty: Ref<boolean>): () => void {
  forms.add(dirty)
  return () => void forms.delete(dirty)
}

export const isUnsaved = (): boolean => [...forms].some((dirty) => dirty.value)
