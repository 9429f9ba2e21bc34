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
  remove(key: string): Promise<void>
  /** Keys that begin so. */
  keys(prefix: string): Promise<string[]>
  /** Whether it is there when the page is loaded anew. */
  lasts(): boolean
}

/** Whose it is: what somebody fills in for another he finds again only when he acts for him again. */
export const draftOwner = (person: string, behalf: string | null): string => (person && behalf ? `${person}/for ${behalf}` : person)

const ofPerson = (person: string): string => `${person}/`
/** `record`: its id, or what a new one belongs to. */
export const draftKey = (person: string, form: string, record: string): string => `${ofPerson(person)}${form}/${record}`

/** While the page is open: for browsers that keep nothing (private windows). */
export function memoryDrafts(): DraftStore {
  const kept = new Map<string, Draft>()
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, draft) => void kept.set(key, draft),
    remove: async (key) => void kept.delete(key),
    keys: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    lasts: () => false,
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
    remove: async (key) => void (await run('readwrite', (store) => store.delete(key))),
    keys: async (prefix) => (await run('readonly', (store) => store.getAllKeys())).map(String).filter((key) => key.startsWith(prefix)),
    lasts: () => true,
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
    remove: (key) => tried((from) => from.remove(key)),
    keys: (prefix) => tried((from) => from.keys(prefix)),
    lasts: () => store.lasts(),
  }
}

let device: DraftStore | undefined

export function deviceDrafts(): DraftStore {
  const memory = memoryDrafts()
  device ??= typeof indexedDB === 'undefined' ? memory : either(indexedDrafts(indexedDB), memory)
  return device
}

/** How many of a person's wait on this device. */
export const draftsLeft = async (person: string, drafts: DraftStore = deviceDrafts()): Promise<number> => (await drafts.keys(ofPerson(person))).length

/** Whoever uses the device next finds none of them. */
export async function dropDrafts(person: string, drafts: DraftStore = deviceDrafts()): Promise<void> {
  for (const key of await drafts.keys(ofPerson(person))) await drafts.remove(key)
}
