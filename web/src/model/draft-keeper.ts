// The draft of what is being filled in: kept every few seconds while something of it was not sent, found again when the form
// is opened again, and gone when it was sent or given up.
import { onScopeDispose, ref } from 'vue'
import { serverNow } from '@/composables/useNow'
import { deviceDrafts, type Draft, type DraftStore } from './drafts'

export const DRAFT_EVERY_MS = 10_000

export interface KeeperOptions {
  /** Whose and of what (draftKey); '': none is kept. */
  key: string
  drafts?: DraftStore | undefined
  isDirty: () => boolean
  state: () => Omit<Draft, 'at'>
}

export function useDraftKeeper({ key, drafts = deviceDrafts(), isDirty, state }: KeeperOptions) {
  /** When it was last kept, of this filling in. */
  const keptAt = ref<number | null>(null)
  let keptText = ''
  let over = false

  async function keep(): Promise<void> {
    if (!key || over || !isDirty()) return
    const { values, base, version } = state()
    const text = JSON.stringify(values)
    if (text === keptText) return
    keptText = text
    const draft: Draft = { values: { ...values }, base: { ...base }, version, at: serverNow() }
    await drafts.put(key, JSON.parse(JSON.stringify(draft))).then(() => (keptAt.value = draft.at), () => undefined)
  }

  /** null: there is none, or something else was filled in meanwhile. */
  async function find(): Promise<Draft | null> {
    if (!key) return null
    const draft = await drafts.get(key).catch(() => null)
    return over || isDirty() ? null : draft
  }

  async function remove(): Promise<void> {
    keptText = ''
    if (key) await drafts.remove(key).catch(() => undefined)
  }

  /** It was sent: nothing is kept any more. */
  async function end(): Promise<void> {
    over = true
    await remove()
  }

  const timer = setInterval(() => void keep(), DRAFT_EVERY_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    over = true
  })
  return { keptAt, keep, find, remove, end }
}
