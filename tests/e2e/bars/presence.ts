// Effective seconds in the database against the browsers' own clock: somebody who reconnects, somebody with two
// devices at once, somebody whose browser is killed.
import { Api } from '../lib/api'
import { closeAll, openPerson } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { type Connected, connectedTimes, cutSignalling, enter, pause, press, sees, unionSeconds, until } from '../lib/meeting'
import { Server } from '../lib/server'

interface Attendance {
  items: { person: { name: string; id: string }; present_s: number; segments: { in: number; out: number | null; ended_by: string | null }[] }[]
}

const server = new Server(8080)
const problems: string[] = []
const result: Record<string, { browser_s: number; server_s: number; segments: number }> = {}

try {
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const who = async (link: string) => {
    const api = await new Api(server.url).signInByLink(link)
    return (await api.call<{ person: { id: string } }>('GET', '/api/v1/session')).person.id
  }
  const ids = { reconnects: await who(demo.members[0]!), devices: await who(demo.members[1]!), killed: await who(demo.members[2]!) }

  const first = await openPerson({ kind: 'chromium', look: LOOKS[0]! })
  const second = await openPerson({ kind: 'chromium', look: LOOKS[1]! })
  const third = await openPerson({ kind: 'chromium', look: LOOKS[3]! })
  await enter(first, demo.members[0]!)
  await enter(second, demo.members[1]!)
  await enter(third, demo.members[2]!)
  await sees(first, [second.look, third.look])
  await pause(8000)

  // The network drops; the page comes back by itself.
  await cutSignalling(first)
  await until('the page is back', async () => (await connectedTimes(first)).length === 2)
  // A second device of the second person, overlapping the first one.
  const device = await openPerson({ kind: 'firefox', look: LOOKS[2]! })
  await enter(device, demo.members[1]!)
  await until('the second device is in', async () => (await connectedTimes(device)).length === 1)
  await pause(8000)
  const leave = async (person: typeof first): Promise<Connected[]> => {
    await press(person, '离开')
    await until('the page has left', async () => (await connectedTimes(person)).every((time) => time.to > 0))
    return connectedTimes(person)
  }
  const secondTimes = await leave(second)
  await pause(5000)
  const deviceTimes = await leave(device)
  const firstTimes = await leave(first)
  // The third browser dies at once, with everything in it.
  const thirdTimes = await connectedTimes(third)
  const killedAt = Date.now()
  third.browser.process()?.kill('SIGKILL')
  for (const time of thirdTimes) time.to ||= killedAt
  await until('the server has noticed', async () => {
    const attendance = await staff.call<Attendance>('GET', `/api/v1/meetings/${demo.meeting}/attendance`)
    return attendance.items.find((row) => row.person.id === ids.killed)!.segments.every((segment) => segment.out !== null)
  }, 60000)

  await staff.call('POST', `/api/v1/meetings/${demo.meeting}/end`, {})
  const attendance = await staff.call<Attendance>('GET', `/api/v1/meetings/${demo.meeting}/attendance`)
  const judge = (name: keyof typeof ids, times: Connected[], tolerance: number) => {
    const row = attendance.items.find((item) => item.person.id === ids[name])
    const browser = unionSeconds(times)
    // The evidence itself: present_s counts what lies in the effective window only.
    const kept = unionSeconds((row?.segments ?? []).map((segment) => ({ from: segment.in, to: segment.out ?? 0 })))
    result[name] = { browser_s: Math.round(browser * 10) / 10, server_s: Math.round(kept * 10) / 10, segments: row?.segments.length ?? 0 }
    if (!(Math.abs(browser - kept) <= tolerance)) problems.push(`${name}: browser ${browser} s, server ${kept} s`)
  }
  judge('reconnects', firstTimes, 1)
  judge('devices', [...secondTimes, ...deviceTimes], 1)
  judge('killed', thirdTimes, 15)
  if (result.reconnects!.segments !== 2) problems.push(`the reconnect left ${result.reconnects!.segments} segments`)
} catch (error) {
  problems.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of problems) console.error('problem:', problem)
console.log(JSON.stringify({ bar: 'presence', ...result, problems: problems.length }))
process.exit(problems.length === 0 ? 0 : 1)
