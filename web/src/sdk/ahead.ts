// A WebSocket that is opened before it is needed: its round trips (TCP, TLS, the upgrade) are over
// when the person has made up their mind. The server lets one be silent for a short while only, so
// whoever opens one opens it again when the mind seems to be made up.

/** The server closes after ten seconds without a first message (PROTOCOL.md). */
const KEPT_MS = 8000

export class SocketAhead {
  private socket: WebSocket | null = null
  /** By a clock that goes on while the machine sleeps, as timers do not. */
  private opened = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly make: (url: string) => WebSocket) {}

  /** Harmless where one is open or opening already, and where it fails. */
  open(url: string): void {
    if (this.socket && this.socket.readyState <= 1) return
    this.drop()
    try {
      this.socket = this.make(url)
    } catch {
      return
    }
    this.opened = Date.now()
    this.timer = setTimeout(() => this.drop(), KEPT_MS)
  }

  /** The one that is open or opening; else a new one, and it may throw as `new WebSocket` does. */
  take(url: string): WebSocket {
    const ready = this.socket
    this.socket = null
    clearTimeout(this.timer)
    const fresh = Date.now() - this.opened < KEPT_MS
    if (ready && fresh && ready.readyState <= 1 && ready.url === url) return ready
    ready?.close()
    return this.make(url)
  }

  drop(): void {
    clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
  }
}
