// Who is in the meeting, as far as this client has been told: the first page comes with `welcome`,
// the rest is fetched page by page without haste, deltas keep it true. Messages come in order on
// one socket, so whatever arrived last about a participant holds.
import { Emitter } from './events'
import type { Participant, RosterDelta, RosterPage } from './protocol'

export type RosterEvents = { change: { joined: Participant[]; left: Participant[] } }

export class Roster extends Emitter<RosterEvents> {
  readonly items = new Map<string, Participant>()
  total = 0
  complete = false
  /** A delta left people out (a large meeting): what is here is not all, and is to be fetched again. */
  stale = false
  private seen: Set<string> | null = null
  private next: string | null = null

  /** Begins anew with the first page; what is not met again by the last page is then dropped. */
  begin(page: RosterPage, you: Participant): void {
    this.seen = new Set([you.pid])
    this.items.set(you.pid, you)
    this.complete = this.stale = false
    this.add(page)
  }

  /** Fetches all pages again, beside what is here. */
  refresh(): void {
    this.seen = new Set()
    this.complete = this.stale = false
    this.next = ''
  }

  /** Where to go on fetching, or null when everything is here. */
  get cursor(): string | null {
    return this.complete ? null : this.next
  }

  add(page: RosterPage): void {
    for (const item of page.items) {
      this.items.set(item.pid, item)
      this.seen?.add(item.pid)
    }
    this.total = page.total
    this.next = page.next
    const left: Participant[] = []
    if (page.next === null) {
      for (const [pid, item] of this.items) {
        if (this.seen && !this.seen.has(pid)) {
          this.items.delete(pid)
          left.push(item)
        }
      }
      this.seen = null
      this.complete = true
    }
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
    this.stale ||= delta.partial
    this.emit('change', { joined, left })
  }
}
