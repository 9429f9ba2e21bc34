// Saved views: an address under a name, per person and list. Kept on this device; whatever keeps
// them elsewhere does the same three things.
import { ref, type Ref } from 'vue'

export interface View {
  readonly id: string
  readonly name: string
  /** As viewOf (address.ts) writes it. */
  readonly address: string
}

export interface ViewStore {
  list(): Promise<View[]>
  save(view: View): Promise<void>
  remove(id: string): Promise<void>
}

type Kept = Pick<Storage, 'getItem' | 'setItem'>

export function deviceViews(person: string, list: string, kept: Kept = localStorage): ViewStore {
  const key = `yishi.views.${person}.${list}`
  function read(): View[] {
    try {
      const views: unknown = JSON.parse(kept.getItem(key) ?? '[]')
      return Array.isArray(views) ? (views as View[]) : []
    } catch {
      return []
    }
  }
  const write = (views: View[]) => kept.setItem(key, JSON.stringify(views))
  return {
    list: async () => read(),
    save: async (view) => write([...read().filter(({ id }) => id !== view.id), view]),
    remove: async (id) => write(read().filter((view) => view.id !== id)),
  }
}

export function useViews(store: ViewStore): {
  views: Ref<View[]>
  save: (view: View) => Promise<void>
  remove: (id: string) => Promise<void>
} {
  const views = ref<View[]>([])
  const load = async () => void (views.value = await store.list())
  void load()
  return {
    views,
    async save(view) {
      await store.save(view)
      await load()
    },
    async remove(id) {
      await store.remove(id)
      await load()
    },
  }
}
