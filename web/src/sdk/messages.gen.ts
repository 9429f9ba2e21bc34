// Printed by `yishid --print messages` from the server's declarations; what each means: server/PROTOCOL.md.

export interface You {
  pid: string
  person: string
  /** here and wherever a person is named it says what tells two people of one name apart: `王伟（教育界）`, the unit, with a code where that is not enough */
  name: string
  capacity: 'attend' | 'observe' | 'invited' | 'host'
  /** a host made the person one for this meeting */
  deputy: boolean
  kind: 'member' | 'staff' | 'guest' | 'admin'
  device: 'desktop' | 'phone' | 'venue' | 'other'
  /** it is switched on, as are `camera` and `screen` */
  mic: boolean
  camera: boolean
  screen: boolean
  hand: boolean
  /** since when it is up; 0: down */
  hand_at: number
  /** the connection dropped, the place is kept */
  away: boolean
  joined_at: number
  rights: 'host'[]
}

export interface RoomMeeting {
  id: string
  title: string
  topic: string
  host_name: string
  state: 'scheduled' | 'live' | 'ended' | 'cancelled'
  planned_start: number
  planned_end: number
  opened_at: number | null
}

export interface RecordingState {
  on: boolean
  since: number | null
  /** both `null` while it is off */
  elapsed_ms: number | null
}

export interface Participant {
  pid: string
  person: string
  /** here and wherever a person is named it says what tells two people of one name apart: `王伟（教育界）`, the unit, with a code where that is not enough */
  name: string
  capacity: 'attend' | 'observe' | 'invited' | 'host'
  /** a host made the person one for this meeting */
  deputy: boolean
  kind: 'member' | 'staff' | 'guest' | 'admin'
  device: 'desktop' | 'phone' | 'venue' | 'other'
  /** it is switched on, as are `camera` and `screen` */
  mic: boolean
  camera: boolean
  screen: boolean
  hand: boolean
  /** since when it is up; 0: down */
  hand_at: number
  /** the connection dropped, the place is kept */
  away: boolean
  joined_at: number
}

export interface RosterPage {
  /** sorted by pid: paging by `after` never skips or repeats one */
  items: Participant[]
  /** what the next page begins after */
  next: string | null
  /** with `search`: what it finds */
  total: number
  rev: number
}

export interface ChatEntry {
  id: string
  pid: string
  person: string
  name: string
  text: string
  at: number
}

export interface SlotContent {
  pid: string
  source: 'mic' | 'camera' | 'screen' | 'screen_audio'
  name: string
  capacity: 'attend' | 'observe' | 'invited' | 'host'
}

export interface Picture {
  pid: string
  w: number
  h: number
}

/** What the server says, beside `t` and `id`. */
export interface ServerMessages {
  welcome: {
    version: number
    /** a secret, for `resume` */
    session: string
    resumed: boolean
    /** yours */
    pid: string
    now: number
    heartbeat_s: number
    resume_window_s: number
    you: You
    meeting: RoomMeeting
    recording: RecordingState
    /** when the meeting will end by itself; `null`: that is not in sight */
    ending: number | null
    floor: string | null
    floor_since: number | null
    /** begin with the microphone off: a host switched the person's off and it was not on again since, or `mute_from` (6) people or more are here */
    mic_off: 'muted' | 'crowd' | null
    /** this person had the floor before the connection was lost for too long */
    lost_floor: boolean
    speaker: string | null
    /** the first 50 */
    roster: RosterPage
    /** the last 50 entries, the oldest first (those before: `GET /api/v1/meetings/{id}/chat`) */
    chat: ChatEntry[]
  }
  answer: {
    /** of what was offered Opus, VP8, their repair and redundant audio (`red`) */
    sdp: string
    slots: Record<string, string>
  }
  roster: {
    /** sorted by pid: paging by `after` never skips or repeats one */
    items: Participant[]
    /** what the next page begins after */
    next: string | null
    /** with `search`: what it finds */
    total: number
    rev: number
  }
  pong: {
    at: number
  }
  ok: {
    chat?: ChatEntry
  }
  error: {
    /** the page has its own words for each */
    code: string
    /** English, for developers */
    message: string
    /** of an offer: the line to change, from 1 */
    line?: number
    /** of an offer: as `rtcp-mux`; `m` for an m-line, `sources` for that member */
    attribute?: string
    /** of an offer */
    mid?: string
  }
  bye: {
    /** `removed` by a host, `barred`: removed for good, `revoked`: the right to be here has ended */
    reason: 'left' | 'ended' | 'removed' | 'barred' | 'revoked' | 'replaced' | 'shutdown' | 'timeout'
    /** of `shutdown`: when to try to resume */
    again_ms?: number
  }
  /** After a resume all are told */
  slots: {
    /** who is in the slot from now on. Slots not named stay */
    set: Record<string, SlotContent | null>
  }
  /** More is told at once, less after 2.5 s; send no others. After a resume it is told again */
  demand: {
    source: 'camera' | 'screen'
    /** the layers of your picture that somebody takes, as the rids of your offer, or `["all"]` for a picture without simulcast; `[]`: nobody */
    layers: string[]
  }
  /** At most every 2 s, when one of them moved by more than a tenth; it comes from the client's transport-wide feedback, from REMB, or without either from its receiver reports; nothing while no limit is known. After a resume it is told again */
  downlink: {
    /** what the way to you carries by the server's estimate */
    bps: number
    /** what all that your `view` names would take, each picture as large as it asks for, with the sound */
    wanted_bps: number
  }
  /** At most four a second */
  roster_delta: {
    rev: number
    total: number
    joined: Participant[]
    changed: Participant[]
    left: string[]
    /** not everybody who came or changed is in it */
    partial: boolean
  }
  /** The dominant speaker */
  speaker: {
    pid: string | null
  }
  levels: {
    /** loudness of those heard now (127 loudest); twice a second at most */
    levels: Record<string, number>
  }
  floor: {
    /** `null`: nobody has it */
    pid: string | null
    /** when it was given */
    since: number | null
  }
  /** To hosts: somebody removed for good tries to come in; of one person at most every 20 s */
  turned_away: {
    person: string
    name: string
  }
  /** To everybody but the device that wrote it, which has it in `ok` */
  chat: {
    chat: ChatEntry
  }
  /** Everybody is told, late joiners in `welcome` */
  recording: {
    on: boolean
    since: number | null
    /** both `null` while it is off */
    elapsed_ms: number | null
    reason: 'host' | 'auto' | 'stopped' | 'ended' | 'shutdown' | 'failed' | 'disk'
  }
  /** When anything of it changed */
  meeting: {
    meeting: RoomMeeting
  }
  /** When the meeting will end by itself */
  ending: {
    /** `null`: not after all */
    at: number | null
  }
  /** Your name, capacity or rights changed while you were here */
  you: {
    you: You
  }
  /** The source is off now (`media`) */
  muted: {
    source: 'mic' | 'camera' | 'screen'
    /** name of the host */
    by: string
  }
  lowered: {
    /** name of the host */
    by: string
  }
  /** The server's view of the media path. `closed`: it gave the connection up and has forgotten it; unless an offer with another PeerConnection is under way, make one and send its `offer` */
  media_state: {
    state: 'connecting' | 'connected' | 'lost' | 'closed'
    /** why it is closed: `bye` (the client closed it), `timeout` (not connected within 30 s), `fingerprint` (another certificate than the offer's), `srtp_profile` (none in common: offer AES-GCM 128, 256 or AES-CM 80), `handshake` (DTLS failed otherwise) */
    reason?: 'bye' | 'timeout' | 'fingerprint' | 'srtp_profile' | 'handshake'
  }
}

/** What a client may ask, and what it is answered with. */
export interface Requests {
  /** `person`: whom the page was opened for; another's token is `error` `other_person` */
  hello: [
    {
      token: string
      device: 'desktop' | 'phone' | 'venue' | 'other'
      /** name and version */
      client: string
      person?: string
    },
    ServerMessages['welcome'],
  ]
  /** `welcome` has `resumed: true`; or `error` `gone`: ask for a new join token; or `other_person`: it is not this person's place */
  resume: [
    {
      /** from `welcome` */
      session: string
      device: 'desktop' | 'phone' | 'venue' | 'other'
      /** name and version */
      client: string
      person?: string
    },
    ServerMessages['welcome'],
  ]
  /** `pong` has the same `at` */
  ping: [
    {
      at: number
    },
    ServerMessages['pong'],
  ]
  /** While the meeting is live */
  offer: [
    {
      sdp: string
      sources: Record<string, 'mic' | 'camera' | 'screen' | 'screen_audio'>
      /** what the client calls its PeerConnection, another for each */
      connection?: string
    },
    ServerMessages['answer'],
  ]
  /** One or more of them: what the person switched on */
  media: [
    {
      mic?: boolean
      camera?: boolean
      screen?: boolean
    },
    ServerMessages['ok'],
  ]
  /** Pictures shown and their size in device pixels (0: out of sight for now). Only these are sent from then on (before the first `view` whom the server thinks important), in a layer that fits the size (a picture that shrank gets the smaller one after 1.2 s); when the way is narrow the last of the list loses first. A pid that left is skipped */
  view: [
    {
      /** most important first */
      want: Picture[]
    },
    ServerMessages['ok'],
  ]
  roster: [
    {
      /** a pid, or `""` */
      after?: string
      /** 50 when left out */
      limit?: number
      /** part of a name in any case */
      search?: string
      /** only who joined or changed after that `rev` */
      since?: number
    },
    ServerMessages['roster'],
  ]
  /** `ok` comes once the entry is durable; only then the others get it. `disk`: it was not kept and nobody saw it. Who sends one again with the same `key`, because no answer came, gets the entry that stands, and nobody gets it twice (another text or author under the `key` is `bad_message`) */
  chat: [
    {
      /** kept and told to all in NFC, without blanks at its ends, CRLF as LF */
      text: string
      /** made at random, names the entry */
      key?: string
    },
    ServerMessages['ok'] & { chat: ChatEntry },
  ]
  hand: [
    {
      up: boolean
    },
    ServerMessages['ok'],
  ]
  /** Somebody who is alone after the planned end wants the meeting to go on; while it is live */
  stay: [Record<string, never>, ServerMessages['ok']]
  /** `bye` `left`, then close 1000 */
  leave: [Record<string, never>, ServerMessages['bye']]
  open: [Record<string, never>, ServerMessages['ok']]
  end: [Record<string, never>, ServerMessages['ok']]
  record: [
    {
      on: boolean
    },
    ServerMessages['ok'],
  ]
  /** Gives the floor: always heard, and named on every page; the picture is the large one, or the first beside a shared screen or whom the viewer pinned; the hand goes down */
  floor: [
    {
      pid: string | null
    },
    ServerMessages['ok'],
  ]
  /** `null`: everybody but the floor holder and hosts */
  mute: [
    {
      pid: string | null
      source: 'mic' | 'camera' | 'screen'
    },
    ServerMessages['ok'],
  ]
  /** Lowers the hand; `null`: all */
  lower: [
    {
      pid: string | null
    },
    ServerMessages['ok'],
  ]
  /** `for_good`: the person, on every device, and never again until `readmit`; `forbidden` for hosts and staff, not for deputies. Without it, this connection, which may come back. `ok` comes once it is durable; the connection goes at once, a person for good when it is kept */
  remove: [
    {
      pid: string
      for_good?: boolean
    },
    ServerMessages['ok'],
  ]
  /** Who was removed for good may come in again; of anybody else it changes nothing */
  readmit: [
    {
      person: string
    },
    ServerMessages['ok'],
  ]
  /** Somebody here may do here what a host does, also after a restart (`forbidden` for guests); or a person, here or not, no longer. Every device of the person is told `you` */
  deputy: [
    {
      person: string
      on: boolean
    },
    ServerMessages['ok'],
  ]
}

// Characters that texts may have at most.
export const HELLO_CLIENT_MOST = 64
export const RESUME_CLIENT_MOST = 64
export const ROSTER_SEARCH_MOST = 64
export const CHAT_TEXT_MOST = 2000
