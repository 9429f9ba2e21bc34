// Short messages that say what happened and go away by themselves; one may carry an undo.
import { shallowReactive } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'good' | 'attention' | 'danger'
  action?: { label: string; run: () => void }
}

const SHOWN_MS = 5000
export const toasts = shallowReactive<Toast[]>([])
let last = 0

export function dismiss(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id)
  if (index >= 0) toasts.splice(index, 1)
}

/** When one is out of what the offers were about: none of them can be taken up any more. */
export function withdrawOffers(): void {
  for (const { id, action } of [...toasts]) if (action) dismiss(id)
}

export function toast(text: string, tone: Toast['tone'] = 'plain', action?: Toast['action']): void {
  const same = toasts.find((shown) => shown.text === text)
  if (same) dismiss(same.id)
  const id = ++last
  toasts.push(action ? { id, text, tone, action } : { id, text, tone })
  if (toasts.length > 3) toasts.shift()
  setTimeout(() => dismiss(id), action ? SHOWN_MS * 2 : SHOWN_MS)
}
