// A person's place in one meeting: signalling, media and roster put together, without any view.
//
//   prepare()   while the person checks his devices: a join token and a peer connection made ahead,
//               which is most of what joining costs; anticipate() when he is about to join
//   join()      connects; waits while the meeting is not open; starts the media when it is
//   leave()
//
// It comes back by itself: `resume` keeps participant and media, otherwise both are made anew.
import { SocketAhead } from './ahead'
import type { Api } from './api'
import type { JoinGrant } from './api.gen'
import { ApiError } from './api'
import { isPhone } from './devices'
import { Emitter } from './events'
import type { LocalMedia } from './local'
import { mark, MediaSession, type MediaState } from './media'
import {
  SignalError,
  type OfferPlace,
  type ChatEntry,
  type DownlinkEstimate,
  type RecordingState,
  type Requests,
  type RoomMeeting,
  type ServerMessages,
  type Welcome,
} from './protocol'
import { keepPlace, type KeptPlace } from './place'
import { Roster } from './roster'
import type { ScreenKind } from './screen'
import { PROTOCOL, SignalClient, TokenRefused, type CloseReason, type SignalEvents, type SignalState } from './signal'
import type { ConnectionStats } from './stats'
import { watchWaking } from './wake'

export type MeetingEvents = {
  signal: SignalState
  welcome: Welcome
  you: Welcome['you']
  meeting: RoomMeeting
  media: MediaState
  slots: undefined
  /** The server has answered the media's offer: they find their way by themselves from here. */
  answered: undefined
  /** The first picture of another is shown, or none is to be waited for. */
  pictured: undefined
  stats: ConnectionStats
  /** null: not known, or not any more. */
  downlink: DownlinkEstimate | null
  /** The server can do nothing with what the browser offers: to try again does not help. */
  refused: Refusal
  speaker: string | null
  floor: ServerMessages['floor']
  turned_away: ServerMessages['turned_away']
  /** The microphone was switched off at coming in, and why. */
  micOff: 'muted' | 'crowd'
  /** From so many people on that is so for everybody. */
  micOffFrom: number
  levels: Record<string, number>
  chat: ChatEntry
  recording: RecordingState & { reason?: string }
  ending: number | null
  muted: ServerMessages['muted']
  lowered: ServerMessages['lowered']
  closed: CloseReason
}

/** The code of an `error`, or why the server closed the connection. */
export interface Refusal {
  code: string
  place: OfferPlace
}
const REFUSALS: readonly string[] = ['bad_sdp', 'no_media', 'fingerprint', 'srtp_profile', 'handshake']

export interface Wanted {
  pid: string
  w: number
  h: number
}

const ROSTER_PAGE = 200
const ROSTER_PAUSE_MS = 300
/** Hundreds learn at once that their list is not whole: each waits this long and up to as long again. */
const ROSTER_CATCH_UP_MS = 3000
/** Join tokens live two minutes; the machine's clock may be wrong, so age is measured here. */
const TOKEN_FRESH_MS = 100_000
const RECOVER_MS = 1000
/** A way that broke waits so long for new credentials; media broken for longer is worse than old ones. */
const RELAYS_MS = 3000
/** As many pictures as the largest page of tiles has. */
const SLOTS = { phone: 6, desktop: 9 }

function clientName(): string {
  const agent = navigator.userAgent
  const browser = /(Firefox|Edg|Chrome|Version)\/(\d+)/.exec(agent)
  const name = browser?.[1] === 'Version' ? 'Safari' : (browser?.[1] ?? 'browser')
  return `yishi-web ${name} ${browser?.[2] ?? ''}`.trim()
}

/** What is left out of one is never null. */
const serversOf = (grant: JoinGrant) => grant.ice_servers as RTCIceServer[]

function socketOf(grant: JoinGrant): string {
  const url = new URL(grant.socket, location.href)
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:'
  return url.href
}

export class MeetingClient extends Emitter<MeetingEvents> {
  readonly roster = new Roster()
  signal: SignalClient | null = null
  media: MediaSession | null = null
  pid: string | null = null
  meeting: RoomMeeting | null = null

  /** How many pictures of others can be received at a time. */
  readonly pictures: number
  private readonly phone = isPhone()
  private grant: Promise<JoinGrant> | null = null
  private grantedAt = 0
  /** Where the WebSocket is, as the last join token said. */
  private socket = ''
  private readonly ahead = new SocketAhead((url) => new WebSocket(url, PROTOCOL))
  /** What the server was told is switched on; null: nothing, or it may not have heard. */
  private toldMedia: { mic: boolean; camera: boolean; screen: boolean } | null = null
  private iceServers: RTCIceServer[] = []
  /** null: nothing is laid out yet; the server knows who is important. */
  private view: Wanted[] | null = null
  private smallestOnly = false
  private detailed = false
  private sentView = ''
  private viewTimer: ReturnType<typeof setTimeout> | undefined
  private recoverTimer: ReturnType<typeof setTimeout> | undefined
  private rosterTimer: ReturnType<typeof setTimeout> | undefined
  private disposers: (() => void)[] = []
  private slotsAhead: ServerMessages['slots'][] = []
  private starting = false
  private expectsLive = false

  constructor(
    private readonly api: Api,
    private readonly id: string,
    private readonly local: LocalMedia,
    /** Whom the page was opened for; '' in tests that do not care. */
    private readonly person = '',
    private readonly place: KeptPlace | null = null,
  ) {
    super()
    this.pictures = SLOTS[this.phone ? 'phone' : 'desktop']
    if (place) {
      this.socket = place.socket
      this.iceServers = place.iceServers
    }
    // Another network: what was opened in the old one is dead, and does not say so.
    const moved = () => this.ahead.drop()
    window.addEventListener('online', moved)
    this.disposers.push(() => window.removeEventListener('online', moved))
    // From the device check on: the connection is prepared before the devices are open.
    this.disposers.push(
      local.on('track', ({ source, track }) => {
        void this.media?.setTrack(source, track)
        this.tellMedia()
      }),
    )
  }

  /** Everything that can be made before the click. Failing is harmless: join() tries again. `live`: as far as the
   * page knows; then the first offer is set too, unless that would take a place at a relay for somebody who may never
   * come in. */
  prepare(live = false): void {
    // Whoever has a place needs no token for it.
    if (!this.grant && !this.place) {
      this.grantedAt = performance.now()
      this.grant = this.api.join(this.id, this.person)
    }
    this.media ??= this.newMedia()
    this.media.prepare()
    this.grant?.then(
      (grant) => {
        if (grant.mic_off_from) this.emit('micOffFrom', grant.mic_off_from)
        if (live && serversOf(grant).length === 0 && this.media?.state === 'new') this.beginAhead(this.media)
      },
      () => (this.grant = null),
    )
    this.anticipate()
  }

  /** The click is near, as far as one can tell: the WebSocket is opened. Harmless as often as it is called. */
  anticipate(): void {
    const pending = this.grant
    pending?.then(
      // It may have served meanwhile, or the person is gone.
      (grant) => this.grant === pending && this.ahead.open(socketOf(grant)),
      () => undefined,
    )
  }

  /** An offer belongs to the network that it was made in. */
  private beginAhead(media: MediaSession): void {
    media.begin([])
    const undo = () => this.signal ?? media.retreat()
    window.addEventListener('online', undo)
    this.disposers.push(() => window.removeEventListener('online', undo))
  }

  /** `live`: as far as the page knows. If so, the first offer is set while the WebSocket opens. */
  join(live: boolean): void {
    if (this.signal) return
    mark('join-click')
    this.expectsLive = live
    this.connect()
  }

  async leave(): Promise<void> {
    await this.signal?.leave()
    this.dispose()
  }

  async request<T extends keyof Requests>(type: T, body: Requests[T][0]): Promise<Requests[T][1]> {
    if (!this.signal) throw new SignalError('offline', 'not joined')
    const reply = await this.signal.request(type, body)
    // Everybody else is sent the message; who wrote it has it in the reply.
    if (type === 'chat') this.emit('chat', (reply as Requests['chat'][1]).chat)
    return reply
  }

  /** What is on the screen now, most important first. Sent at most four times a second. */
  setView(view: Wanted[]): void {
    if (JSON.stringify(view) === JSON.stringify(this.view)) return
    this.view = view.slice(0, 49)
    if (this.viewTimer) return
    this.sendView()
    this.viewTimer = setTimeout(() => {
      this.viewTimer = undefined
      this.sendView()
    }, 250)
  }

  private sendView(): void {
    if (!this.view) return
    const text = JSON.stringify(this.view)
    if (text === this.sentView || this.signal?.state.kind !== 'ready') return
    this.sentView = text
    this.request('view', { want: this.view }).catch(() => (this.sentView = ''))
  }

  /** Of one's own camera only the smallest layer is sent from now on, or all that are taken. */
  limitCamera(smallestOnly: boolean): void {
    if (this.smallestOnly === smallestOnly) return
    this.smallestOnly = smallestOnly
    this.media?.limitCamera(smallestOnly)
  }

  /** The first picture of another is on the screen; harmless as often as it is called. */
  pictureShown(): void {
    this.media?.pictureShown()
  }

  /** `stats` tell of each picture while somebody looks at them. */
  setDetailed(on: boolean): void {
    this.detailed = on
    this.media?.setDetailed(on)
  }

  async setScreenKind(kind: ScreenKind): Promise<void> {
    await this.local.setScreenKind(kind)
    this.media?.setScreenKind(kind)
  }

  async shareScreen(): Promise<boolean> {
    const media = this.media
    if (!media || !(await this.local.shareScreen())) return false
    const shared = this.local.screen
    if (!shared) return false
    try {
      await media.shareScreen(shared.video, shared.audio, this.local.screenKind)
      // It may have been ended, from the browser's own bar, while it was negotiated.
      if (this.local.screen !== shared) return false
      await this.request('media', { screen: true })
    } catch (error) {
      await this.stopScreen()
      throw error
    }
    return true
  }

  async stopScreen(): Promise<void> {
    this.local.stopScreen()
    await this.media?.stopScreen()
    // While the connection is down nothing is sent: after the resume tellMedia says how it is.
    if (this.signal?.state.kind === 'ready') this.request('media', { screen: false }).catch(() => undefined)
  }

  /** Begins to connect, and goes on by itself until leave() or the server ends it. */
  private connect(): void {
    this.prepare()
    const signal = new SignalClient({
      url: () => this.socket,
      device: this.phone ? 'phone' : 'desktop',
      client: clientName(),
      person: this.person,
      place: this.place,
      getToken: () => this.token(),
      open: (url) => this.ahead.take(url),
    })
    this.signal = signal
    signal.on('state', (state) => {
      this.emit('signal', state)
      // An offer of now would be old when the server is reached.
      if (state.kind === 'waiting' && this.media?.state === 'new') this.media.retreat()
      if (state.kind === 'closed') this.closed(state.reason)
    })
    signal.on('welcome', (welcome) => this.welcomed(welcome))
    signal.on('message', (message) => this.heard(message))
    this.disposers.push(this.local.on('screenEnded', () => void this.stopScreen()))
    this.watchNetwork()
    signal.connect()
  }

  /** A token serves once. The one fetched ahead is taken if it is still good. */
  private async token(): Promise<string> {
    const ahead = this.grant
    this.grant = null
    try {
      const fresh = performance.now() - this.grantedAt < TOKEN_FRESH_MS
      const grant = await (ahead && fresh ? ahead : this.api.join(this.id, this.person))
      this.socket = socketOf(grant)
      this.iceServers = serversOf(grant)
      if (this.expectsLive && this.media?.state === 'new') this.media.begin(this.iceServers)
      return grant.token
    } catch (error) {
      const refusal = this.refusal(error)
      throw refusal.reason === 'timeout' ? error : refusal
    }
  }

  private refusal(error: unknown): TokenRefused {
    if (!(error instanceof ApiError)) return new TokenRefused('timeout', error)
    if (error.code === 'barred') return new TokenRefused('barred', error)
    if (error.code === 'other_person') return new TokenRefused('other_person', error)
    if (error.code === 'meeting_ended') return new TokenRefused('ended', error)
    if (error.status === 410) return new TokenRefused('ended', error)
    if (error.status >= 400 && error.status < 429) return new TokenRefused('refused', error)
    return new TokenRefused('timeout', error)
  }

  private welcomed(welcome: Welcome): void {
    const again = this.pid !== null
    this.pid = welcome.pid
    this.meeting = welcome.meeting
    this.roster.begin(welcome.roster, welcome.you)
    clearTimeout(this.rosterTimer)
    this.rosterTimer = undefined
    this.fetchRoster(ROSTER_PAUSE_MS)
    if (welcome.resumed) this.keepSwitchedOff(welcome.you, again)
    if (welcome.mic_off && (!again || !welcome.resumed)) this.beginMuted(welcome.mic_off)
    this.sentView = ''
    this.toldMedia = null
    // What the server has to do comes first, what it takes to draw the room after it.
    this.tellMedia()
    this.sendView()
    if (again && welcome.resumed) this.resumeMedia()
    else if (again) this.renewMedia()
    else this.startMedia()
    this.emit('welcome', welcome)
  }

  /** A microphone that nobody asked for would disturb the others, or undo what the host did. */
  private beginMuted(why: 'muted' | 'crowd'): void {
    const state = this.local.stateOf('mic')
    if (state !== 'on' && state !== 'starting') return
    this.local.turnOff('mic')
    this.emit('micOff', why)
  }

  /** What the host switched off while the way was down stays off; a page that was loaded anew goes on as it was. */
  private keepSwitchedOff(now: Welcome['you'], again: boolean): void {
    const told = this.toldMedia
    if (!again) {
      if (!now.mic) this.local.turnOff('mic')
      if (!now.camera) this.local.turnOff('camera')
      return
    }
    if (!told) return
    if (told.mic && !now.mic) this.local.turnOff('mic')
    if (told.camera && !now.camera) this.local.turnOff('camera')
    if (told.screen && !now.screen) void this.stopScreen()
  }

  private heard(message: SignalEvents['message']): void {
    switch (message.t) {
      case 'slots':
        if (this.media) this.media.applySlots(message.set)
        else this.slotsAhead.push(message)
        break
      case 'demand':
        this.media?.applyDemand(message.source, message.layers)
        break
      case 'downlink':
        return this.emit('downlink', { bps: message.bps, wanted_bps: message.wanted_bps })
      case 'roster_delta':
        this.roster.apply(message)
        return this.fetchRoster()
      case 'speaker':
        return this.emit('speaker', message.pid)
      case 'levels':
        return this.emit('levels', message.levels)
      case 'floor':
        return this.emit('floor', message)
      case 'turned_away':
        return this.emit('turned_away', message)
      case 'chat':
        return this.emit('chat', message.chat)
      case 'recording':
        return this.emit('recording', message)
      case 'meeting':
        return this.meetingChanged(message.meeting)
      case 'ending':
        return this.emit('ending', message.at)
      case 'muted':
        return this.emit('muted', message)
      case 'lowered':
        return this.emit('lowered', message)
      case 'you':
        return this.emit('you', message.you)
      case 'media_state':
        if (message.state === 'lost') this.media?.restartIce()
        if (message.state === 'closed') this.refused(message.reason ?? '', {})
        // Nothing to check any more: what the server dropped is made anew, at once.
        // While the first offer is under way it is about the connection before.
        if (message.state === 'closed' && this.media && this.media.state !== 'new' && !this.starting) this.renewMedia()
    }
  }

  private refused(code: string, place: OfferPlace): void {
    if (REFUSALS.includes(code)) this.emit('refused', { code, place })
  }

  private meetingChanged(meeting: RoomMeeting): void {
    this.meeting = meeting
    this.emit('meeting', meeting)
    this.startMedia()
  }

  private newMedia(): MediaSession {
    const media = new MediaSession({
      videoSlots: this.pictures,
      cameraSize: this.phone ? 640 : 1280,
      smallestOnly: this.smallestOnly,
      detailed: this.detailed,
      exchange: (sdp, sources, connection) => {
        const reply = this.request('offer', { sdp, sources, connection })
        reply.then(
          () => this.emit('answered', undefined),
          () => undefined,
        )
        return reply
      },
    })
    media.on('slots', () => this.emit('slots', undefined))
    media.on('pictured', () => this.emit('pictured', undefined))
    media.on('stats', (stats) => this.emit('stats', stats))
    media.on('state', (state) => {
      this.emit('media', state)
      // Both go the same way: whether the socket is alive is soon known.
      if (state === 'interrupted') this.signal?.probe()
      if (state === 'broken' && this.signal?.state.kind === 'ready') void this.renewBroken(media)
    })
    for (const source of ['mic', 'camera'] as const) {
      const track = this.local.isOn(source) ? this.local.trackOf(source) : null
      void media.setTrack(source, track)
    }
    return media
  }

  private startMedia(): void {
    if (this.meeting?.state !== 'live') return this.media?.retreat()
    const media = (this.media ??= this.newMedia())
    if (media.state !== 'new' || this.starting) return
    for (const early of this.slotsAhead.splice(0)) media.applySlots(early.set)
    this.starting = true
    media
      .start(this.iceServers)
      .then(() => {
        if (this.media !== media) return
        this.sentView = ''
        this.sendView()
        const shared = this.local.screen
        if (shared) media.shareScreen(shared.video, shared.audio, this.local.screenKind).catch(() => this.stopScreen())
      })
      .catch((error) => {
        console.warn('media did not start', error)
        if (error instanceof SignalError) this.refused(error.code, error.place)
        if (this.media === media && this.signal?.state.kind === 'ready') {
          setTimeout(() => this.media === media && this.renewMedia(), 2000)
        }
      })
      .finally(() => {
        if (this.media === media) this.starting = false
      })
  }

  /** What relays take as a password runs out, and the operator may have changed their secret: a way that broke is
   * made anew with what they take now. */
  private async renewBroken(media: MediaSession): Promise<void> {
    if (this.iceServers.length > 0) {
      const late = new Promise<void>((resolve) => setTimeout(resolve, RELAYS_MS))
      const fresh = this.api.join(this.id, this.person).then(
        (grant) => void (this.iceServers = serversOf(grant)),
        () => undefined,
      )
      await Promise.race([fresh, late])
    }
    if (this.media === media && this.signal?.state.kind === 'ready') this.renewMedia()
  }

  private renewMedia(): void {
    this.media?.close()
    this.media = null
    this.starting = false
    this.emit('slots', undefined)
    this.emit('downlink', null)
    if (this.signal?.closed) return
    this.media = this.newMedia()
    this.emit('media', 'new')
    this.startMedia()
  }

  private resumeMedia(): void {
    const state = this.media?.state
    if (state === 'new') this.startMedia()
    else if (state === 'broken' || state === 'closed' || !state) this.renewMedia()
    // What broke the signalling may have broken the media too, and browsers notice that late.
    else this.media?.networkChanged()
  }

  private tellMedia(): void {
    if (this.signal?.state.kind !== 'ready') return
    const body = {
      mic: this.local.isOn('mic'),
      camera: this.local.isOn('camera'),
      screen: this.local.screen !== null,
    }
    if (JSON.stringify(body) === JSON.stringify(this.toldMedia)) return
    this.toldMedia = body
    this.request('media', body).catch(() => (this.toldMedia = null))
  }

  /** The next page, unless it is on its way or all are here and true. */
  private fetchRoster(pause_ms = ROSTER_CATCH_UP_MS * (1 + Math.random())): void {
    const { cursor } = this.roster
    if (this.rosterTimer !== undefined || cursor === null) return
    const timer = setTimeout(() => {
      const { since } = this.roster
      const ask = { after: cursor, limit: ROSTER_PAGE, search: '' }
      this.request('roster', since === null ? ask : { ...ask, since })
        .then(
          (page) => {
            if (timer === this.rosterTimer) this.roster.add(page)
            // The pages of one asking follow each other; what was missed meanwhile waits its turn.
            return page.next === null ? undefined : ROSTER_PAUSE_MS
          },
          () => undefined,
        )
        .then((pause) => {
          if (timer !== this.rosterTimer) return
          this.rosterTimer = undefined
          this.fetchRoster(pause)
        })
    }, pause_ms)
    this.rosterTimer = timer
  }

  /** The way to the server may have changed: browsers do not notice by themselves. */
  private watchNetwork(): void {
    const stop = watchWaking((how) => {
      this.signal?.retryNow()
      this.signal?.probe()
      if (how === 'moved' || this.media?.state === 'interrupted') this.media?.networkChanged()
      // What the system took away it may give back by itself: a moment later.
      clearTimeout(this.recoverTimer)
      this.recoverTimer = setTimeout(() => this.local.recover(), RECOVER_MS)
    })
    // A page that goes may be loaded anew: its place waits for it as if its network were gone, and the key to it stays
    // in the window while nobody looks, when a copy of the window cannot be made.
    const hidden = () => this.keep()
    const shown = () => (document.visibilityState === 'hidden' ? this.keep() : keepPlace(this.id, null))
    window.addEventListener('pagehide', hidden)
    document.addEventListener('visibilitychange', shown)
    this.disposers.push(() => {
      stop()
      clearTimeout(this.recoverTimer)
      window.removeEventListener('pagehide', hidden)
      document.removeEventListener('visibilitychange', shown)
    })
  }

  private keep(): void {
    const place = this.signal?.place
    if (!place || !this.person) return
    const { person, local } = this
    const { socket, iceServers } = this
    keepPlace(this.id, { ...place, person, socket, iceServers, mic: local.isOn('mic'), camera: local.isOn('camera') })
  }

  private closed(reason: CloseReason): void {
    this.dispose()
    this.emit('closed', reason)
  }

  private dispose(): void {
    keepPlace(this.id, null)
    clearTimeout(this.rosterTimer)
    this.rosterTimer = undefined
    clearTimeout(this.viewTimer)
    for (const dispose of this.disposers.splice(0)) dispose()
    this.grant = null
    this.ahead.drop()
    this.media?.close()
    this.media = null
  }
}
