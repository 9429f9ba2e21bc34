// Printed by `yishid --print api`: what the server's API has beside the records that subjects declare.

export interface SessionPerson {
  id: string
  name: string
  /** the name, with what tells the person from another of it */
  shown: string
  login: string | null
  kind: 'member' | 'staff' | 'guest' | 'admin'
  roles: (
    | 'member'
    | 'staff'
    | 'system_admin'
    | 'security_admin'
    | 'audit_admin'
    | 'liaison'
    | 'committee'
    | 'proposals'
    | 'opinions'
    | 'office'
    | 'leader'
    | 'supervisor'
    | 'unit'
    | 'unit_head'
    | 'station'
    | 'convener'
  )[]
}

export interface SessionFactor {
  /** a log-in asks for a code */
  on: boolean
  /** the person's roles want one: while it is not on, nothing but setting it up is possible (403 must_enrol) */
  must: boolean
  /** recovery codes that were not used */
  codes_left: number
}

export interface Session {
  person: SessionPerson
  /** goes into X-CSRF-Token */
  csrf: string
  /** of a session from a personal link */
  scope_meeting: string | null
  must_change_password: boolean
  second_factor: SessionFactor
  idle_min: number
  /** in which pages write times, "Asia/Shanghai" */
  time_zone: string
}

export interface IceServer {
  /** TURN URIs, best first */
  urls: string[]
  /** expiry (s since 1970-01-01 UTC), ':' and a random id */
  username?: string | null
  /** base64 of HMAC-SHA1 with the secret shared with the TURN server */
  credential?: string | null
}

export interface JoinGrant {
  token: string
  expires_at: number
  socket: string
  /** so many people in the meeting, the one who joins among them, and the microphone is off at joining */
  mic_off_from: number
  /** for RTCPeerConnection, known before the WebSocket opens. TURN servers come with credentials of this reply's own, good for turn_credential_min; empty when none is configured */
  ice_servers: IceServer[]
}

export interface AttendanceRules {
  version: number
  late_after_min: number
  left_early_min: number
  present_percent: number
  window_quiet_min: number
}

export interface TimeWindow {
  from: number
  to: number
}

export interface UsualWindow {
  from: number
  to: number
  /** what closed it: the end, people leaving, nothing going on after the planned end */
  why: 'ended' | 'left' | 'quiet'
  /** so many people had to be there */
  least: number
}

export interface Someone {
  id: string
  name: string
}

export interface WindowChange {
  by: Someone
  at: number
  reason: string
  /** false: set back to the default */
  moved: boolean
}

export interface EffectiveWindow {
  from: number
  to: number
  default: UsualWindow
  changed: WindowChange | null
}

export interface WindowCounts {
  present: number
  observer: number
  absent: number
  late: number
  left_early: number
}

export interface Presence {
  meeting: string
  /** the limits in force when the meeting was opened */
  rules: AttendanceRules
  /** what a drawing of the meeting spans: from its opening to its end, or now; null before it was opened */
  line: TimeWindow | null
  /** null before the meeting was opened */
  window: EffectiveWindow | null
  /** [time, people from then on]; the last holds until the end */
  curve: number[][]
  /** what is drafted in the window */
  counts: WindowCounts
}

export interface FoundRecord {
  id: string
  title: string
  number: string | null
  /** what tells it from others */
  about: string | null
  state: string | null
  at: number
}

export interface FoundKind {
  kind: string
  items: FoundRecord[]
  /** 201: more than 200 */
  total: number
  next: string | null
}

export interface Line {
  meeting: string
  title: string
  person: string
  name: string
  device: string
  state: 'connecting' | 'connected' | 'lost' | 'closed'
  way: 'none' | 'udp' | 'tcp'
  /** over an address of this machine: a TURN server, or a browser */
  from_here: boolean
  /** null: not known yet */
  rtt_ms?: number | null
  /** since anything came */
  silent_ms: number
  /** of the packets to it, in the last second or so */
  loss_down_permille: number
  /** of those from it */
  loss_up_permille: number
  estimate_by: 'nothing' | 'feedback' | 'remb' | 'reports'
  /** what the way to it carries; null: no limit is known */
  estimate_kbps?: number | null
  /** what all that it is shown would take */
  wanted_kbps: number
  /** packets sent again since its connection began */
  repairs: number
  /** asked for again, and not sent */
  repairs_refused: number
  unsent: number
  keyframes_asked: number
  /** how many it is sent of each size, smallest first */
  pictures: number[]
  pictures_missing: number
  /** none: the line is good */
  troubles: ('connecting' | 'lost' | 'closed' | 'silent' | 'loss_down' | 'loss_up' | 'narrow' | 'far' | 'missing')[]
  /** 0: good; the more the worse */
  badness: number
  /** what came from it and was not taken */
  dropped: Record<string, number>
}

export interface Right {
  subject: string
  role: string
  scope: string
  verb: string
  /** not on what he asked for, nor on what is about himself */
  decides: boolean
  /** in which; left out: in each */
  state?: string | null
  /** the state after it */
  becomes?: string | null
}

export interface AccountLink {
  /** whose account it is */
  name: string
  /** that he has; null: he chooses one */
  login: string | null
  /** that he could choose */
  hint: string | null
  expires_at: number
}

/** What is asked, as query of a GET and else as body, and answered. */
export interface Endpoints {
  /** Signs in; sets the cookie */
  createSession: {
    asked: {
      login: string
      password: string
      /** of the phone, or a recovery code, where a second factor is confirmed: without it a right password is 401 code_needed; a wrong one is 401 bad_code */
      code?: string
    }
    answered: Session
  }
  /** Signs in by a personal link, for one meeting; sets the cookie */
  createSessionByLink: {
    asked: {
      secret: string
      /** whoever is signed in by the cookie was asked and is signed out; without it a link of another person is refused: 409 other_person, with its owner's name as the detail */
      replace?: boolean
    }
    answered: Session
  }
  /** Who am I */
  getSession: {
    asked: object
    answered: Session
  }
  /** Signs out */
  deleteSession: {
    asked: object
    answered: void
  }
  /** Changes one's password; other sessions end */
  changePassword: {
    asked: {
      old: string
      new: string
    }
    answered: void
  }
  /** Makes a secret for an authenticator app, told this once */
  beginSecondFactor: {
    asked: object
    answered: {
      /** to be typed: Base32 in groups of four */
      secret: string
      /** to be shown as a QR code: otpauth://totp/… */
      uri: string
    }
  }
  /** Shows that the app makes the right codes: from now on a log-in asks for one */
  confirmSecondFactor: {
    asked: {
      /** six digits of the app, or a recovery code where one is confirmed; each is good once */
      code: string
    }
    answered: {
      /** good once each, and told this once */
      codes: string[]
    }
  }
  /** New recovery codes in place of all that there were */
  renewRecoveryCodes: {
    asked: {
      /** six digits of the app, or a recovery code where one is confirmed; each is good once */
      code: string
    }
    answered: {
      /** good once each, and told this once */
      codes: string[]
    }
  }
  /** Takes the second factor away */
  removeSecondFactor: {
    asked: {
      /** six digits of the app, or a recovery code where one is confirmed; each is good once */
      code: string
    }
    answered: void
  }
  /** A token for the signalling connection (server/PROTOCOL.md) */
  joinMeeting: {
    asked: {
      /** whom the page was opened for; when somebody else is signed in by now: 409 other_person */
      person?: string
    }
    answered: JoinGrant
  }
  /** The effective window, people over time, and what is drafted */
  getPresence: {
    asked: object
    answered: Presence
  }
  /** What would be drafted in another effective window; changes nothing */
  previewWindow: {
    asked: {
      from: number
      to: number
    }
    answered: {
      from: number
      to: number
      counts: WindowCounts
    }
  }
  /** A one-time password that must be changed, told this once */
  resetPassword: {
    asked: object
    answered: {
      password: string
    }
  }
  /** Looks for records of every kind: by number, words of title and text, a name's pinyin and initials */
  search: {
    asked: {
      /** one character is looked for in titles only */
      q: string
      /** only these, in pages, the newest first */
      kind?: string
      /** next of the page before */
      after?: string
      /** of each kind */
      limit?: number
    }
    answered: {
      /** those with a number that was asked for first */
      kinds: FoundKind[]
    }
  }
  /** How everybody's line is who is in a meeting now: whose is bad? */
  getLines: {
    asked: object
    answered: {
      lines: Line[]
    }
  }
  /** Room on the disk, and what takes it */
  getStorage: {
    asked: object
    answered: {
      /** bytes */
      disk: number
      free: number
      database: number
      recordings: number
      attachments: number
    }
  }
  /** Whether the audit record is whole: reads all of it */
  getAuditChain: {
    asked: object
    answered: {
      /** each record fits the one before it, and the head that was kept */
      whole: boolean
      /** up to this number */
      records: number
      /** hash of the last record */
      head: string
      /** the first that does not fit */
      wrong?: string | null
      /** number of the head that was last kept outside; 0: none */
      kept: number
    }
  }
  /** Who may what: for each kind of record, role, scope and state the verbs */
  getRights: {
    asked: object
    answered: {
      rights: Right[]
    }
  }
  /** What one might have done by a deputy; administrators: nothing */
  getOwnVerbs: {
    asked: object
    answered: {
      /** kind and verb, as a delegation has them */
      verbs: string[]
    }
  }
  /** Whether forms can be printed as PDF here; as DOCX they can */
  getPrinting: {
    asked: object
    answered: {
      pdf: boolean
    }
  }
  /** Whose account an invitation sets up */
  readAccountLink: {
    asked: {
      secret: string
    }
    answered: AccountLink
  }
  /** Sets up the account of an invitation */
  setUpAccount: {
    asked: {
      secret: string
      login?: string
      password: string
    }
    answered: {
      login: string
    }
  }
}

export const endpoints = {
  createSession: { method: 'POST', path: '/session' },
  createSessionByLink: { method: 'POST', path: '/session/link' },
  getSession: { method: 'GET', path: '/session' },
  deleteSession: { method: 'DELETE', path: '/session' },
  changePassword: { method: 'PUT', path: '/session/password' },
  beginSecondFactor: { method: 'POST', path: '/session/second-factor' },
  confirmSecondFactor: { method: 'PUT', path: '/session/second-factor' },
  renewRecoveryCodes: { method: 'POST', path: '/session/second-factor/codes' },
  removeSecondFactor: { method: 'POST', path: '/session/second-factor/off' },
  joinMeeting: { method: 'POST', path: '/meetings/{meeting}/join' },
  getPresence: { method: 'GET', path: '/meetings/{meeting}/presence' },
  previewWindow: { method: 'GET', path: '/meetings/{meeting}/presence/window' },
  resetPassword: { method: 'POST', path: '/people/{person}/password' },
  search: { method: 'GET', path: '/search' },
  getLines: { method: 'GET', path: '/lines' },
  getStorage: { method: 'GET', path: '/storage' },
  getAuditChain: { method: 'GET', path: '/audit_chain' },
  getRights: { method: 'GET', path: '/rights' },
  getOwnVerbs: { method: 'GET', path: '/rights/own' },
  getPrinting: { method: 'GET', path: '/printing' },
  readAccountLink: { method: 'POST', path: '/account/link' },
  setUpAccount: { method: 'POST', path: '/account/setup' },
} as const
