// Who may what in a room, over WebSocket: somebody of each role stands to a meeting as anybody can (not invited, in each
// capacity, a deputy, invited no longer), before it opens and while it is live, and sends each message that there is.
// Which messages are for hosts is read of the printed protocol; who those are was written by hand, here.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Api } from '../lib/api'
import { Foe } from '../lib/foe'
import { BUILD } from '../lib/server'

const NOBODY = '0123456789abcdef'
const HOUR_MS = 3600_000

export interface Guest {
  id: string
  role: string
  api: Api
}

interface Room {
  id: string
  relation: string
  state: string
}

type Expect = (right: boolean, what: string) => void

/** Capacities of an invitation, and what else somebody may be to a meeting. */
const RELATIONS = ['stranger', 'attend', 'observe', 'invited', 'host', 'deputy', 'revoked']
/** Administrators keep the platform and sit in no meeting. */
const isInvitable = ({ role }: Guest): boolean => !role.endsWith('_admin')
const isIn = (guest: Guest, relation: string): boolean => guest.role === 'staff' || (isInvitable(guest) && !['stranger', 'revoked'].includes(relation))
const isHost = (guest: Guest, relation: string): boolean => guest.role === 'staff' || (isInvitable(guest) && ['host', 'deputy'].includes(relation))

/** Each message with something to say that changes nothing where it is allowed; but `open` and `end`. */
const SAID: Record<string, object> = {
  ping: { at: 1 }, offer: { sdp: 'v=0', sources: {} }, media: { mic: false }, view: { want: [] }, roster: {},
  chat: { text: '好' }, hand: { up: false }, stay: {}, open: {}, end: {}, record: { on: false },
  floor: { pid: NOBODY }, mute: { pid: NOBODY, source: 'mic' }, lower: { pid: NOBODY }, remove: { pid: NOBODY },
  readmit: { person: NOBODY }, deputy: { person: NOBODY, on: false },
}
/** They begin and end a place, and are judged by coming in at all. */
const OF_PLACE = ['hello', 'resume', 'leave']

function messages(): { type: string; forHosts: boolean }[] {
  const text = execFileSync(join(BUILD, 'server', 'yishid'), ['--print', 'protocol'], { encoding: 'utf8' })
  const [table] = text.split('## Server to client')
  const rows = [...table!.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)]
  return rows.map(([, type, who]) => ({ type: type!, forHosts: who!.includes('host') })).filter(({ type }) => !OF_PLACE.includes(type))
}

async function invite(staff: Api, meeting: string, guest: Guest, relation: string, expect: Expect): Promise<void> {
  const capacity = ['deputy', 'revoked'].includes(relation) ? 'attend' : relation
  const asked = await staff.request('POST', `/api/v1/meetings/${meeting}/invitations`, { person: guest.id, capacity })
  expect(asked.status === (isInvitable(guest) ? 201 : 422), `${guest.role} invited: ${asked.status}`)
  if (!asked.ok || relation !== 'revoked') return
  const { id } = (await asked.json()) as { id: string }
  await staff.call('POST', `/api/v1/meetings/${meeting}/invitations/${id}/revoke`, {})
}

async function room(staff: Api, guests: Guest[], relation: string, state: string, expect: Expect): Promise<Room> {
  const now = Date.now()
  const host = await staff.call<{ person: { id: string } }>('GET', '/api/v1/session')
  const { id } = await staff.call<{ id: string }>('POST', '/api/v1/meetings', {
    title: `${relation} ${state}`, planned_start: now, planned_end: now + HOUR_MS, host: host.person.id, auto_record: false,
  })
  for (const guest of relation === 'stranger' ? [] : guests.filter((one) => one.id !== host.person.id)) await invite(staff, id, guest, relation, expect)
  if (state === 'live') await staff.call('POST', `/api/v1/meetings/${id}/open`, {})
  return { id, relation, state }
}

/** What would open or end it for those who come after: asked where it is as it would be already, or is refused. */
const spares = (type: string, state: string, may: boolean): boolean =>
  !may || (type === 'open' ? state === 'live' : type === 'end' ? state === 'scheduled' : true)

async function judge(port: number, where: Room, guest: Guest, host: Foe, expect: Expect): Promise<void> {
  const what = `${guest.role} in a ${where.state} meeting, ${where.relation}`
  const asked = await guest.api.request('POST', `/api/v1/meetings/${where.id}/join`, {})
  expect(asked.ok === isIn(guest, where.relation), `${what}: join ${asked.status}`)
  expect(asked.ok || asked.status === 404, `${what}: join ${asked.status}, not 404`)
  if (!asked.ok) return
  const foe = await Foe.join(guest.api, port, where.id)
  if (where.relation === 'deputy') {
    const made = await host.ask({ t: 'deputy', person: guest.id, on: true })
    expect(made.t === 'ok', `${what}: no deputy: ${JSON.stringify(made)}`)
  }
  for (const { type, forHosts } of messages()) {
    const may = !forHosts || isHost(guest, where.relation)
    if (!(type in SAID)) throw new Error(`nothing to say with ${type}`)
    if (!spares(type, where.state, may)) continue
    const reply = await foe.ask({ t: type, ...SAID[type] })
    expect((reply.code === 'forbidden') === !may, `${what}: ${type} ${JSON.stringify(reply).slice(0, 120)}`)
  }
  await foe.close()
}

/** Asks all; returns how many rooms there were. */
export async function judgeRooms(port: number, guests: Guest[], expect: Expect): Promise<number> {
  const staff = guests.find(({ role }) => role === 'staff')!
  let rooms = 0
  for (const relation of RELATIONS)
    for (const state of ['scheduled', 'live']) {
      const where = await room(staff.api, guests, relation, state, expect)
      const host = await Foe.join(staff.api, port, where.id)
      for (const guest of guests) await judge(port, where, guest, host, expect)
      await host.close()
      rooms++
    }
  return rooms
}
