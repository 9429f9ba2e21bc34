// Saved views: an address under a name, per person and list, kept by the server, so that they are there on every device.
import { ref, type Ref } from 'vue'
import { toast } from '@/composables/useToasts'
import { api } from '@/composables/useSession'
import { saved_view, type SavedViewTypes } from '@/domain/saved_view/gen'
import { client, type Requests } from './client'
import { refusalText } from './words'

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

const LIST_MOST = 1000

/** What an earlier version kept on this device goes to the server the first time. */
export function keptViews(person: string, list: string, requests: Requests = api, device: ViewStore = deviceViews(person, list)): ViewStore {
  const views = client<SavedViewTypes>(saved_view, requests)
  const save = async ({ name, address }: View) => void (await views.create('create', { list, name, address }))
  async function move(): Promise<void> {
    for (const view of await device.list()) {
      await save(view)
      await device.remove(view.id)
    }
  }
  return {
    async list() {
      await move().catch(() => undefined)
      return (await views.list('saved_views', { list, limit: LIST_MOST })).items
    },
    save,
    remove: async (id) => void (await views.act('drop', { id }, {})),
  }
}

export function useViews(store: ViewStore): {
  views: Ref<View[]>
  /** False: it was refused, which was said. */
  save: (view: View) => Promise<boolean>
  remove: (id: string) => Promise<boolean>
} {
  const views = ref<View[]>([])
  const load = async () => void (views.value = await store.list())
  // Without them the list is there all the same.
  load().catch(() => undefined)
  async function tried(act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      await load()
      return true
    } catch (error) {
      toast(refusalText(saved_view, error), 'danger')
      return false
    }
  }
  return {
    views,
    save: (view) => tried(() => store.save(view)),
    remove: (id) => tried(() => store.remove(id)),
  }
}
