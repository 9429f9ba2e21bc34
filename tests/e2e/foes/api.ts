// What one caller of the API does to the others: passwords by the dozen, writes that wait, tokens and sockets without end.
import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { Api } from '../lib/api'
import { Foe, pause, within } from '../lib/foe'
import { RawSocket } from '../lib/rawsocket'
import { attack, guests, type Judge, type Place } from './attack'

const JOIN_MS = 2000

/** How long somebody else takes to come in, ms; Infinity when he cannot. */
async function joins(place: Place, api: Api): Promise<number> {
  const started = performance.now()
  try {
    const foe = await Foe.join(api, place.server.port, place.meeting)
    foe.socket.json({ t: 'leave', id: 99 })
    await foe.socket.closing()
    return Math.round(performance.now() - started)
  } catch {
    return Infinity
  }
}

const worst = (times: number[]): number => Math.max(...times)

/** Somebody with a password, which must be changed at first. */
async function account(place: Place, login: string): Promise<{ api: Api; password: string }> {
  const password = /password[^:\n]*:\s*(\S+)/i.exec(place.server.ctl('admin', 'create', '--login', login, '--role', 'system_admin'))?.[1] ?? ''
  return { api: await new Api(place.server.url).signIn(login, password), password }
}

const passwords = attack('passwords', 'forty changes of a password at once while others join', 16, async (place, judge) => {
  const { api, password } = await account(place, 'foe-passwords')
  const joiners = await guests(place, 3)
  const moment = performance.now()
  const changes = Array.from({ length: 40 }, (_, i) => api.request('PUT', '/api/v1/session/password', { old: i % 2 ? 'Wrong-password-1' : password, new: `Another-secret-${i}` }).then((r) => r.status, () => 0))
  const healthy: number[] = []
  const looking = (async () => {
    while (performance.now() - moment < 4000) {
      healthy.push(await fetch(`${place.server.url}/healthz`).then((r) => r.status, () => 0))
      await pause(100)
    }
  })()
  const times: number[] = []
  for (const joiner of joiners) times.push(await joins(place, joiner))
  await looking
  judge.figures.join_ms = times
  judge.figures.unhealthy = healthy.filter((status) => status !== 200).length
  const answers = await Promise.race([Promise.all(changes), pause(8000).then(() => null)])
  judge.figures.answers = answers ? Object.fromEntries([...new Set(answers)].map((status) => [status, answers.filter((s) => s === status).length])) : 'some came never'
  judge.expect(worst(times) <= JOIN_MS, `others join in ${times.join(', ')} ms`)
  judge.expect(judge.figures.unhealthy === 0, `/healthz failed ${String(judge.figures.unhealthy)} times`)
  judge.expect(answers !== null, 'not every request was answered')
})

const lockedDatabase = attack('locked', 'two writes that wait for a locked database', 12, async (place, judge) => {
  const locker = spawn('sqlite3', [place.server.database], { stdio: ['pipe', 'ignore', 'ignore'] })
  locker.stdin.write('pragma busy_timeout = 2000; begin immediate;\n')
  await pause(300)
  const writes = [1, 2, 3, 4].map((i) => place.staff.request('POST', `/api/v1/meetings/${place.meeting}/invitations`, { guest_name: `等待 ${i}`, capacity: 'invited' }).then((r) => r.status, () => 0))
  await pause(200)
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    const started = performance.now()
    const answered = await place.staff.request('GET', '/api/v1/meetings').then((r) => r.text().then(() => r.ok), () => false)
    times.push(answered ? Math.round(performance.now() - started) : Infinity)
    await pause(100)
  }
  const health = await fetch(`${place.server.url}/healthz`).then((r) => r.status, () => 0)
  locker.stdin.end('rollback;\n')
  const statuses = await Promise.all(writes)
  judge.figures.get_worst_ms = worst(times)
  judge.figures.healthz = health
  judge.figures.writes = statuses
  judge.expect(worst(times) <= 200, `a read took ${worst(times)} ms`)
  judge.expect(statuses.every((status) => status === 201 || status === 200), `the writes were answered ${statuses.join(', ')}`)
})

const tokens = attack('tokens', 'join tokens without end, by one guest', 10, async (place, judge) => {
  const [api] = await guests(place, 1)
  const given: string[] = []
  const started = performance.now()
  while (performance.now() - started < 4000) {
    const batch = await Promise.all(Array.from({ length: 10 }, () => api!.joinToken(place.meeting).catch(() => '')))
    given.push(...batch.filter((token) => token !== ''))
  }
  const unused = place.server.query<{ n: number }>('select count(*) n from join_token where used_at is null')[0]!.n
  judge.figures.given = given.length
  judge.figures.unused = unused
  judge.expect(given.length > 0, 'none was given')
  judge.expect(unused <= 8, `${unused} tokens wait to be used`)
})

const sockets = attack('sockets', 'connections without end, by one person', 12, async (place, judge) => {
  const [api] = await guests(place, 1)
  const open: RawSocket[] = []
  for (let i = 0; i < 40; i++) {
    const token = await api!.joinToken(place.meeting)
    const socket = await RawSocket.open(place.server.port, { Host: new URL(api!.url).host, Origin: api!.url })
    socket.json({ t: 'hello', id: 1, token, device: 'desktop', client: 'foe' })
    await socket.message((m) => m.t === 'welcome' || m.t === 'error', 2000)
    open.push(socket)
  }
  await pause(300)
  const alive = open.filter((socket) => socket.closed === undefined).length
  judge.figures.alive_of_40 = alive
  judge.expect(alive <= 8, `${alive} connections of one person stay`)
  judge.expect(alive >= 1 && open.at(-1)!.closed === undefined, 'the newest one did not stay')
  for (const socket of open) socket.end()
})

const halfOpen = attack('half-open', 'twelve addresses with a hundred connections each that say nothing', 16, async (place, judge) => {
  const all: Socket[] = []
  for (let a = 1; a <= 12; a++) {
    for (let i = 0; i < 100; i++) {
      const socket = connect({ port: place.server.port, host: '127.0.0.1', localAddress: `127.0.1.${a}` })
      socket.on('error', () => undefined)
      if (i % 2) socket.write('GET /ws HTTP/1.1\r\nHost: ')
      all.push(socket)
    }
  }
  await pause(500)
  const times: number[] = []
  for (const api of await guests(place, 3)) times.push(await joins(place, api))
  judge.figures.join_ms = times
  judge.expect(worst(times) <= JOIN_MS, `others join in ${times.join(', ')} ms`)
  for (const socket of all) socket.destroy()
})

const EVENTS = 40_000

/** A meeting that went on for weeks: as many rows more in its log. */
function lengthen(place: Place): void {
  place.server.query(`insert into meeting_event (meeting, seq, at, mono_us, kind)
    with recursive row (i) as (select 1 union all select i + 1 from row where i < ${EVENTS})
    select '${place.meeting}', i + (select max(seq) from meeting_event where meeting = '${place.meeting}'),
      (select max(at) from meeting_event), (select max(mono_us) from meeting_event), 'hand' from row`)
}

const reconnects = attack('reconnects', `eight who come back at once, four times each, to a log of ${EVENTS} events`, 20, async (place, judge) => {
  lengthen(place)
  judge.figures.events = place.server.query<{ n: number }>(`select count(*) n from meeting_event where meeting = '${place.meeting}'`)[0]!.n
  const apis = await guests(place, 8)
  const people = await Promise.all(apis.map((api) => Foe.join(api, place.server.port, place.meeting)))
  for (const foe of people) foe.socket.end()
  const times: number[] = []
  await Promise.all(people.flatMap((foe) => [0, 1, 2, 3].map(async (k) => {
    await pause(400 * k)
    const started = performance.now()
    await foe.enter({ t: 'resume', session: foe.session })
    times.push(Math.round(performance.now() - started))
    foe.socket.end()
  })))
  judge.figures.worst_ms = worst(times)
  judge.expect(worst(times) <= 1000, `coming back took up to ${worst(times)} ms`)
})

const ends = async (judge: Judge, name: string, socket: RawSocket): Promise<void> => {
  judge.expect(await within(2000, () => socket.closed !== undefined), `${name}: the connection outlives it`)
}

const outlive = attack('outlive', 'connections and tokens after sign-out and a changed password', 16, async (place, judge) => {
  const [leaver] = await guests(place, 1)
  const gone = await Foe.join(leaver!, place.server.port, place.meeting)
  const late = await leaver!.joinToken(place.meeting)
  await leaver!.request('DELETE', '/api/v1/session')
  await ends(judge, 'sign-out', gone.socket)
  const socket = await RawSocket.open(place.server.port, { Host: new URL(leaver!.url).host, Origin: leaver!.url })
  socket.json({ t: 'hello', id: 1, token: late, device: 'desktop', client: 'foe' })
  const answer = await socket.message((m) => m.t === 'welcome' || m.t === 'error')
  judge.figures.late_token = answer?.code ?? answer?.t
  judge.expect(answer?.t === 'error', 'a token from before the sign-out still opens the door')
  socket.end()
  const { api, password } = await account(place, 'foe-outlive')
  const other = await new Api(place.server.url).signIn('foe-outlive', password)
  const changed = await api.request('PUT', '/api/v1/session/password', { old: password, new: 'Quite-another-1' })
  judge.figures.changed = changed.status
  const status = (await other.request('GET', '/api/v1/session')).status
  judge.expect(status === 401, `another session answers ${status} after the password changed`)
})

export const api = [passwords, lockedDatabase, tokens, sockets, halfOpen, reconnects, outlive]
