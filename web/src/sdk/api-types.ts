// What the HTTP API under /api/v1 sends and takes. Times in milliseconds UTC.
import type { Capacity, MeetingState, PersonKind } from './protocol'

export const ROLES = [
  'member',
  'convener',
  'staff',
  'liaison',
  'committee',
  'proposals',
  'opinions',
  'office',
  'leader',
  'supervisor',
  'unit',
  'unit_head',
  'station',
  'system_admin',
  'security_admin',
  'audit_admin',
] as const
export type Role = (typeof ROLES)[number]

export interface Page<Item> {
  items: Item[]
  next: string | null
  /** null: as on the first page. */
  total: number | null
}

export interface Session {
  /** `shown`: the name, with what tells the person from another of that name. */
  person: { id: string; name: string; shown: string; login: string | null; kind: PersonKind; roles: Role[] }
  csrf: string
  scope_meeting: string | null
  must_change_password: boolean
  /** `must` without `on`: nothing but setting it up is possible. */
  second_factor: { on: boolean; must: boolean; codes_left: number }
  idle_min: number
  /** In which pages write times: "Asia/Shanghai". */
  time_zone: string
}

export interface Meeting {
  id: string
  title: string
  topic: string
  type: string
  state: MeetingState
  planned_start: number
  planned_end: number
  opened_at: number | null
  ended_at: number | null
  host: { id: string; name: string }
  auto_record: boolean
  my: { capacity: Capacity | null }
  /** How long one was there oneself; only of one meeting, not in lists. */
  present_s?: number
  /** came and attended (confirmed): of a meeting that has ended; attended null before any confirmation. */
  counts: { expected: number; here: number; came: number | null; attended: number | null }
  /** 1 when something was recorded of it. */
  recordings: number
  /** It ended by itself, and up to then staff can reopen it. */
  reopen_until: number | null
  version: number
  /** What whoever asked may do with it now. */
  may: ('run' | 'edit' | 'invite' | 'hand_out' | 'open' | 'end' | 'cancel' | 'reopen')[]
}

export interface NewMeeting {
  title: string
  topic: string
  planned_start: number
  planned_end: number
  host: string
  type: 'consultation'
  auto_record: boolean
  invitations: NewInvitation[]
}

export interface NewInvitation {
  person?: string
  guest_name?: string
  organisation?: string
  capacity: Capacity
  expires_at?: number
}

export interface Invitation {
  id: string
  person: {
    id: string
    name: string
    kind: PersonKind
    sector: string
    organisation: string
    code: string
    /** Can sign in without the link. */
    account: boolean
  }
  capacity: Capacity
  link?: string
  /** Whether there is a link, and whether somebody came by it. */
  link_state: 'none' | 'made' | 'followed' | 'expired'
  link_expires_at: number | null
  link_used_at: number | null
}

export type AttendanceState = 'present' | 'observer' | 'leave' | 'absent'

export type SegmentEnd =
  | 'left'
  | 'dropped'
  | 'removed'
  | 'revoked'
  | 'replaced'
  | 'ended'
  | 'shutdown'
  | 'crash'

export interface PresenceSegment {
  in: number
  out: number | null
  device: string
  address: string
  ended_by: SegmentEnd | null
}

export interface AttendanceVerdict {
  state: AttendanceState
  late: boolean
  left_early: boolean
}

export interface AttendanceRow {
  person: { id: string; name: string; kind: PersonKind; sector: string; organisation: string; code: string }
  /** null: came without an invitation. */
  capacity: Capacity | null
  first_in: number | null
  last_out: number | null
  present_s: number
  segments: PresenceSegment[]
  drafted: AttendanceVerdict
  decision: AttendanceDecision | null
}

export interface AttendanceDecision extends AttendanceVerdict {
  note: string
  by: { id: string; name: string }
  at: number
  /** What it rests on: version of the limits, effective window, draft and presence in it; null in old ones. */
  rules: number | null
  window: TimeWindow | null
  drafted: AttendanceVerdict | null
  present_s: number | null
}

export interface TimeWindow {
  from: number
  to: number
}

export interface EffectiveWindow extends TimeWindow {
  default: TimeWindow & {
    /** What closed it: the end, people leaving, nothing going on after the planned end. */
    why: 'ended' | 'left' | 'quiet'
    /** So many people had to be there. */
    least: number
  }
  changed: { by: { id: string; name: string }; at: number; reason: string; moved: boolean } | null
}

export interface WindowCounts {
  present: number
  observer: number
  absent: number
  late: number
  left_early: number
}

export interface Attendance {
  rules: {
    version: number
    late_after_min: number
    left_early_min: number
    present_percent: number
    window_quiet_min: number
  }
  /** From the opening to the end, or now: what the curve and the bars span; null before the meeting was opened. */
  line: TimeWindow | null
  /** The last confirmation of whoever asks, while it can be taken back. */
  undo: { batch: string; until: number; count: number } | null
  window: EffectiveWindow | null
  /** [time, people from then on]; the last holds until the end. */
  curve: [number, number][]
  items: AttendanceRow[]
}

/** A confirmation, which may be taken back until undo_until. */
export interface AttendanceBatch {
  items: AttendanceRow[]
  batch: string
  undo_until: number
}

export interface Person {
  id: string
  name: string
  /** The name, with what tells the person from another of that name. */
  shown: string
  login: string | null
  kind: PersonKind
  roles: Role[]
  sector: string
  organisation: string
  active: boolean
  locked_until: number | null
  /** Goes up with each change; who changes it says which one he saw. */
  version: number
  /** What whoever asked may do to it now. */
  may: ('edit' | 'set_roles' | 'unlock')[]
}

export interface RecordingFile {
  name: string
  kind: 'program' | 'track'
  part: number
  track: number | null
  source: string | null
  person: { id: string; name: string } | null
  start_ms: number
  /** null while it is being written. */
  duration_ms: number | null
  bytes: number
  sha256: string | null
  type: string
  url: string
}

/** Where nothing was recorded: somebody stopped and began again, or it broke off. */
export interface RecordingGap {
  at_ms: number
  for_ms: number
  cause: 'stopped' | 'broken'
}

/** All that was recorded of a meeting: one time line, its zero at started_at. */
export interface Recording {
  id: string
  meeting: { id: string; title: string; planned_start: number }
  state: 'recording' | 'ready' | 'interrupted' | 'failed'
  started_at: number
  ended_at: number | null
  duration_ms: number
  bytes: number
  gaps: RecordingGap[]
  files?: RecordingFile[]
}

/** An entry of a meeting's event log; server/room/eventlog.h says what each kind means. */
export interface MeetingEvent {
  seq: number
  at: number
  kind: string
  person: { id: string; name: string } | null
  data: Record<string, unknown>
}

export interface AuditRecord {
  seq: number
  at: number
  kind: string
  subject: { id: string; name: string } | null
  object: string | null
  /** What is called by it now, and whom or what the detail names. */
  object_name: string | null
  about: string | null
  result: 'ok' | 'refused' | 'failed'
  address: string | null
  detail: Record<string, unknown>
}

export interface JoinGrant {
  token: string
  expires_at: number
  socket: string
  ice_servers: RTCIceServer[]
  /** So many people in it, oneself among them, and the microphone is off at joining. */
  mic_off_from?: number
}
