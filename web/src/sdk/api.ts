// The HTTP API: JSON in and out, the CSRF token on everything that changes something, and problem
// details (RFC 9457) as typed errors.
import type { ChatChatQuery } from '@/domain/chat/gen'
import type { Event, EventEventsQuery } from '@/domain/event/gen'
import type { Invitation, InvitationCreate, InvitationLinkAnswer } from '@/domain/invitation/gen'
import type { Meeting, MeetingCreate, MeetingEdit, MeetingHandOutAnswer, MeetingMoveWindow, MeetingReadAnswer } from '@/domain/meeting/gen'
import type { Person, PersonPeopleQuery } from '@/domain/person/gen'
import type { Recording, RecordingRecordingsQuery } from '@/domain/recording/gen'
import type { ListQuery, Page, RecordFile } from '@/model/meta'
import { endpoints, type Endpoints, type Session, type TimeWindow } from './api.gen'
import { idRandom } from './id'
import type { Capacity, ChatEntry } from './protocol'

const BASE = '/api/v1'
const TIMEOUT_MS = 15_000
/** A hall that signs in at the same moment: the last of 300 waits for 300 hashes of a tenth of a second. */
const SIGN_IN_TIMEOUT_MS = 60_000
/** A file on its way over a slow line, and what the server does with it before it answers. */
const FILE_TIMEOUT_MS = 120_000

/** After this time what got no answer is sent once more. */
const AGAIN_MS = 1000

export interface FieldError {
  field: string
  code: string
  params?: Record<string, string | number>
}

export class ApiError extends Error {
  constructor(
    /** 0: the server could not be reached. */
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** What is wrong with which member of what was sent. */
    readonly errors: readonly FieldError[] = [],
    /** What the code's words have places for. */
    readonly params: Record<string, string | number> = {},
    /** After which it may be asked again; 0: nothing is said of that. */
    readonly retryAfter_s = 0,
  ) {
    super(`${status} ${code}`)
    this.name = 'ApiError'
  }
}

/** Meetings that the person may see; `whose`: only those that he is invited to. */
export interface MeetingQuery {
  when: 'live' | 'today' | 'upcoming' | 'past' | 'all'
  whose?: 'mine' | undefined
  limit?: number
  after?: string | null
}

/** A record as it was read: what is done to it is refused (`stale`) when it was changed since. */
export interface Seen {
  readonly id: string
  readonly version: number
}

/** What the {names} of a path stand for. */
export type Ids = Readonly<Record<string, string>>

export function addressOf(path: string, ids: Ids): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`${path}: no ${name}`)
    return encodeURIComponent(id)
  })
}

/** "?name=value…" of what is said; empty when nothing is. */
export function queryString(query: object): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** Aborts after this time. AbortSignal.timeout is younger than the oldest browsers (browsers.json). */
function deadline(after_ms: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), after_ms)
  return controller.signal
}

async function problemOf(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => ({}))
  const code = typeof body.code === 'string' ? body.code : `http_${response.status}`
  const errors = Array.isArray(body.errors) ? body.errors : []
  const after_s = Number(response.headers.get('Retry-After') ?? 0)
  return new ApiError(response.status, code, body.detail ?? body.title ?? '', errors, body.params ?? {}, Number.isFinite(after_s) ? after_s : 0)
}

/** The page does not say what is asked of it today, or says what is not known any more. */
const isMisfit = ({ status, errors }: ApiError): boolean => status === 428 || status === 405 || errors.some(({ code }) => code === 'unknown')

const HOLDS_UP = new Set(['must_change_password', 'must_enrol'])

export class Api {
  private csrf = ''
  /** Whose session csrf is of. */
  private person = ''
  private unasked = false
  /** Called when a request finds the session gone. */
  onSignedOut: () => void = () => undefined
  /** Called when something must be done before all else: a password changed, a second factor set up. */
  onHeldUp: () => void | Promise<void> = () => undefined
  /** Whom a request to this path is made for, where that is another than who is signed in (domain/delegation/behalf.ts). */
  behalfOf: (path: string) => string | null = () => null
  /** Called when it may not be done for whom it was to be. */
  onBehalfEnded: () => void = () => undefined
  /** Called when something was refused that a page of today's build would not send so. */
  onMisfit: (problem: ApiError) => void = () => undefined
  /** Called with what the server's clock showed, to the second, when it answered a request that took so long. */
  onServerTime: (date: number, took_ms: number) => void = () => undefined

  constructor(private readonly fetcher: typeof fetch = (...args) => fetch(...args)) {}

  /** Of records whose kind the server declares (model/client.ts). body: a file (Blob) goes as it is, anything
   * else as JSON. version: of the record, as it was read.
   * key: what is sent again by whoever pressed again after a lost answer, and is done once. */
  request<Result>(method: string, path: string, body?: unknown, version?: number, key?: string): Promise<Result> {
    return this.send<Result>(method, path, body, version, key ? { key } : {})
  }

  /** What the server has beside records (api.gen.ts). asked: the query of a GET, and else the body. */
  call<Name extends keyof Endpoints>(
    name: Name,
    ids: Ids = {},
    asked?: Endpoints[Name]['asked'],
  ): Promise<Endpoints[Name]['answered']> {
    const { method, path } = endpoints[name]
    const address = addressOf(path, ids)
    if (method === 'GET') return this.send(method, address + queryString(asked ?? {}))
    return this.send(method, address, asked)
  }

  /** A file that is made for whoever asks, whole, and what it is called. */
  async fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
    let response: Response
    try {
      response = await this.fetcher(BASE + path, { credentials: 'same-origin', cache: 'no-store', signal: deadline(FILE_TIMEOUT_MS) })
    } catch {
      throw new ApiError(0, 'unreachable', '')
    }
    if (!response.ok) {
      const problem = await problemOf(response)
      if (response.status === 401) this.onSignedOut()
      if (HOLDS_UP.has(problem.code)) void this.onHeldUp()
      throw problem
    }
    const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? ''
    return { blob: await response.blob(), name }
  }

  /** The bytes of a file that a record is to take (model/files.ts). progress: 0 to 1. */
  sendFile(file: File, { progress, signal }: { progress: (share: number) => void; signal: AbortSignal }): Promise<RecordFile> {
    return new Promise((resolve, reject) => {
      // fetch() does not say how far a body has gone.
      const request = new XMLHttpRequest()
      request.open('POST', `${BASE}/attachments${queryString({ name: file.name })}`)
      request.setRequestHeader('X-CSRF-Token', this.csrf)
      request.setRequestHeader('Content-Type', 'application/octet-stream')
      request.responseType = 'json'
      request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0)
      request.onerror = request.onabort = () => reject(new ApiError(0, 'unreachable', ''))
      request.onload = () => {
        const body = (request.response ?? {}) as Partial<RecordFile> & { code?: string; detail?: string }
        if (request.status === 201) resolve(body as RecordFile)
        else reject(new ApiError(request.status, body.code ?? `http_${request.status}`, body.detail ?? ''))
        if (request.status === 401) this.onSignedOut()
      }
      signal.addEventListener('abort', () => request.abort())
      request.send(file)
    })
  }

  // Session
  /** `code`: of the phone, where the answer was `code_needed`. */
  signIn = (login: string, password: string, code?: string) =>
    this.session(this.call('createSession', {}, { login, password, ...(code === undefined ? {} : { code }) }))
  /** `replace`: whoever is signed in here was asked. Otherwise `other_person`, whose detail is the link's owner. */
  openLink = (secret: string, replace = false) =>
    this.session(this.call('createSessionByLink', {}, replace ? { secret, replace } : { secret }))
  currentSession = () => this.session(this.call('getSession'))
  changePassword = (old: string, next: string) => this.call('changePassword', {}, { old, new: next })
  beginSecondFactor = () => this.call('beginSecondFactor')
  confirmSecondFactor = (code: string) => this.call('confirmSecondFactor', {}, { code })
  renewRecoveryCodes = (code: string) => this.call('renewRecoveryCodes', {}, { code })
  removeSecondFactor = (code: string) => this.call('removeSecondFactor', {}, { code })

  // Meetings
  meetings = ({ when, ...query }: MeetingQuery) =>
    this.send<Page<Meeting>>('GET', `/meetings${when === 'all' ? '' : `/${when}`}${queryString(query)}`)
  meeting = (id: string) => this.send<MeetingReadAnswer>('GET', `/meetings/${id}`)
  createMeeting = (meeting: MeetingCreate) => this.send<Meeting>('POST', '/meetings', meeting)
  changeMeeting = ({ id, version }: Seen, change: MeetingEdit) =>
    this.send<Meeting>('PATCH', `/meetings/${id}`, change, version)
  setMeeting = ({ id, version }: Seen, verb: 'open' | 'end' | 'cancel' | 'reopen') =>
    this.send<Meeting>('POST', `/meetings/${id}/${verb}`, {}, version)
  /** `person`: whom the page was opened for; somebody else is refused (`other_person`). */
  join = (id: string, person?: string) =>
    this.call('joinMeeting', { meeting: id }, person ? { person } : {})

  /** The newest first of those before this entry. */
  chat = (id: string, before: string) =>
    this.send<Page<ChatEntry>>('GET', `/meetings/${id}/chat${queryString({ before, limit: 50 } satisfies ChatChatQuery)}`)

  /** The meeting's event log, the oldest first; after: from this number on. */
  events = (id: string, query: EventEventsQuery) =>
    this.send<Page<Event>>('GET', `/meetings/${id}/events${queryString(query)}`)

  // Invitations
  invitations = (id: string, query: ListQuery = { limit: 200 }) =>
    this.send<Page<Invitation>>('GET', `/meetings/${id}/invitations${queryString(query)}`)
  invite = (id: string, invitation: InvitationCreate) =>
    this.send<Invitation>('POST', `/meetings/${id}/invitations`, invitation)
  changeInvitation = (id: string, invitation: Seen, capacity: Capacity) =>
    this.send<Invitation>('PATCH', `/meetings/${id}/invitations/${invitation.id}`, { capacity }, invitation.version)
  revokeInvitation = (id: string, invitation: Seen) =>
    this.send<{ id: string }>('POST', `/meetings/${id}/invitations/${invitation.id}/revoke`, {}, invitation.version)
  /** Fresh links of these, in one go; the old ones die. Told only here. */
  handOut = ({ id, version }: Seen, chosen: string[]) =>
    this.send<MeetingHandOutAnswer>('POST', `/meetings/${id}/links`, { chosen }, version)
  freshLink = (id: string, invitation: Seen) =>
    this.send<InvitationLinkAnswer>('POST', `/meetings/${id}/invitations/${invitation.id}/link`, {}, invitation.version)

  // Attendance
  presence = (id: string) => this.call('getPresence', { meeting: id })
  previewWindow = (id: string, { from, to }: TimeWindow) =>
    this.call('previewWindow', { meeting: id }, { from, to })
  moveWindow = ({ id, version }: Seen, { from, to, reason }: TimeWindow & { reason: string }) =>
    this.send<Meeting>('POST', `/meetings/${id}/window`, { window_from: from, window_to: to, window_reason: reason } satisfies MeetingMoveWindow, version)

  // People
  people = (query: PersonPeopleQuery) => this.send<Page<Person>>('GET', `/people${queryString(query)}`)
  resetPassword = (id: string) => this.call('resetPassword', { person: id })

  /** Records of all kinds. */
  search = (query: Endpoints['search']['asked']) => this.call('search', {}, query)

  // Recordings
  recordings = (query: Omit<RecordingRecordingsQuery, 'after'> & { after?: string | null }) =>
    this.send<Page<Recording>>('GET', `/recordings${queryString(query)}`)
  recording = (id: string) => this.send<Recording>('GET', `/recordings/${id}`)

  /**
   * What the page asks by itself, by a timer and not because somebody did something: the requests that
   * `ask` begins before its first await say so, and keep nobody signed in (domain.md section 7).
   */
  inBackground<Result>(ask: () => Result): Result {
    this.unasked = true
    try {
      return ask()
    } finally {
      this.unasked = false
    }
  }

  /** Follows `next` until the list is whole. For lists that are known to be bounded. */
  async all<Item>(page: (after: string | null) => Promise<Page<Item>>): Promise<Item[]> {
    const items: Item[] = []
    let after: string | null = null
    do {
      const got: Page<Item> = await page(after)
      items.push(...got.items)
      after = got.next
    } while (after !== null)
    return items
  }

  private async session<S extends Session>(promise: Promise<S>): Promise<S> {
    const session = await promise
    this.csrf = session.csrf
    this.person = session.person.id
    return session
  }

  /** The cookie is of another session than the page knows: of somebody else, or anew of the same person. */
  private async renewCsrf(): Promise<void> {
    const session = await this.call('getSession')
    if (session.person.id !== this.person) throw new ApiError(403, 'other_person', session.person.name)
    this.csrf = session.csrf
  }

  /**
   * version: of the record, as it was when it was read. What changes something has a key of its own, so
   * that it can be sent again when its answer was lost, and is done once.
   */
  private async send<Result>(
    method: string,
    path: string,
    body?: unknown,
    version?: number,
    { again = false, key = '', sentBefore = false, behalf = this.behalfOf(path) } = {},
  ): Promise<Result> {
    const signedIn = method !== 'GET' && this.csrf !== '' && !path.startsWith('/session')
    if (signedIn && !key) key = idRandom()
    const headers: Record<string, string> = { Accept: 'application/json' }
    const isFile = body instanceof Blob
    if (body !== undefined) headers['Content-Type'] = isFile ? 'application/octet-stream' : 'application/json'
    if (method !== 'GET' && this.csrf) headers['X-CSRF-Token'] = this.csrf
    if (method === 'GET' && this.unasked) headers['X-Background'] = '1'
    if (version !== undefined) headers['If-Match'] = `"${version}"`
    if (key) headers['Idempotency-Key'] = key
    if (behalf) headers['On-Behalf-Of'] = behalf
    let response: Response
    const sent = Date.now()
    try {
      response = await this.fetcher(BASE + path, {
        method,
        headers,
        body: body === undefined ? null : isFile ? body : JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: deadline(isFile ? FILE_TIMEOUT_MS : path === '/session' && method === 'POST' ? SIGN_IN_TIMEOUT_MS : TIMEOUT_MS),
      })
    } catch {
      if (!key || sentBefore) throw new ApiError(0, 'unreachable', '')
      await new Promise((later) => setTimeout(later, AGAIN_MS))
      return this.send(method, path, body, version, { again, key, sentBefore: true, behalf })
    }
    const date = Date.parse(response.headers.get('Date') ?? '')
    if (!Number.isNaN(date)) this.onServerTime(date, Math.max(0, Date.now() - sent))
    if (!response.ok) {
      const problem = await problemOf(response)
      if (problem.code === 'bad_csrf' && !again) {
        await this.renewCsrf()
        return this.send(method, path, body, version, { again: true, key, sentBefore, behalf })
      }
      if (response.status === 401 && !path.startsWith('/session')) this.onSignedOut()
      if (HOLDS_UP.has(problem.code)) void this.onHeldUp()
      if (isMisfit(problem)) this.onMisfit(problem)
      if (behalf && problem.code === 'not_on_behalf') this.onBehalfEnded()
      throw problem
    }
    if (response.status === 204) return undefined as Result
    return (await response.json()) as Result
  }
}
