import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Api } from './api'
import { FakePeer } from './fake-peer'
import { FakeSocket } from './fake-socket'
import { LocalMedia } from './local'
import { MeetingClient } from './meeting'

const you = {
  pid: 'me',
  person: 'p',
  name: '我',
  capacity: 'attend',
  deputy: false,
  kind: 'member',
  device: 'desktop',
  mic: false,
  camera: false,
  screen: false,
  hand: false,
  hand_at: 0,
  away: false,
  joined_at: 0,
}
const welcome = (more: object = {}) => ({
  t: 'welcome',
  version: 1,
  session: 's1',
  resumed: false,
  pid: 'me',
  now: 0,
  heartbeat_s: 5,
  resume_window_s: 30,
  you: { ...you, rights: [] },
  meeting: { id: 'm', title: '会', state: 'live' },
  recording: { on: false, since: null, elapsed_ms: 0 },
  floor: null,
  speaker: null,
  roster: { items: [you], next: null, total: 1, rev: 1 },
  chat: [],
  ...more,
})

let joins: { resolve: (grant: object) => void; reject: (error: unknown) => void }[]
let local: LocalMedia
let client: MeetingClient

const settle = () => vi.advanceTimersByTimeAsync(0)
const socket = () => FakeSocket.all[FakeSocket.all.length - 1]!
const grant = (n: number) => joins[n]!.resolve({ token: `token${n}`, expires_at: 0, socket: '/ws', ice_servers: [] })

async function arrive(more: object = {}): Promise<void> {
  client.join(true)
  grant(0)
  await settle()
  socket().opened()
  socket().says(welcome({ id: socket().asked('hello')!.id, ...more }))
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  FakePeer.all = []
  joins = []
  const page = new EventTarget()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('RTCPeerConnection', FakePeer)
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null })
  vi.stubGlobal('location', { href: 'https://yishi.example/meetings/m' })
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('navigator', { userAgent: 'Chrome/140' })
  vi.stubGlobal('window', page)
  vi.stubGlobal('document', page)
  const join = () => new Promise((resolve, reject) => joins.push({ resolve, reject }))
  local = new LocalMedia()
  client = new MeetingClient({ join } as unknown as Api, 'm', local)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('chat', () => {
  it('tells the writer too what he wrote', async () => {
    await arrive()
    const entry = { id: 7, pid: 'me', person: 'p', name: '我', text: '好', at: 1 }
    const heard: unknown[] = []
    client.on('chat', (chat) => heard.push(chat))
    const sent = client.request('chat', { text: '好' })
    socket().says({ t: 'ok', id: socket().asked('chat')!.id, chat: entry })
    await sent
    expect(heard).toEqual([entry])
  })
})

describe('leaving on the way in', () => {
  it('opens no connection when the token comes after it', async () => {
    client.join(true)
    await client.leave()
    grant(0)
    await settle()
    expect(FakeSocket.all).toHaveLength(0)
  })

  it('says so to a server that has not answered yet', async () => {
    client.join(true)
    grant(0)
    await settle()
    socket().opened()
    await client.leave()
    expect(socket().sent.map((message) => message.t)).toEqual(['hello', 'leave'])
    expect(socket().readyState).toBe(3)
    expect(FakePeer.all.every((peer) => peer.connectionState === 'closed')).toBe(true)
  })
})

it('leaves off what the host switched off while the way was down', async () => {
  local.isOn = (source) => source === 'mic' || source === 'camera'
  const turnOff = vi.spyOn(local, 'turnOff').mockImplementation(() => undefined)
  await arrive()
  socket().says({ t: 'ok', id: socket().asked('media')!.id })
  await settle()
  socket().breaks()
  await vi.advanceTimersByTimeAsync(10_000)
  socket().opened()
  const back = { resumed: true, you: { ...you, mic: false, camera: true, rights: [] } }
  socket().says(welcome({ id: socket().asked('resume')!.id, ...back }))
  await settle()
  expect(turnOff.mock.calls).toEqual([['mic']])
})

describe('coming in', () => {
  const heard = (): string[] => {
    const why: string[] = []
    client.on('micOff', (now) => why.push(now))
    return why
  }

  it('does so with the microphone off where there are many, or a host had muted one', async () => {
    local.isOn = (source) => source === 'mic'
    local.stateOf = (source) => (source === 'mic' ? 'on' : 'off')
    const turnOff = vi.spyOn(local, 'turnOff').mockImplementation(() => undefined)
    const why = heard()
    await arrive({ mic_off: 'crowd' })
    expect(turnOff.mock.calls).toEqual([['mic']])
    expect(why).toEqual(['crowd'])
  })

  it('says nothing of a microphone that is off anyway', async () => {
    const why = heard()
    await arrive({ mic_off: 'muted' })
    expect(why).toEqual([])
  })

  it('takes the place up again that the page had before it was loaded anew', async () => {
    const where = { socket: 'wss://yishi.example/ws', iceServers: [{ urls: 'turn:relay.example' }] }
    const place = { session: 's0', until: Date.now() + 9000, person: 'p', ...where, mic: true, camera: true }
    const join = vi.fn(() => new Promise(() => undefined))
    client = new MeetingClient({ join } as unknown as Api, 'm', local, 'p', place)
    local.stateOf = () => 'on'
    const turnOff = vi.spyOn(local, 'turnOff').mockImplementation(() => undefined)
    client.join(true)
    await settle()
    socket().opened()
    expect(FakeSocket.all.map(({ url }) => url)).toEqual([where.socket])
    expect(socket().last).toMatchObject({ t: 'resume', session: 's0', person: 'p' })
    expect(join).not.toHaveBeenCalled()
    const back = { resumed: true, mic_off: 'muted', you: { ...you, mic: false, camera: true, rights: [] } }
    socket().says(welcome({ id: socket().last.id, ...back }))
    await settle()
    // What the host switched off is off; the camera goes on as it was.
    expect(turnOff.mock.calls.flat()).not.toContain('camera')
    expect(turnOff.mock.calls.flat()).toContain('mic')
    await client.leave()
  })
})

describe('the WebSocket', () => {
  const ready = async () => {
    client.prepare(true)
    grant(0)
    await settle()
    socket().opened()
  }

  it('is opened before the click, and says hello with it', async () => {
    await ready()
    expect(socket().sent).toEqual([])
    client.join(true)
    await settle()
    expect(FakeSocket.all).toHaveLength(1)
    expect(socket().asked('hello')).toMatchObject({ token: 'token0' })
  })

  it('may still be opening at the click', async () => {
    client.prepare(true)
    grant(0)
    await settle()
    client.join(true)
    await settle()
    expect(FakeSocket.all).toHaveLength(1)
    socket().opened()
    expect(socket().asked('hello')).toMatchObject({ token: 'token0' })
  })

  it('is given up before the server loses patience, and opened again when the click is near', async () => {
    await ready()
    await vi.advanceTimersByTimeAsync(9000)
    expect(socket().readyState).toBe(3)
    client.anticipate()
    client.anticipate()
    await settle()
    expect(FakeSocket.all).toHaveLength(2)
    socket().opened()
    client.join(true)
    await settle()
    expect(FakeSocket.all).toHaveLength(2)
    expect(socket().asked('hello')).toBeDefined()
    await vi.advanceTimersByTimeAsync(7900)
    expect(socket().readyState).toBe(1)
  })

  it('is another one when the first broke', async () => {
    await ready()
    socket().breaks()
    client.join(true)
    await settle()
    expect(FakeSocket.all).toHaveLength(2)
    socket().opened()
    expect(socket().asked('hello')).toBeDefined()
  })

  it('is not opened when one left before the token came', async () => {
    client.prepare(true)
    await client.leave()
    grant(0)
    await settle()
    expect(FakeSocket.all).toHaveLength(0)
  })

  it('is another one after a sleep, and in another network', async () => {
    await ready()
    vi.setSystemTime(Date.now() + 60_000)
    client.join(true)
    await settle()
    expect(FakeSocket.all.map((one) => one.readyState)).toEqual([3, 0])
    await client.leave()
  })

  it('is given up when the network is another', async () => {
    await ready()
    window.dispatchEvent(new Event('online'))
    expect(socket().readyState).toBe(3)
  })

  it('is closed when one leaves the device check', async () => {
    await ready()
    await client.leave()
    expect(socket().readyState).toBe(3)
  })
})

describe('the first offer', () => {
  it('is set while the WebSocket opens', async () => {
    client.join(true)
    grant(0)
    await settle()
    expect(FakePeer.all[0]!.signalingState).toBe('have-local-offer')
    socket().opened()
    socket().says(welcome({ id: socket().asked('hello')!.id }))
    await settle()
    expect(socket().sent.filter((message) => message.t === 'offer')).toHaveLength(1)
  })

  it('gets tracks that come meanwhile with the answer, not before: Firefox would lose them', async () => {
    client.join(true)
    grant(0)
    await settle()
    const camera = { kind: 'video', getSettings: () => ({}) } as MediaStreamTrack
    void client.media!.setTrack('camera', camera)
    await settle()
    const sent = () => FakePeer.all[0]!.lines.map((line) => (line.sender as { track: unknown }).track)
    expect(sent()).not.toContain(camera)
    socket().opened()
    socket().says(welcome({ id: socket().asked('hello')!.id }))
    await settle()
    socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
    await settle()
    expect(sent()).toContain(camera)
  })

  describe('puts in the own camera', () => {
    const camera = { kind: 'video', getSettings: () => ({}) } as MediaStreamTrack
    const sends = () => FakePeer.all[0]!.lines.some((line) => (line.sender as { track: unknown }).track === camera)
    const begin = async (set: object) => {
      client.join(true)
      grant(0)
      await settle()
      void client.media!.setTrack('camera', camera)
      socket().opened()
      socket().says(welcome({ id: socket().asked('hello')!.id }))
      await settle()
      socket().says({ t: 'slots', set })
      socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: { '5': 'v0' } })
      await settle()
    }
    const theirs = { v0: { pid: 'other', source: 'camera' } }

    it('after the first picture of another', async () => {
      await begin(theirs)
      expect(sends()).toBe(false)
      client.pictureShown()
      await settle()
      expect(sends()).toBe(true)
    })
    it('in the end also when none comes', async () => {
      await begin(theirs)
      await vi.advanceTimersByTimeAsync(700)
      expect(sends()).toBe(false)
      await vi.advanceTimersByTimeAsync(200)
      expect(sends()).toBe(true)
    })
    it('at once when there is none to come', async () => {
      await begin({ a0: { pid: 'other', source: 'mic' } })
      expect(sends()).toBe(true)
    })
    it('at once from then on', async () => {
      await begin(theirs)
      client.pictureShown()
      await settle()
      void client.media!.setTrack('camera', null)
      await settle()
      void client.media!.setTrack('camera', camera)
      await settle()
      expect(sends()).toBe(true)
    })
    it('not after leaving', async () => {
      await begin(theirs)
      void client.leave()
      await vi.advanceTimersByTimeAsync(2000)
      expect(sends()).toBe(false)
    })
  })

  it('is set anew when the server could not be reached', async () => {
    client.join(true)
    grant(0)
    await settle()
    socket().breaks()
    await settle()
    expect(FakePeer.all[0]!.signalingState).toBe('stable')
    await vi.advanceTimersByTimeAsync(10_000)
    grant(1)
    await settle()
    expect(FakePeer.all[0]!.signalingState).toBe('have-local-offer')
  })

  it('is made once, however often one clicks', async () => {
    client.join(true)
    client.join(true)
    grant(0)
    await settle()
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('is taken back when the meeting turns out not to be open, and set again when it opens', async () => {
    const scheduled = { id: 'm', title: '会', state: 'scheduled' }
    await arrive({ meeting: scheduled })
    expect(FakePeer.all[0]!.signalingState).toBe('stable')
    expect(socket().asked('offer')).toBeUndefined()
    socket().says({ t: 'meeting', meeting: { ...scheduled, state: 'live' } })
    await settle()
    expect(FakePeer.all[0]!.signalingState).toBe('have-local-offer')
    expect(socket().asked('offer')).toBeDefined()
  })
})

it('tries again when even the join token cannot be had at first', async () => {
  const states: string[] = []
  client.on('signal', (state) => states.push(state.kind))
  client.join(true)
  joins[0]!.reject(new Error('unreachable'))
  await settle()
  expect(states).toEqual(['connecting', 'waiting'])
  await vi.advanceTimersByTimeAsync(10_000)
  joins[1]!.resolve({ token: 't', expires_at: 0, socket: '/ws', ice_servers: [] })
  await settle()
  expect(FakeSocket.all).toHaveLength(1)
})

describe('screen sharing', () => {
  const screenTrack = () => ({ kind: 'video', stop: vi.fn(), onended: null })
  beforeEach(() => {
    const getDisplayMedia = async () => ({ getVideoTracks: () => [screenTrack()], getAudioTracks: () => [] })
    vi.stubGlobal('navigator', { userAgent: 'Chrome/140', mediaDevices: { getDisplayMedia } })
  })
  const answer = () => socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
  const offers = () => socket().sent.filter((message) => message.t === 'offer').length

  it('is offered again after a first time that failed', async () => {
    await arrive()
    answer()
    await settle()
    expect(offers()).toBe(1)
    const first = client.shareScreen()
    const refused = expect(first).rejects.toThrow()
    await settle()
    expect(offers()).toBe(2)
    socket().says({ t: 'error', id: socket().asked('offer')!.id, code: 'internal', message: '' })
    await settle()
    await refused
    expect(local.screen).toBeNull()

    const second = client.shareScreen()
    await settle()
    expect(offers()).toBe(3)
    expect(Object.values(socket().asked('offer')!.sources as object)).toContain('screen')
    answer()
    await settle()
    expect(socket().asked('media')).toMatchObject({ screen: true })
    socket().says({ t: 'ok', id: socket().asked('media')!.id })
    expect(await second).toBe(true)
  })
})

describe('a roster that is not whole', () => {
  const missed = { t: 'roster_delta', rev: 5, total: 3, joined: [], changed: [], left: [], partial: true }

  it('is completed with what is new since the revision it was whole at', async () => {
    await arrive()
    socket().says(missed)
    await vi.advanceTimersByTimeAsync(2900)
    expect(socket().asked('roster')).toBeUndefined()
    await vi.advanceTimersByTimeAsync(3200)
    expect(socket().asked('roster')).toMatchObject({ after: '', since: 1 })
    const items = [{ ...you, pid: 'x' }]
    socket().says({ t: 'roster', id: socket().asked('roster')!.id, items, next: null, total: 3, rev: 5 })
    await settle()
    expect([...client.roster.items.keys()]).toEqual(['me', 'x'])
    expect(client.roster.stale).toBe(false)
  })
})

it('tells of rights that changed meanwhile', async () => {
  await arrive()
  const rights: string[][] = []
  client.on('you', (now) => rights.push(now.rights))
  socket().says({ t: 'you', you: { ...you, rights: ['host'] } })
  expect(rights).toEqual([['host']])
})

it('makes a new media connection when the server dropped the old one', async () => {
  await arrive()
  expect(FakePeer.all).toHaveLength(1)
  // Said of the connection before this one, whose offer is still under way.
  socket().says({ t: 'media_state', state: 'closed' })
  await settle()
  expect(FakePeer.all).toHaveLength(1)
  socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
  await settle()
  socket().says({ t: 'media_state', state: 'closed' })
  await settle()
  expect(FakePeer.all.map((peer) => peer.connectionState)).toEqual(['closed', 'new'])
  expect(socket().sent.filter((message) => message.t === 'offer')).toHaveLength(2)
})

it('says that media are broken when they never connect, and makes them anew', async () => {
  await arrive()
  const states: string[] = []
  client.on('media', (state) => states.push(state))
  const answer = () => socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
  for (let second = 0; second < 32; second++) {
    answer()
    socket().says({ t: 'pong', id: socket().asked('ping')?.id ?? 0 })
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(states.slice(0, 4)).toEqual(['interrupted', 'broken', 'closed', 'new'])
  expect(FakePeer.all[0]!.connectionState).toBe('closed')
  expect(FakePeer.all).toHaveLength(2)
})

it('asks for what relays take now when the way broke, and does not wait for it for long', async () => {
  client.join(true)
  const relay = (credential: string) => [{ urls: 'turn:relay', username: 'u', credential }]
  joins[0]!.resolve({ token: 't', expires_at: 0, socket: '/ws', ice_servers: relay('old') })
  await settle()
  socket().opened()
  socket().says(welcome({ id: socket().asked('hello')!.id }))
  await settle()
  const breaks = async () => {
    const before = joins.length
    socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
    for (let second = 0; second < 40 && joins.length === before; second++) {
      socket().says({ t: 'pong', id: socket().asked('ping')?.id ?? 0 })
      await vi.advanceTimersByTimeAsync(1000)
    }
  }
  await breaks()
  expect(FakePeer.all).toHaveLength(1)
  expect(joins).toHaveLength(2)
  joins[1]!.resolve({ token: 't2', expires_at: 0, socket: '/ws', ice_servers: relay('new') })
  await settle()
  expect(FakePeer.all.map((peer) => peer.configuration?.iceServers?.[0]?.credential)).toEqual(['old', 'new'])
  await breaks()
  expect(joins).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(3000)
  expect(FakePeer.all).toHaveLength(3)
})

describe('coming back', () => {
  const peer = () => FakePeer.all[FakePeer.all.length - 1]!
  const answered = async () => {
    const offer = socket().asked('offer')
    if (offer) socket().says({ t: 'answer', id: offer.id, sdp: '', slots: {} })
    await settle()
  }
  const connected = async () => {
    await arrive()
    await answered()
    peer().connectionState = 'connected'
    peer().onconnectionstatechange!()
  }
  const disconnected = () => {
    peer().connectionState = 'disconnected'
    peer().onconnectionstatechange!()
  }
  const resumed = async () => {
    socket().opened()
    socket().says(welcome({ id: socket().asked('resume')!.id, resumed: true }))
    await settle()
  }

  it('from a sleep: the socket is asked, the media checked anew', async () => {
    await connected()
    vi.setSystemTime(Date.now() + 7000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(socket().sent.slice(-2).map((message) => message.t).sort()).toEqual(['offer', 'ping'])
    expect(peer().restarts).toBe(1)
    socket().says({ t: 'pong', id: socket().asked('ping')!.id })
    await answered()
    expect(client.signal?.state.kind).toBe('ready')
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('from a sleep in which the place was lost: joins anew with new media', async () => {
    await connected()
    vi.setSystemTime(Date.now() + 3_600_000)
    await vi.advanceTimersByTimeAsync(10_000)
    joins[1]!.resolve({ token: 't', expires_at: 0, socket: '/ws', ice_servers: [] })
    await settle()
    socket().opened()
    socket().says(welcome({ id: socket().asked('hello')!.id, session: 's2' }))
    await settle()
    expect(FakePeer.all.map((one) => one.connectionState)).toEqual(['closed', 'new'])
    expect(socket().asked('offer')).toBeDefined()
  })

  it('with media that look connected: they are checked anew after a resume', async () => {
    await connected()
    socket().breaks()
    await vi.advanceTimersByTimeAsync(1000)
    await resumed()
    expect(peer().restarts).toBe(1)
    expect(socket().asked('offer')).toBeDefined()
    expect(FakePeer.all).toHaveLength(1)
  })

  it('asks the socket when the media break: both go the same way', async () => {
    await connected()
    disconnected()
    expect(socket().last.t).toBe('ping')
    await vi.advanceTimersByTimeAsync(2600)
    expect(client.signal?.state.kind).not.toBe('ready')
  })

  it('with both down for long: the same media connection goes on, nothing is counted in vain', async () => {
    await connected()
    disconnected()
    await vi.advanceTimersByTimeAsync(2600) // no answer to the probe
    for (let second = 0; second < 20; second++) {
      socket().breaks()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(client.media?.state).toBe('interrupted')
    client.signal!.retryNow()
    await settle()
    await resumed()
    await answered()
    peer().connectionState = 'connected'
    peer().onconnectionstatechange!()
    expect(client.media?.state).toBe('connected')
    expect(FakePeer.all).toHaveLength(1)
  })

  it('lets the microphone be opened anew once the page is seen again', async () => {
    const recover = vi.spyOn(local, 'recover')
    await connected()
    document.dispatchEvent(new Event('visibilitychange'))
    expect(recover).not.toHaveBeenCalled() // the system may give it back by itself
    await vi.advanceTimersByTimeAsync(1100)
    expect(recover).toHaveBeenCalledTimes(1)
  })

  it('says no goodbye when the page goes: it may be loaded anew, and its place waits for it', async () => {
    await connected()
    window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
    expect(socket().asked('leave')).toBeUndefined()
  })
})

describe('what is sent', () => {
  const active = () =>
    (FakePeer.all[0]!.lines[1]!.sender as { parameters: { encodings: RTCRtpEncodingParameters[] } }).parameters.encodings
      .filter((one) => one.active)
      .map((one) => one.rid)

  it('is the smallest layer while data are saved, and what is demanded afterwards', async () => {
    await arrive()
    socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
    await settle()
    expect(active()).toEqual(['l'])
    socket().says({ t: 'demand', source: 'camera', layers: ['m'] })
    await settle()
    expect(active()).toEqual(['m'])
    client.limitCamera(true)
    await settle()
    expect(active()).toEqual(['l'])
    socket().says({ t: 'demand', source: 'camera', layers: ['m', 'h'] })
    await settle()
    expect(active()).toEqual(['l'])
    client.limitCamera(false)
    await settle()
    expect(active()).toEqual(['m', 'h'])
    socket().says({ t: 'demand', source: 'camera', layers: [] })
    client.limitCamera(true)
    await settle()
    expect(active()).toEqual([])
  })

  it('is the smallest from the first picture on when that was chosen before', async () => {
    client.limitCamera(true)
    await arrive()
    expect(active()).toEqual(['l'])
  })
})

it('makes a connection that failed anew', async () => {
  await arrive()
  socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
  await settle()
  const first = FakePeer.all[0]!
  first.connectionState = 'connected'
  first.onconnectionstatechange?.()
  first.connectionState = 'disconnected'
  first.onconnectionstatechange?.()
  await settle()
  expect(FakePeer.all).toHaveLength(1) // checked again first
  first.connectionState = 'failed'
  first.onconnectionstatechange?.()
  await settle()
  expect(FakePeer.all).toHaveLength(2)
  expect(first.connectionState).toBe('closed')
})

it('tells what the server says of the way, and forgets it with the connection', async () => {
  const heard: unknown[] = []
  client.on('downlink', (now) => heard.push(now))
  await arrive()
  socket().says({ t: 'answer', id: socket().asked('offer')!.id, sdp: '', slots: {} })
  await settle()
  socket().says({ t: 'downlink', bps: 800_000, wanted_bps: 2_000_000 })
  socket().says({ t: 'media_state', state: 'closed' })
  expect(heard).toEqual([{ bps: 800_000, wanted_bps: 2_000_000 }, null])
})
