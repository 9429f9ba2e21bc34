// Requests that are not what they seem: other origins, other hosts, an address inside another's notation.
import { connect } from 'node:net'
import { RawSocket } from '../lib/rawsocket'
import { attack, guests, type Judge, type Place } from './attack'

/** The status of the answer to these bytes; 0: closed without one. */
export async function raw(port: number, bytes: string, host = '127.0.0.1'): Promise<number> {
  return new Promise((done) => {
    const socket = connect(port, host)
    let text = ''
    const finish = (): void => {
      socket.destroy()
      done(Number(text.slice(9, 12)) || 0)
    }
    socket.setTimeout(2000, finish)
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (text.includes('\r\n')) finish()
    })
    socket.on('error', finish)
    socket.on('close', finish)
    socket.write(bytes)
  })
}

const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: yishi.v1\r\n'

async function refuses(place: Place, judge: Judge, name: string, bytes: string): Promise<void> {
  const status = await raw(place.server.port, bytes)
  judge.figures[name] = status
  judge.expect(status === 0 || (status >= 400 && status < 500), `${name}: answered ${status}`)
}

const origins = attack('origins', 'WebSockets from other origins, by other words', 10, async (place, judge) => {
  const { host } = new URL(place.server.url)
  const own = `http://${host}`
  await refuses(place, judge, 'line-end-in-path', `GET /ws%0aOrigin:%20${own}%0aX: HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\n${UPGRADE}\r\n`)
  await refuses(place, judge, 'line-end-no-origin', `GET /ws%0d%0aOrigin:%20${own} HTTP/1.1\r\nHost: ${host}\r\n${UPGRADE}\r\n`)
  await refuses(place, judge, 'host-is-origin', `GET /ws HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n${UPGRADE}\r\n`)
  await refuses(place, judge, 'two-hosts', `GET /ws HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nOrigin: ${own}\r\n${UPGRADE}\r\n`)
  await refuses(place, judge, 'no-host', `GET /ws HTTP/1.1\r\nOrigin: ${own}\r\n${UPGRADE}\r\n`)
  await refuses(place, judge, 'no-host-get', 'GET /api/v1/meetings HTTP/1.1\r\n\r\n')
  await refuses(place, judge, 'http-0.9', 'GET /\r\n\r\n')
  await refuses(place, judge, 'no-origin', `GET /ws HTTP/1.1\r\nHost: ${host}\r\n${UPGRADE}\r\n`)
  const good = await raw(place.server.port, `GET /ws HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${own}\r\n${UPGRADE}\r\n`)
  judge.expect(good === 101, `its own origin: ${good}`)
})

const unmasked = attack('unmasked', 'frames of a client that are not masked', 8, async (place, judge) => {
  const [api] = await guests(place, 1)
  const { host } = new URL(place.server.url)
  const token = await api!.joinToken(place.meeting)
  const text = Buffer.from(JSON.stringify({ t: 'hello', id: 1, token, device: 'desktop', client: 'foe' }))
  const socket = await RawSocket.open(place.server.port, { Host: host, Origin: place.server.url })
  socket.bytes(Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]), text]))
  const answer = await socket.message((m) => m.t === 'welcome' || m.t === 'error', 2000)
  judge.figures.answer = answer?.t ?? 'none'
  judge.figures.closed = socket.closed?.code
  judge.expect(answer?.t !== 'welcome', 'a hello without a mask is welcome')
  judge.expect(socket.closed !== undefined, 'the connection stays open')
  socket.end()
})

const guestLogin = attack('guest-login', 'a guest who is given a login', 6, async (place, judge) => {
  const [api] = await guests(place, 1)
  const { person } = await api!.call<{ person: { id: string } }>('GET', '/api/v1/session')
  const status = (await place.staff.request('PATCH', `/api/v1/people/${person.id}`, { login: 'foe-guest' })).status
  judge.figures.status = status
  judge.expect(status >= 400 && status < 500, `answered ${status}`)
})

export const doors = [origins, unmasked, guestLogin]
