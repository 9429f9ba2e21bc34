import { describe, expect, it, vi } from 'vitest'
import { Api } from './api'

interface Asked {
  path: string
  background: string | undefined
}

function recording(): { api: Api; asked: Asked[] } {
  const asked: Asked[] = []
  const api = new Api((path, init) => {
    const headers = init?.headers as Record<string, string>
    asked.push({ path: String(path), background: headers['X-Background'] })
    return Promise.resolve(new Response('{}', { status: 200 }))
  })
  return { api, asked }
}

describe('what a page asks by itself', () => {
  it('says so, and nothing else does', async () => {
    const { api, asked } = recording()
    await api.meeting('a')
    await api.inBackground(() => Promise.all([api.meeting('b'), api.presence('b')]))
    await api.inBackground(() => api.setMeeting({ id: 'c', version: 1 }, 'open'))
    await api.meeting('d')
    expect(asked.map(({ background }) => background)).toEqual([undefined, '1', '1', undefined, undefined])
  })

  it('is over when what was asked for threw', async () => {
    const { api, asked } = recording()
    expect(() =>
      api.inBackground(() => {
        throw new Error('no')
      }),
    ).toThrow()
    await api.meeting('a')
    expect(asked[0]?.background).toBeUndefined()
  })
})

it('says of what is changed which version was seen', async () => {
  const said: [string, string | undefined][] = []
  const api = new Api((path, init) => {
    said.push([String(path), (init?.headers as Record<string, string>)['If-Match']])
    return Promise.resolve(new Response('{}'))
  })
  const meeting = { id: 'm', version: 3 }
  const invitation = { id: 'i', version: 7 }
  await api.changeMeeting(meeting, { title: 'x' })
  await api.setMeeting(meeting, 'end')
  await api.handOut(meeting, [])
  await api.moveWindow(meeting, { from: 1, to: 2, reason: 'x' })
  await api.changeInvitation('m', invitation, 'observe')
  await api.freshLink('m', invitation)
  await api.revokeInvitation('m', invitation)
  expect(said).toEqual([
    ['/api/v1/meetings/m', '"3"'],
    ['/api/v1/meetings/m/end', '"3"'],
    ['/api/v1/meetings/m/links', '"3"'],
    ['/api/v1/meetings/m/window', '"3"'],
    ['/api/v1/meetings/m/invitations/i', '"7"'],
    ['/api/v1/meetings/m/invitations/i/link', '"7"'],
    ['/api/v1/meetings/m/invitations/i/revoke', '"7"'],
  ])
})

it('says of a refusal whether a page of today’s build would have sent it so', async () => {
  const told: number[] = []
  const answers = [
    [428, '{"code":"precondition_required"}'],
    [405, '{}'],
    [422, '{"code":"invalid","errors":[{"field":"x","code":"unknown"}]}'],
    [422, '{"code":"invalid","errors":[{"field":"x","code":"long"}]}'],
    [412, '{"code":"stale"}'],
  ] as const
  const left = [...answers]
  const api = new Api(() => {
    const [status, body] = left.shift()!
    return Promise.resolve(new Response(body, { status }))
  })
  api.onMisfit = ({ status }) => void told.push(status)
  for (const _ of answers) await api.changeMeeting({ id: 'm', version: 1 }, {}).catch(() => undefined)
  expect(told).toEqual([428, 405, 422])
})

describe('a page whose session is not the browser’s any more', () => {
  const session = (id: string, csrf: string) => ({ person: { id, name: id }, csrf })
  /** The browser's cookie is of that session; what another's token asks is refused. */
  function behind(first: { person: object; csrf: string }) {
    let current = first
    const done: string[] = []
    const api = new Api((path, init) => {
      const token = (init?.headers as Record<string, string>)['X-CSRF-Token']
      if (init?.method === 'GET') return Promise.resolve(new Response(JSON.stringify(current)))
      if (token !== current.csrf) return Promise.resolve(new Response('{"code":"bad_csrf"}', { status: 403 }))
      done.push(String(path))
      return Promise.resolve(new Response('{}'))
    })
    return { api, done, becomes: (next: typeof first) => (current = next) }
  }

  it('asks anew when the same person signed in again', async () => {
    const { api, done, becomes } = behind(session('a', '1'))
    await api.currentSession()
    becomes(session('a', '2'))
    await api.join('m', 'a')
    expect(done).toEqual(['/api/v1/meetings/m/join'])
  })

  it('says so when it is somebody else, and does nothing in his name', async () => {
    const { api, done, becomes } = behind(session('a', '1'))
    await api.currentSession()
    becomes(session('b', '2'))
    await expect(api.join('m', 'a')).rejects.toMatchObject({ code: 'other_person', detail: 'b' })
    await expect(api.setMeeting({ id: 'm', version: 1 }, 'open')).rejects.toMatchObject({ code: 'other_person' })
    expect(done).toEqual([])
  })
})

describe('what got no answer', () => {
  async function signedIn(answers: (number | Error)[]) {
    const keys: (string | undefined)[] = []
    const api = new Api((path, init) => {
      if (String(path).endsWith('/session'))
        return Promise.resolve(new Response('{"person":{"id":"a"},"csrf":"c"}'))
      keys.push((init?.headers as Record<string, string>)['Idempotency-Key'])
      const answer = answers.shift()
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(new Response('{}', { status: answer }))
    })
    await api.currentSession()
    return { api, keys }
  }

  it('is sent once more, under its key', async () => {
    vi.useFakeTimers()
    const { api, keys } = await signedIn([new TypeError('network'), 200, 200])
    const done = api.setMeeting({ id: 'm', version: 1 }, 'open')
    await vi.runAllTimersAsync()
    await done
    await api.setMeeting({ id: 'm', version: 1 }, 'open')
    vi.useRealTimers()
    expect(keys[0]).toMatch(/^[0-9a-z]{16}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
  })

  it('is given up then, and what only reads is asked once', async () => {
    vi.useFakeTimers()
    const { api, keys } = await signedIn([new TypeError('a'), new TypeError('b'), new TypeError('c')])
    const refused = expect(api.setMeeting({ id: 'm', version: 1 }, 'open')).rejects.toMatchObject({ code: 'unreachable' })
    await vi.runAllTimersAsync()
    await refused
    await expect(api.meeting('m')).rejects.toMatchObject({ code: 'unreachable' })
    vi.useRealTimers()
    expect(keys).toHaveLength(3)
    expect(keys[2]).toBeUndefined()
  })
})

describe('what must be done before all else', () => {
  it('is told when a request is refused for it, and not for another reason', async () => {
    let code = 'must_enrol'
    const api = new Api(() => Promise.resolve(new Response(JSON.stringify({ code }), { status: 403 })))
    api.onHeldUp = vi.fn()
    await expect(api.meeting('a')).rejects.toThrow()
    expect(api.onHeldUp).toHaveBeenCalledTimes(1)
    code = 'forbidden'
    await expect(api.meeting('a')).rejects.toThrow()
    expect(api.onHeldUp).toHaveBeenCalledTimes(1)
  })
})

it('sends again in the name in which it sent', async () => {
  vi.useFakeTimers()
  const names: (string | undefined)[] = []
  const api = new Api((path, init) => {
    if (String(path).endsWith('/session')) return Promise.resolve(Response.json({ csrf: 'c', person: { id: 'p' } }))
    names.push((init?.headers as Record<string, string>)['On-Behalf-Of'])
    api.behalfOf = () => null
    return names.length === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(new Response('{}'))
  })
  await api.currentSession()
  api.behalfOf = () => 'giver'
  const answer = api.request('POST', '/absences', {})
  await vi.advanceTimersByTimeAsync(60_000)
  await answer
  expect(names).toEqual(['giver', 'giver'])
  vi.useRealTimers()
})
