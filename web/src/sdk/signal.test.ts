import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from './fake-socket'
import { SignalError, type Welcome } from './protocol'
import { SignalClient, TokenRefused, type SignalState } from './signal'

const settle = () => vi.advanceTimersByTimeAsync(0)
const latest = () => FakeSocket.all[FakeSocket.all.length - 1]!
let tokens = 0
let getToken: () => Promise<string>
let client: SignalClient
let states: SignalState[]

function welcome(more: Partial<Welcome> = {}) {
  return {
    t: 'welcome',
    version: 1,
    session: 's1',
    resumed: false,
    heartbeat_s: 5,
    resume_window_s: 30,
    ...more,
  }
}

async function join() {
  client.connect()
  await settle()
  latest().opened()
  latest().says({ ...welcome(), id: latest().last.id })
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  tokens = 0
  states = []
  getToken = async () => `token${++tokens}`
  client = new SignalClient({
    url: () => 'wss://x/ws',
    device: 'desktop',
    client: 'test',
    getToken: () => getToken(),
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 0.5,
  })
  client.on('state', (state) => states.push(state))
})
afterEach(() => vi.useRealTimers())

describe('joining', () => {
  it('says hello with a token and is ready with the welcome', async () => {
    const welcomes: Welcome[] = []
    client.on('welcome', (w) => welcomes.push(w))
    await join()
    expect(latest().sent[0]).toMatchObject({ t: 'hello', token: 'token1', device: 'desktop', client: 'test' })
    expect(client.state.kind).toBe('ready')
    expect(welcomes).toHaveLength(1)
  })

  it('takes a welcome without an id and does not fail its hello later', async () => {
    client.connect()
    await settle()
    latest().opened()
    latest().says(welcome({ heartbeat_s: 60 }))
    await settle()
    await vi.advanceTimersByTimeAsync(11_000)
    expect(client.state.kind).toBe('ready')
  })

  it('does not try again when the server gives no token', async () => {
    getToken = async () => {
      throw new TokenRefused('refused', null)
    }
    client.connect()
    await settle()
    expect(client.state).toEqual({ kind: 'closed', reason: 'refused' })
  })

  it('ends when the meeting is full', async () => {
    client.connect()
    await settle()
    latest().opened()
    latest().says({ t: 'error', id: latest().last.id, code: 'full', message: '' })
    await settle()
    expect(client.state).toEqual({ kind: 'closed', reason: 'full' })
  })

  it('tries again when the server cannot be reached', async () => {
    getToken = async () => {
      throw new Error('unreachable')
    }
    client.connect()
    await settle()
    expect(client.state).toMatchObject({ kind: 'waiting', attempt: 2 })
  })

  it('asks for a new token when the first is not good', async () => {
    client.connect()
    await settle()
    const first = latest()
    first.opened()
    first.says({ t: 'error', id: first.last.id, code: 'unauthorised', message: '' })
    await settle()
    latest().opened()
    expect(latest()).not.toBe(first)
    expect(latest().sent[0]).toMatchObject({ t: 'hello', token: 'token2' })
  })
})

describe('requests', () => {
  it('match replies by id', async () => {
    await join()
    const one = client.request('hand', { up: true })
    const two = client.request('chat', { text: 'hi' })
    const [a, b] = latest().sent.slice(-2)
    latest().says({ t: 'ok', id: b!.id, chat: { id: 7 } })
    latest().says({ t: 'ok', id: a!.id })
    await expect(two).resolves.toMatchObject({ chat: { id: 7 } })
    await expect(one).resolves.toMatchObject({ t: 'ok' })
  })

  it('fail with the code of the error', async () => {
    await join()
    const refused = client.request('end', {})
    latest().says({ t: 'error', id: latest().last.id, code: 'forbidden', message: 'no' })
    await expect(refused).rejects.toEqual(new SignalError('forbidden', 'no'))
  })

  it('fail at once when the socket goes, and when there is none', async () => {
    await join()
    const lost = client.request('hand', { up: true })
    latest().breaks()
    await expect(lost).rejects.toMatchObject({ code: 'offline' })
    await expect(client.request('hand', { up: true })).rejects.toMatchObject({ code: 'offline' })
  })
})

describe('coming back', () => {
  it('resumes with the session', async () => {
    await join()
    latest().breaks()
    expect(client.state).toMatchObject({ kind: 'waiting', attempt: 1 })
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'resume', session: 's1' })
    expect(tokens).toBe(1)
  })

  it('waits longer each time and not less than the jitter says', async () => {
    await join()
    latest().breaks()
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      const state = client.state
      if (state.kind !== 'waiting') throw new Error(state.kind)
      waits.push(state.until - Date.now())
      await vi.advanceTimersByTimeAsync(state.until - Date.now())
      latest().breaks()
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits[0]).toBeGreaterThan(0)
  })

  it('takes a fresh token when the place is gone', async () => {
    await join()
    latest().breaks()
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    latest().says({ t: 'error', id: latest().last.id, code: 'gone', message: '' })
    await settle()
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'hello', token: 'token2' })
  })

  it('does not try to resume after the window', async () => {
    await join()
    latest().breaks()
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(9000)
      latest().breaks()
    }
    await vi.advanceTimersByTimeAsync(9000)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'hello' })
  })

  it('finds out that a silent socket is dead', async () => {
    await join()
    const first = latest()
    await vi.advanceTimersByTimeAsync(5000)
    expect(first.last.t).toBe('ping')
    await vi.advanceTimersByTimeAsync(12_000)
    expect(client.state.kind).not.toBe('ready')
    expect(first.readyState).toBe(3)
  })

  it('retries at once when the network is said to be back', async () => {
    await join()
    latest().breaks()
    const before = FakeSocket.all.length
    client.retryNow()
    await settle()
    expect(FakeSocket.all.length).toBe(before + 1)
  })
})

describe('after a sleep or in another network', () => {
  const asleep = (ms: number) => vi.setSystemTime(Date.now() + ms)

  it('a probe that is answered changes nothing', async () => {
    await join()
    client.probe()
    await vi.advanceTimersByTimeAsync(100)
    latest().says({ t: 'pong', id: latest().last.id, at: 0 })
    await vi.advanceTimersByTimeAsync(4000)
    expect(client.state.kind).toBe('ready')
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('a probe that is not answered gives the socket up, within seconds', async () => {
    await join()
    const first = latest()
    client.probe()
    await vi.advanceTimersByTimeAsync(2600)
    expect(first.readyState).toBe(3)
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'resume' })
  })

  it('a probe does not judge the socket that came after', async () => {
    await join()
    client.probe()
    latest().breaks()
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    latest().says({ ...welcome({ resumed: true }), id: latest().last.id })
    await vi.advanceTimersByTimeAsync(3000)
    expect(client.state.kind).toBe('ready')
  })

  it('a socket that closed without a word is noticed at once', async () => {
    await join()
    latest().readyState = 3
    client.probe()
    expect(client.state.kind).toBe('waiting')
  })

  it('a socket that closed without a word is noticed by the heartbeat', async () => {
    await join()
    latest().readyState = 3
    await vi.advanceTimersByTimeAsync(5100)
    expect(client.state.kind).not.toBe('ready')
  })

  it('a request without a reply makes it look', async () => {
    await join()
    const lost = expect(client.request('hand', { up: true })).rejects.toMatchObject({ code: 'timeout' })
    for (let second = 0; second < 10; second++) {
      // Something else comes through, so that the heartbeat finds nothing.
      latest().says({ t: 'levels', levels: {} })
      await vi.advanceTimersByTimeAsync(1000)
    }
    await lost
    expect(latest().last.t).toBe('ping')
    await vi.advanceTimersByTimeAsync(2600)
    expect(client.state.kind).not.toBe('ready')
  })

  it('does not ask for the place of before a long sleep', async () => {
    await join()
    asleep(60_000)
    await vi.advanceTimersByTimeAsync(5000)
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'hello', token: 'token2' })
  })

  it('asks for it after a short one', async () => {
    await join()
    asleep(20_000)
    await vi.advanceTimersByTimeAsync(5000)
    await vi.advanceTimersByTimeAsync(1000)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'resume' })
  })

  it('gives up an attempt that hangs in the old network', async () => {
    await join()
    latest().breaks()
    await vi.advanceTimersByTimeAsync(300)
    const hanging = latest()
    await vi.advanceTimersByTimeAsync(1000)
    client.retryNow() // it may still come
    expect(latest()).toBe(hanging)
    await vi.advanceTimersByTimeAsync(1000)
    client.retryNow()
    await settle()
    expect(hanging.readyState).toBe(3)
    expect(latest()).not.toBe(hanging)
  })

  it('a token of an attempt that was given up opens nothing', async () => {
    const give: ((token: string) => void)[] = []
    getToken = () => new Promise((resolve) => give.push(resolve))
    client.connect()
    await vi.advanceTimersByTimeAsync(2000)
    client.retryNow()
    give[0]!('old')
    give[1]!('new')
    await settle()
    expect(FakeSocket.all).toHaveLength(1)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'hello', token: 'new' })
  })
})

describe('goodbye', () => {
  it.each(['ended', 'removed', 'replaced'] as const)('%s is final', async (reason) => {
    await join()
    latest().says({ t: 'bye', reason })
    latest().breaks(1000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(client.state).toEqual({ kind: 'closed', reason })
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('a right that ended is a refusal, and nobody is said to have removed one', async () => {
    await join()
    latest().says({ t: 'bye', reason: 'revoked' })
    latest().breaks(4001)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(client.state).toEqual({ kind: 'closed', reason: 'refused' })
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('shutdown waits for the time the server asks for, then resumes', async () => {
    await join()
    latest().says({ t: 'bye', reason: 'shutdown', again_ms: 3000 })
    latest().breaks(1001)
    expect(client.state.kind).toBe('waiting')
    await vi.advanceTimersByTimeAsync(2900)
    expect(FakeSocket.all).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1500)
    latest().opened()
    expect(latest().sent[0]).toMatchObject({ t: 'resume' })
  })

  it('knows the close codes that are final', async () => {
    await join()
    latest().breaks(4003)
    expect(client.state).toEqual({ kind: 'closed', reason: 'removed' })
  })

  it('says leave when it leaves', async () => {
    await join()
    const socket = latest()
    await client.leave()
    expect(socket.last.t).toBe('leave')
    expect(client.state).toEqual({ kind: 'closed', reason: 'left' })
  })
})
