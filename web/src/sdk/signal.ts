// The signalling connection: one WebSocket at a time, kept alive by pings and brought back by itself.
//
// A lost socket is followed by `resume` with the session of the last welcome while the server still
// keeps the place, after that (or after `gone`) by `hello` with a fresh join token. Whether the place
// was kept is in the welcome (`resumed`). A `bye` that means it ends the connection for good.
import { backoffDelay } from './backoff'
import { Emitter } from './events'
import type { Place } from './place'
import {
  SignalError,
  type OfferPlace,
  type ByeReason,
  type DeviceKind,
  type Requests,
  type ServerMessages,
  type Welcome,
} from './protocol'

export type SignalState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'ready' }
  | { kind: 'waiting'; attempt: number; until: number }
  | { kind: 'closed'; reason: CloseReason }

/** Why it will not try again. `refused`: the server gives no token (not invited, signed out); `full`: no
 * room for another participant, or for another device of this person; `other_person`: who is signed in is not whom
 * the page was opened for. */
/** `revoked` is to the page what a refusal at the door is. */
export type CloseReason = Exclude<ByeReason, 'revoked'> | 'refused' | 'policy' | 'full' | 'other_person'

export type SignalEvents = {
  state: SignalState
  welcome: Welcome
  message: { [T in keyof ServerMessages]: { t: T } & ServerMessages[T] }[keyof ServerMessages]
}

export interface SignalOptions {
  /** Asked before each attempt, after the token. */
  url: () => string
  device: DeviceKind
  client: string
  /** Whom the page was opened for. */
  person?: string
  /** What this page had before it was loaded anew. */
  place?: Place | null
  /** A fresh join token. Throw `TokenRefused` when there is no use in asking again. */
  getToken: () => Promise<string>
  /** A new socket, or one that is open or opening already. */
  open?: (url: string) => WebSocket
  random?: () => number
}

export class TokenRefused extends Error {
  constructor(
    readonly reason: CloseReason,
    readonly problem: unknown,
  ) {
    super(`no join token: ${reason}`)
  }
}

export const PROTOCOL = 'yishi.v1'
const REPLY_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 8_000
/** An answer takes a round trip; so much is one of a very bad network. */
const PROBE_MS = 2_500
const STUCK_MS = 1_500
/** So many silent heartbeats and the server takes the client for gone (PROTOCOL.md). */
const SILENT_HEARTBEATS = 3
const CLOSED_FOR_GOOD: Record<number, CloseReason> = { 4002: 'replaced', 4003: 'removed' }

interface Pending {
  resolve: (value: never) => void
  reject: (error: SignalError) => void
  timer: ReturnType<typeof setTimeout>
}

export class SignalClient extends Emitter<SignalEvents> {
  state: SignalState = { kind: 'idle' }

  private socket: WebSocket | null = null
  private session: string | null = null
  private sessionUsableUntil = 0
  private resumeWindow_ms = 30_000
  private heartbeat_ms = 10_000
  private nextId = 1
  private attempt = 0
  private triedAt = 0
  /** Of the attempt that counts: what an earlier one brings is too late. */
  private turn = 0
  private lastHeard = 0
  private readonly pending = new Map<number, Pending>()
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined
  private connectTimer: ReturnType<typeof setTimeout> | undefined
  private shutdownUntil = 0

  constructor(private readonly options: SignalOptions) {
    super()
    if (options.place) {
      this.session = options.place.session
      this.sessionUsableUntil = options.place.until
    }
  }

  /** What would find the participant again; null: nothing. */
  get place(): Place | null {
    if (!this.session || this.closed) return null
    const until =
      this.state.kind === 'ready' ? Date.now() + this.resumeWindow_ms : this.sessionUsableUntil
    return { session: this.session, until }
  }

  get closed(): boolean {
    return this.state.kind === 'closed'
  }

  connect(): void {
    if (this.state.kind !== 'idle') return
    void this.tryOnce()
  }

  /** The network is said to be back: do not wait out the back-off, nor an attempt that began before. */
  retryNow(): void {
    const stuck = this.state.kind === 'connecting' && Date.now() - this.triedAt > STUCK_MS
    if (this.state.kind !== 'waiting' && !stuck) return
    clearTimeout(this.retryTimer)
    if (this.socket) this.forget(this.socket)
    void this.tryOnce()
  }

  /** The network changed below a socket that looks alive: find out fast instead of in three heartbeats. */
  probe(): void {
    const { socket, lastHeard } = this
    if (this.state.kind !== 'ready') return
    // Closed while the page was frozen, and nobody was told.
    if (socket?.readyState !== 1) return this.drop()
    this.ping()
    setTimeout(() => {
      if (this.socket === socket && this.lastHeard === lastHeard) this.drop()
    }, PROBE_MS)
  }

  request<T extends keyof Requests>(type: T, body: Requests[T][0]): Promise<Requests[T][1]> {
    const socket = this.socket
    if (this.state.kind !== 'ready' || !socket) {
      return Promise.reject(new SignalError('offline', 'not connected'))
    }
    return this.ask(socket, type, body) as Promise<Requests[T][1]>
  }

  /** Says goodbye and closes. The page need not wait for it. */
  async leave(): Promise<void> {
    const socket = this.socket
    // Also when the welcome is still on its way: the server may have let one in already.
    if (socket?.readyState === 1) {
      socket.send(JSON.stringify({ t: 'leave', id: this.takeId() }))
    }
    this.finish('left')
    socket?.close(1000)
  }

  private takeId(): number {
    const id = this.nextId
    this.nextId = id === 0x7fffffff ? 1 : id + 1
    return id
  }

  private ask(socket: WebSocket, type: string, body: object): Promise<unknown> {
    const id = this.takeId()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id)
        reject(new SignalError('timeout', `no reply to ${type}`))
        if (this.socket === socket) this.probe()
      }, REPLY_TIMEOUT_MS)
      this.pending.set(id, { resolve: resolve as (value: never) => void, reject, timer })
      socket.send(JSON.stringify({ t: type, id, ...body }))
    })
  }

  private setState(state: SignalState): void {
    if (this.state.kind === 'closed') return
    this.state = state
    this.emit('state', state)
  }

  private async tryOnce(): Promise<void> {
    this.attempt += 1
    const mine = ++this.turn
    this.triedAt = Date.now()
    this.setState({ kind: 'connecting', attempt: this.attempt })
    const resume = this.session !== null && Date.now() < this.sessionUsableUntil
    let token = ''
    if (!resume) {
      this.session = null
      try {
        token = await this.options.getToken()
      } catch (error) {
        if (this.turn !== mine) return
        if (error instanceof TokenRefused) this.finish(error.reason)
        else this.waitAndRetry()
        return
      }
    }
    if (this.closed || this.turn !== mine) return
    this.open(resume, token)
  }

  private open(resume: boolean, token: string): void {
    const make = this.options.open ?? ((url: string) => new WebSocket(url, PROTOCOL))
    let socket: WebSocket
    try {
      socket = make(this.options.url())
    } catch {
      return this.waitAndRetry() // the browser itself refuses (a policy, no network)
    }
    this.socket = socket
    const hello = {
      device: this.options.device,
      client: this.options.client.slice(0, 64),
      ...(this.options.person ? { person: this.options.person } : {}),
    }
    this.connectTimer = setTimeout(() => this.drop(), CONNECT_TIMEOUT_MS)
    const greet = () => {
      const first = resume
        ? this.ask(socket, 'resume', { session: this.session, ...hello })
        : this.ask(socket, 'hello', { token, ...hello })
      first.then(
        (welcome) => this.welcomed(welcome as Welcome),
        (error: SignalError) => this.refused(socket, error),
      )
    }
    if (socket.readyState === 1) greet()
    else socket.onopen = greet
    socket.onmessage = (event) => this.heard(String(event.data))
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code)
    }
    socket.onerror = () => undefined // `close` follows and says all there is to say
  }

  private welcomed(welcome: Welcome): void {
    clearTimeout(this.connectTimer)
    this.session = welcome.session
    this.heartbeat_ms = welcome.heartbeat_s * 1000
    this.resumeWindow_ms = welcome.resume_window_s * 1000
    this.attempt = 0
    this.lastHeard = Date.now()
    clearInterval(this.pingTimer)
    this.pingTimer = setInterval(() => this.beat(), this.heartbeat_ms)
    this.setState({ kind: 'ready' })
    this.emit('welcome', welcome)
  }

  /** hello or resume was answered by an error: without a session the next attempt takes a token. */
  private refused(socket: WebSocket, error: SignalError): void {
    if (this.socket !== socket || this.state.kind === 'ready') return
    this.session = null
    this.forget(socket)
    if (error.code === 'gone' || error.code === 'unauthorised') {
      if (this.attempt < 4) void this.tryOnce()
      else this.waitAndRetry()
    } else if (error.code === 'ended' || error.code === 'full' || error.code === 'other_person') this.finish(error.code)
    else this.waitAndRetry()
  }

  private beat(): void {
    const silent = Date.now() - this.lastHeard > this.heartbeat_ms * 2.5
    if (silent || this.socket?.readyState !== 1) this.drop()
    else this.ping()
  }

  private ping(): void {
    if (this.socket?.readyState !== 1) return
    this.ask(this.socket, 'ping', { at: Math.round(performance.now()) }).catch(() => undefined)
  }

  private heard(text: string): void {
    this.lastHeard = Date.now()
    let message: { t: string; id?: number; code?: string; message?: string } & OfferPlace
    try {
      message = JSON.parse(text)
    } catch {
      return
    }
    if (message.t === 'bye') {
      this.bye(message as unknown as { reason: ByeReason; again_ms?: number })
      if (message.id === undefined) return
    }
    if (typeof message.id === 'number') {
      const pending = this.pending.get(message.id)
      if (!pending) return
      this.pending.delete(message.id)
      clearTimeout(pending.timer)
      if (message.t === 'error') {
        const { code, line, attribute, mid } = message
        pending.reject(new SignalError(code ?? 'internal', message.message ?? '', { line, attribute, mid }))
      } else pending.resolve(message as never)
      return
    }
    // A welcome may come without the id of its hello: there is only one it can answer.
    if (message.t === 'welcome') this.welcomed(message as unknown as Welcome)
    else if (message.t === 'error') console.warn('signalling error', message.code, message.message)
    else this.emit('message', message as never)
  }

  private bye(bye: { reason: ByeReason; again_ms?: number }): void {
    if (bye.reason === 'shutdown') {
      this.shutdownUntil = Date.now() + (bye.again_ms ?? 1000)
    } else if (bye.reason === 'timeout') {
      this.session = null
    } else this.finish(bye.reason === 'revoked' ? 'refused' : bye.reason)
  }

  /** The socket is useless although it does not say so. */
  private drop(): void {
    const socket = this.socket
    if (!socket) return
    this.forget(socket)
    socket.close()
    this.waitAndRetry()
  }

  private lost(code: number): void {
    const socket = this.socket
    if (socket) this.forget(socket)
    if (this.closed) return
    const reason = CLOSED_FOR_GOOD[code]
    if (reason) return this.finish(reason)
    if (code === 4001) this.session = null
    if (code === 1008 && this.attempt >= 3) return this.finish('policy')
    this.waitAndRetry()
  }

  private forget(socket: WebSocket): void {
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    if (this.socket === socket) this.socket = null
    clearTimeout(this.connectTimer)
    clearInterval(this.pingTimer)
    if (this.state.kind === 'ready') {
      // By the server's reckoning, which began with what it heard last: not with our noticing.
      const noticed = Math.min(Date.now(), this.lastHeard + SILENT_HEARTBEATS * this.heartbeat_ms)
      this.sessionUsableUntil = noticed + this.resumeWindow_ms
    }
    for (const pending of this.pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(new SignalError('offline', 'connection lost'))
    }
    this.pending.clear()
    if (socket.readyState <= 1) socket.close()
  }

  private waitAndRetry(): void {
    if (this.closed) return
    const jittered = backoffDelay(Math.max(1, this.attempt), this.options.random)
    const wait = Math.max(jittered, this.shutdownUntil - Date.now() + jittered / 2)
    this.shutdownUntil = 0
    this.setState({ kind: 'waiting', attempt: this.attempt + 1, until: Date.now() + wait })
    clearTimeout(this.retryTimer)
    this.retryTimer = setTimeout(() => void this.tryOnce(), wait)
  }

  private finish(reason: CloseReason): void {
    clearTimeout(this.retryTimer)
    this.setState({ kind: 'closed', reason })
    const socket = this.socket
    if (socket) this.forget(socket)
  }
}
