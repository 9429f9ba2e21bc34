// Who is away on a day (外出), for whoever gives people work: read once a day and person who looks, kept for a minute.
import { serverNow } from '@/composables/useNow'
import { api, useSession } from '@/composables/useSession'
import { mt } from '@/i18n/member'
import { dayOf } from '@/i18n/zone'
import { readAll } from '@/model/records'
import type { Row } from '@/model/row'
import { dayText } from '@/model/words'
import { addressOf, queryString } from '@/sdk/api'
import { OFFICES } from '@/shell/readers'
import { absence, type Absence } from './gen'

type Absent = ReadonlyMap<string, Absence>

const KEPT_MS = 60_000
const kept = new Map<string, { until: number; absent: Promise<Absent> }>()
const NOBODY: Absent = new Map()

/** By person: of two absences of one, the one that ends later. */
export function byPerson(rows: readonly Absence[]): Absent {
  const last = new Map<string, Absence>()
  for (const row of rows) {
    const other = last.get(row.person.id)
    if (!other || other.ends_on < row.ends_on) last.set(row.person.id, row)
  }
  return last
}

async function read(day: string): Promise<Absent> {
  const { path, most } = absence.lists.absences
  const rows = await readAll(addressOf(path, {}) + queryString({ on: day, limit: most }), most)
  return byPerson(rows as readonly Row[] as unknown as Absence[])
}

/** Nobody, where whoever looks may not know; a day that could not be read is read again. */
export function absentOn(day = dayOf(serverNow())): Promise<Absent> {
  const person = useSession().session.value?.person
  if (!person?.roles.some((role) => OFFICES.includes(role))) return Promise.resolve(NOBODY)
  const key = `${person.id} ${day} ${api.behalfOf(absence.lists.absences.path) ?? ''}`
  const before = kept.get(key)
  if (before && before.until > serverNow()) return before.absent
  const absent = read(day).catch(() => {
    kept.delete(key)
    return NOBODY
  })
  kept.set(key, { until: serverNow() + KEPT_MS, absent })
  return absent
}

/** After one was entered or changed. */
export function forgetAbsent(): void {
  kept.clear()
}

export function awayText({ ends_on, deputies }: Pick<Absence, 'ends_on' | 'deputies'>): string {
  const day = dayText(ends_on, false)
  return deputies ? mt('away.until_by', { day, names: deputies }) : mt('away.until', { day })
}
