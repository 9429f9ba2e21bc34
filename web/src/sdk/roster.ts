// Who is in the meeting, as far as this client has been told: the first page comes with `welcome`,
// the rest is fetched page by page without haste, deltas keep it true. Messages come in order on
// one socket, so whatever arrived last about a participant holds.
//
// A delta of a large meeting leaves people out (`partial`). Then only what joined or changed since
// the last revision that is here whole is fetched; who left is in every delta.
import { Emitter } from './events'
import type { Participant, RosterDelta, RosterPage } from './protocol'

export type RosterEvents = { change: { joined: Participant[]; left: Participant[] } }

export class Roster extends Emitter<RosterEvents> {
  readonly items = new Map<string, Participant>()
  total = 0
  complete = false
  /** A delta left people out: what is here is not all. */
  stale = false
  /** Nothing up to this revision is missing. */
  private whole = 0
  private latest = 0
  /** The revision at which the catching up under way began. */
  private caught: number | null = null
  private missedAgain = false
  private seen: Set<string> | null = null
  private next: string | null = null

  /** Begins anew with the first page; what is not met again by the last page is then dropped. */
  begin(page: RosterPage, you: Participant): void {
    this.seen = new Set([you.pid])
    this.items.set(you.pid, you)
    this.complete = this.stale = false
    this.caught = null
    this.whole = this.latest = page.rev
    this.add(page)
  }

  /** Where to go on fetching, or null when everything is here and true. */
  get cursor(): string | null {
    if (!this.complete || this.caught !== null) return this.next
    return this.stale ? '' : null
  }

  /** What to ask for: only news since this revision, or everybody (null). */
  get since(): number | null {
    return this.complete ? this.whole : null
  }

  /** A page that was asked for with cursor and since. */
  add(page: RosterPage): void {
    for (const item of page.items) {
      this.items.set(item.pid, item)
      this.seen?.add(item.pid)
    }
    this.total = page.total
    this.latest = Math.max(this.latest, page.rev)
    const left = this.complete ? this.catchUp(page) : this.fill(page)
    this.next = page.next
    this.emit('change', { joined: [], left })
  }

  apply(delta: RosterDelta): void {
    const joined: Participant[] = []
    const left: Participant[] = []
    for (const item of [...delta.joined, ...delta.changed]) {
      if (!this.items.has(item.pid)) joined.push(item)
      this.items.set(item.pid, item)
      this.seen?.add(item.pid)
    }
    for (const pid of delta.left) {
      const item = this.items.get(pid)
      if (item) left.push(item)
      this.items.delete(pid)
      this.seen?.delete(pid)
    }
    this.total = delta.total
    this.latest = delta.rev
    if (delta.partial) this.stale = this.missedAgain = true
    else if (!this.stale) this.whole = delta.rev
    this.emit('change', { joined, left })
  }

  private fill(page: RosterPage): Participant[] {
    if (page.next !== null) return []
    const left: Participant[] = []
    for (const [pid, item] of this.items) {
      if (!this.seen || this.seen.has(pid)) continue
      this.items.delete(pid)
      left.push(item)
    }
    this.seen = null
    this.complete = true
    return left
  }

  private catchUp(page: RosterPage): Participant[] {
    if (this.caught === null) {
      this.caught = page.rev
      this.missedAgain = false
    }
    if (page.next !== null) return []
    this.stale = this.missedAgain
    this.whole = this.stale ? this.caught : this.latest
    this.caught = null
    return []
  }
}
