// The server's HTTP API for tests that are not a browser: a cookie, a CSRF token, JSON.
export class Api {
  cookie = ''
  csrf = ''
  constructor(readonly url: string) {}

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.url,
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(this.csrf ? { 'x-csrf-token': this.csrf } : {}),
        // Whichever version of a record it is: a test knows what it made.
        ...(method === 'GET' ? {} : { 'if-match': '*' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return (text ? JSON.parse(text) : null) as T
  }

  private async open(path: string, body: unknown): Promise<void> {
    const response = await this.request('POST', path, body)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    this.cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    this.csrf = ((await response.json()) as { csrf: string }).csrf
  }

  async signIn(login: string, password: string): Promise<this> {
    await this.open('/api/v1/session', { login, password })
    return this
  }

  /** link: the whole personal link or its secret. */
  async signInByLink(link: string): Promise<this> {
    await this.open('/api/v1/session/link', { secret: link.slice(link.lastIndexOf('/') + 1) })
    return this
  }

  async joinToken(meeting: string): Promise<string> {
    return (await this.call<{ token: string }>('POST', `/api/v1/meetings/${meeting}/join`, {})).token
  }
}

export interface NewMeeting {
  id: string
  links: string[]
}

/** A consultation that is open now, with that many guests; returns their links. */
export async function openMeeting(staff: Api, guests: number, options: { title?: string; auto_record?: boolean } = {}): Promise<NewMeeting> {
  const session = await staff.call<{ person: { id: string } }>('GET', '/api/v1/session')
  const now = Date.now()
  const meeting = await staff.call<{ id: string }>('POST', '/api/v1/meetings', {
    title: options.title ?? '测试协商会',
    topic: '测试',
    type: 'consultation',
    planned_start: now,
    planned_end: now + 3600_000,
    host: session.person.id,
    auto_record: options.auto_record ?? false,
    invitations: [],
  })
  const links: string[] = []
  for (let i = 0; i < guests; i++) {
    const invitation = await staff.call<{ link: string }>('POST', `/api/v1/meetings/${meeting.id}/invitations`, {
      guest_name: `来宾 ${i + 1}`,
      capacity: 'invited',
    })
    links.push(invitation.link)
  }
  await staff.call('POST', `/api/v1/meetings/${meeting.id}/open`, {})
  return { id: meeting.id, links }
}
