// Which receiving slot carries whose picture or voice. The names of the slots come with the answer
// (mid → name), their contents with `slots` messages (name → participant), in either order.
import type { SlotContent, Source } from './protocol'

export interface Slot extends SlotContent {
  name: string
  /** performance.now() of the assignment. */
  since: number
  /** It carried somebody else before: until the next key frame the last picture is the other's. */
  reused: boolean
}

export class SlotTable {
  private readonly mids = new Map<string, string>()
  private readonly contents = new Map<string, Slot>()
  private readonly used = new Set<string>()

  /** From an answer: mid → slot name. */
  setNames(names: Record<string, string>): void {
    this.mids.clear()
    for (const [mid, name] of Object.entries(names)) this.mids.set(name, mid)
  }

  /** From a `slots` message. Returns the names of the slots that changed. */
  apply(set: Record<string, SlotContent | null>, now: number): string[] {
    const changed: string[] = []
    for (const [name, content] of Object.entries(set)) {
      const before = this.contents.get(name)
      if (content === null) {
        if (before) changed.push(name)
        this.contents.delete(name)
        continue
      }
      if (before && before.pid === content.pid && before.source === content.source) continue
      const reused = this.used.has(name)
      this.contents.set(name, { ...content, name, since: now, reused })
      this.used.add(name)
      changed.push(name)
    }
    return changed
  }

  slotOf(pid: string, source: Source): Slot | null {
    for (const slot of this.contents.values()) {
      if (slot.pid === pid && slot.source === source) return slot
    }
    return null
  }

  contentOf(name: string): Slot | null {
    return this.contents.get(name) ?? null
  }

  midOf(name: string): string | null {
    return this.mids.get(name) ?? null
  }

  all(): Slot[] {
    return [...this.contents.values()]
  }

  /** The slots of a kind: a, v or s. */
  names(kind: 'a' | 'v' | 's'): string[] {
    return [...this.mids.keys()].filter((name) => name.startsWith(kind))
  }
}
