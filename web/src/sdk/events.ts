// A typed event emitter: what the SDK's classes speak with. A listener that throws is reported and
// does not keep the others from hearing.

export type EventMap = Record<string, unknown>

export class Emitter<Events extends EventMap> {
  private readonly listeners = new Map<keyof Events, Set<(event: never) => void>>()

  /** Returns the function that unsubscribes. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, set)
    set.add(listener as (event: never) => void)
    return () => set.delete(listener as (event: never) => void)
  }

  protected emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        ;(listener as (event: Events[Name]) => void)(event)
      } catch (error) {
        console.error('listener failed', name, error)
      }
    }
  }

  protected clearListeners(): void {
    this.listeners.clear()
  }
}
