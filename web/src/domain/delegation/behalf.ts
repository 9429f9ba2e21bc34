// Acting for another (代办): who gave one what for which days, and for whom one acts now. Requests for the kinds of records of
// which something was given say for whom they are; all others stay one's own. It ends with the window, and with the session.
import { computed, shallowRef } from 'vue'
import { serverNow } from '@/composables/useNow'
import { api, useSession } from '@/composables/useSession'
import { tell } from '@/composables/useConfirm'
import { withdrawOffers } from '@/composables/useToasts'
import { t } from '@/i18n'
import { client } from '@/model/client'
import type { SubjectMeta } from '@/model/meta'
import { keepForms } from '@/model/unsaved'
import { delegation, type Delegation, type DelegationTypes } from './gen'
import { startIdle, stopIdle } from './idle'

export interface Acting {
  /** Whom it is done for. */
  readonly person: { readonly id: string; readonly name: string }
  /** The last day. */
  readonly until: string
  /** Kind and verb: "absence.create". */
  readonly verbs: readonly string[]
  /** Paths of the kinds of records of which something was given. */
  readonly paths: readonly string[]
  /** Who acts. */
  readonly by: string
  /** It ends by itself when he has done nothing for so long. */
  readonly idle_min: number
}

const STORED = 'yishi.behalf'
/** When he last did anything, of this window before it is loaded anew. */
const SEEN = 'yishi.behalf.seen'
const GIVEN_MOST = 200

/** Whom one acts for now. */
export const acting = shallowRef<Acting | null>(null)
/** Whether files may be taken away, as tables or printed: nobody does it for another, and under the banner it would be in
 * one's own name. */
export const takesFiles = computed(() => acting.value === null)
/** What was given to who is signed in and holds today. */
export const given = shallowRef<readonly Delegation[]>([])

/** For whom one might act instead of whom one acts for now. */
export const others = computed(() => given.value.filter(({ giver }) => giver.id !== acting.value?.person.id))

/** Every path of a kind; {names} stand for whatever is between two slashes. */
export function pathsOf(meta: SubjectMeta): string[] {
  const forms = [...Object.values(meta.lists), ...Object.values(meta.forms), ...Object.values(meta.steps)].map(({ path }) => path)
  const all = [...forms, ...[meta.one, meta.events, meta.undo].filter((path) => path !== undefined)]
  return [...new Set([...all, ...(meta.one ? [`${meta.one}/why`] : [])])]
}

/** Whether a request to this address, with its query, is to one of the paths. */
export function isOf(address: string, paths: readonly string[]): boolean {
  const path = address.replace(/\?.*$/, '').split('/')
  return paths.some((one) => {
    const parts = one.split('/')
    return parts.length === path.length && parts.every((part, at) => part.startsWith('{') || part === path[at])
  })
}

/** What was begun in one name is not done in another: the shell closes the page with its forms, which keep their drafts, and
 * no offer made before can be taken up. */
function become(next: Acting | null): void {
  if (next?.person.id !== acting.value?.person.id) {
    void keepForms()
    withdrawOffers()
  }
  acting.value = next
}

/** It ended without his doing: he may not be there, and reads it when he is back. */
function endUnasked(text: string): void {
  if (!acting.value) return
  endActing()
  void tell({ title: t('behalf.ended'), text, yes: t('behalf.ended_seen') })
}

function keep(): void {
  try {
    if (acting.value) sessionStorage.setItem(STORED, JSON.stringify(acting.value))
    else for (const name of [STORED, SEEN]) sessionStorage.removeItem(name)
  } catch {
    // private browsing: it ends with the page
  }
}

function keepSeen(seen: number): void {
  try {
    sessionStorage.setItem(SEEN, String(seen))
  } catch {
    // as above
  }
}

function watchIdle(at: number): void {
  const now = acting.value
  if (!now) return
  startIdle(at, now.idle_min * 60_000, keepSeen, () => endUnasked(t('behalf.ended_idle', { name: now.person.name, min: now.idle_min })))
}

export async function beginActing({ giver, ends_on, verbs, idle_min }: Delegation): Promise<void> {
  const { subjects } = await import('@/domain/subjects')
  const kinds = new Set((verbs as string[]).map((verb) => verb.slice(0, verb.indexOf('.'))))
  const metas = subjects as readonly SubjectMeta[]
  become({
    person: giver,
    until: ends_on,
    verbs: verbs as string[],
    paths: metas.filter(({ name }) => kinds.has(name)).flatMap(pathsOf),
    by: useSession().session.value?.person.id ?? '',
    idle_min,
  })
  keep()
  watchIdle(serverNow())
}

export function endActing(): void {
  stopIdle()
  become(null)
  keep()
}

/** What this window was at before it was loaded anew, of the same person. */
export function resumeActing(person: string): void {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Acting | null
    const seen = Number(sessionStorage.getItem(SEEN) ?? serverNow())
    // What an earlier version kept has no idle_min: not being a number, it is never less.
    const isOn = kept !== null && kept.by === person && serverNow() - seen < kept.idle_min * 60_000
    become(isOn ? kept : null)
    if (acting.value) watchIdle(seen)
  } catch {
    become(null)
  }
  if (!acting.value) keep()
}

/** Asks what holds today; one that does not any more is not gone on with. */
export async function loadGiven(person: string): Promise<void> {
  const { items } = await api.inBackground(() => client<DelegationTypes>(delegation, api).list('on_day', { deputy: person, limit: GIVEN_MOST }))
  given.value = items
  if (acting.value && !items.some(({ giver }) => giver.id === acting.value?.person.id)) endUnasked(t('error.not_on_behalf'))
}

export function forgetGiven(): void {
  given.value = []
  stopIdle()
  become(null)
}

api.behalfOf = (path) => (acting.value && isOf(path, acting.value.paths) ? acting.value.person.id : null)
api.onBehalfEnded = () => endUnasked(t('error.not_on_behalf'))
