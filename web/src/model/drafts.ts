// What is being filled in, kept on this device until it is sent or given up: of one person, one form
// and one record. Whatever keeps drafts elsewhere does the same three things.
import type { Values } from './row'

export interface Draft {
  /** All values of the form. */
  readonly values: Values
  /** As they were when it was begun, and the record's version then. */
  readonly base: Values
  readonly version: number | null
  readonly at: number
}

export interface DraftStore {
  get(key: string): Promise<Draft | null>
  put(key: string, draft: Draft): Promise<void>
  drop(key: string): Promise<void>
}

/** `record`: its id, or what a new one belongs to. */
export const draftKey = (person: string, form: string, record: string): string => `${person}/${form}/${record}`

/** While the page is open: for browsers that keep nothing (private windows). */
export function memoryDrafts(): DraftStore {
  const kept = new Map<string, Draft>()
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, draft) => void kept.set(key, draft),
    drop: async (key) => void kept.delete(key),
  }
}

const DATABASE = 'yishi-drafts'
const STORE = 'draft'

function opened(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function indexedDrafts(factory: IDBFactory): DraftStore {
  const database = opened(factory)
  async function run<Result>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
    const store = (await database).transaction(STORE, mode).objectStore(STORE)
    return new Promise((resolve, reject) => {
      const request = ask(store)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }
  return {
    get: async (key) => ((await run('readonly', (store) => store.get(key))) as Draft | undefined) ?? null,
    put: async (key, draft) => void (await run('readwrite', (store) => store.put(draft, key))),
    drop: async (key) => void (await run('readwrite', (store) => store.delete(key))),
  }
}

/** The first that works: what a browser refuses once, it refuses for good. */
function either(first: DraftStore, second: DraftStore): DraftStore {
  let store = first
  async function tried<Result>(ask: (from: DraftStore) => Promise<Result>): Promise<Result> {
    try {
      return await ask(store)
    } catch {
      store = second
      return ask(store)
    }
  }
  return {
    get: (key) => tried((from) => from.get(key)),
    put: (key, draft) => tried((from) => from.put(key, draft)),
    drop: (key) => tried((from) => from.drop(key)),
  }
}

let device: DraftStore | undefined

export function deviceDrafts(): DraftStore {
  const memory = memoryDrafts()
  device ??= typeof indexedDB === 'undefined' ? memory : either(indexedDrafts(indexedDB), memory)
  return device
}
