// The signalling protocol's messages as server/PROTOCOL.md writes them down, version 1.

export type DeviceKind = 'desktop' | 'phone' | 'venue' | 'other'
export type Source = 'mic' | 'camera' | 'screen' | 'screen_audio'
export type Capacity = 'attend' | 'observe' | 'invited' | 'host'
export type PersonKind = 'member' | 'staff' | 'guest' | 'admin'
export type MeetingState = 'scheduled' | 'live' | 'ended' | 'cancelled'

/** One participant: one device of one person. */
export interface Participant {
  pid: string
  person: string
  name: string
  capacity: Capacity
  /** A host made this person one for this meeting. */
  deputy: boolean
  kind: PersonKind
  device: DeviceKind
  mic: boolean
  camera: boolean
  screen: boolean
  hand: boolean
  /** Since when the hand is up; 0 while it is down. */
  hand_at: number
  away: boolean
  joined_at: number
}

export interface RoomMeeting {
  id: string
  title: string
  topic: string
  host_name: string
  state: MeetingState
  planned_start: number
  planned_end: number
  opened_at: number | null
}

export interface ChatEntry {
  id: string | number
  pid: string
  person: string
  name: string
  text: string
  at: number
}

export interface RosterPage {
  items: Participant[]
  next: string | null
  total: number
  rev: number
}

export interface RecordingState {
  on: boolean
  since: number | null
  elapsed_ms: number
}

export interface Welcome {
  version: number
  session: string
  resumed: boolean
  pid: string
  now: number
  heartbeat_s: number
  resume_window_s: number
  you: Participant & { rights: string[] }
  meeting: RoomMeeting
  recording: RecordingState
  /** When it will end by itself; null: that is not in sight. */
  ending: number | null
  floor: string | null
  /** Since when, by the server's clock. */
  floor_since: number | null
  /** Why the microphone is to begin off: a host muted this person, or there are many. */
  mic_off: 'muted' | 'crowd' | null
  /** It had the floor before its connection was lost for too long. */
  lost_floor: boolean
  speaker: string | null
  roster: RosterPage
  chat: ChatEntry[]
}

export interface SlotContent {
  pid: string
  source: Source
}

export interface DownlinkEstimate {
  bps: number
  wanted_bps: number
}

export type ByeReason = 'left' | 'ended' | 'removed' | 'barred' | 'revoked' | 'replaced' | 'shutdown' | 'timeout'

export interface RosterDelta {
  rev: number
  total: number
  joined: Participant[]
  changed: Participant[]
  left: string[]
  /** Not everybody who came or changed is in it. */
  partial: boolean
}

export type MediaClosed = 'fingerprint' | 'srtp_profile' | 'handshake' | 'timeout' | 'bye'

/** What the server says without being asked. */
export interface ServerMessages {
  slots: { set: Record<string, SlotContent | null> }
  /** The layers of our picture that somebody takes. */
  demand: { source: Source; layers: string[] }
  /** What the way to us carries by the server's estimate, and what all that is shown would take. */
  downlink: DownlinkEstimate
  roster_delta: RosterDelta
  speaker: { pid: string | null }
  levels: { levels: Record<string, number> }
  floor: { pid: string | null; since: number | null }
  /** To hosts: somebody removed for good tries to come in. */
  turned_away: { person: string; name: string }
  chat: { chat: ChatEntry }
  recording: RecordingState & { reason: 'host' | 'stopped' | 'failed' | 'disk' }
  meeting: { meeting: RoomMeeting }
  ending: { at: number | null }
  muted: { source: Source; by: string }
  lowered: { by: string }
  /** Name, capacity or rights of this participant changed. */
  you: { you: Participant & { rights: string[] } }
  /** The server's view; closed: it dropped the connection and has forgotten it, for the reason. */
  media_state: { state: 'connecting' | 'connected' | 'lost' | 'closed'; reason?: MediaClosed }
}

export interface AnswerMessage {
  sdp: string
  slots: Record<string, string>
}

/** Requests and what each is answered with. */
export interface Requests {
  /** `connection`: what the page calls its PeerConnection, another for each. */
  offer: [{ sdp: string; sources: Record<string, Source>; connection: string }, AnswerMessage]
  media: [{ mic?: boolean; camera?: boolean; screen?: boolean }, unknown]
  view: [{ want: { pid: string; w: number; h: number }[] }, unknown]
  /** `since`: only whoever joined or changed after this revision. */
  roster: [{ after: string; limit: number; search: string; since?: number }, RosterPage]
  chat: [{ text: string; key?: string }, { chat: ChatEntry }]
  hand: [{ up: boolean }, unknown]
  stay: [Record<string, never>, unknown]
  leave: [Record<string, never>, unknown]
  open: [Record<string, never>, unknown]
  end: [Record<string, never>, unknown]
  record: [{ on: boolean }, unknown]
  floor: [{ pid: string | null }, unknown]
  mute: [{ pid: string | null; source: 'mic' | 'camera' | 'screen' }, unknown]
  lower: [{ pid: string | null }, unknown]
  remove: [{ pid: string; for_good?: boolean }, unknown]
  readmit: [{ person: string }, unknown]
  deputy: [{ person: string; on: boolean }, unknown]
}

/** Where an offer that was refused is to be changed. */
export interface OfferPlace {
  line?: number
  attribute?: string
  mid?: string
}

/** An `error` reply, or a request that got no reply at all (code `timeout` or `offline`). */
export class SignalError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly place: OfferPlace = {},
  ) {
    super(message)
    this.name = 'SignalError'
  }
}
