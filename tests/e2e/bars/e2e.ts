// Two Chromium and one Firefox in one consultation: who sees and hears whom, at what rate, how fast one joins.
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { type Floor, joinFloor } from '../lib/floor'
import { enter, frameRates, hears, marks, median, pause, sees } from '../lib/meeting'
import { Server } from '../lib/server'

const JOINS = 10
const server = new Server(8080)
const problems: string[] = []
const people: Person[] = []
const rates: Record<string, number[]> = {}
const heard: Record<string, string[]> = {}
const joins: number[] = []
const transports: number[] = []
const connects: number[] = []
const floors: Floor[] = []

try {
  await server.start()
  const demo = server.demo()
  const kinds = ['chromium', 'chromium', 'firefox'] as const
  const links = [demo.host, demo.members[0]!, demo.members[1]!]
  for (const [i, kind] of kinds.entries()) {
    const person = await openPerson({ kind, look: LOOKS[i]! })
    people.push(person)
    await enter(person, links[i]!)
  }
  for (const person of people) await sees(person, people.filter((p) => p !== person).map((p) => p.look))
  await pause(3000)
  for (const person of people) {
    const name = `${person.look.name}-${person.kind}`
    await sees(person, people.filter((p) => p !== person).map((p) => p.look), 2000)
    rates[name] = await frameRates(person)
    if (rates[name].length !== 2 || rates[name].some((rate) => rate < 15)) problems.push(`${name} decodes ${rates[name].join(', ')} frames/s`)
    const tones = (await hears(person)).map((look) => look.name)
    heard[name] = tones
    for (const other of people) if (other !== person && !tones.includes(other.look.name)) problems.push(`${name} does not hear ${other.look.name}`)
  }
  // The second one leaves and joins again, ten times: from the click to the first frame of somebody else. A person
  // looks at the device check for a moment first.
  const joiner = people[1]!
  const others = people.filter((person) => person !== joiner)
  for (let i = 0; i < JOINS; i++) {
    // In the same seconds: what it would be without a server.
    floors.push(await joinFloor(joiner))
    await joiner.page.goto('about:blank')
    await pause(1000)
    await enter(joiner, links[1]!, 3000)
    await sees(joiner, others.map((person) => person.look))
    const m = await marks(joiner)
    joins.push(m['first-remote-frame'] ?? NaN)
    transports.push((m['ice-dtls-connected'] ?? NaN) - (m.answer ?? NaN))
    connects.push(m['ice-dtls-connected'] ?? NaN)
    await pause(1000)
  }
  if (!(median(joins) <= 700)) problems.push(`join to first frame: median ${median(joins)} ms`)
  if (!(median(transports) <= 100)) problems.push(`ICE + DTLS: median ${median(transports)} ms`)
  for (const person of people) if (person.errors.length > 0) problems.push(`console of ${person.look.name}: ${person.errors.join(' | ')}`)
} catch (error) {
  problems.push(String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of problems) console.error('problem:', problem)
console.log(JSON.stringify({
  bar: 'e2e', frames_per_second: rates, heard, join_to_first_frame_ms: { median: median(joins), all: joins },
  ice_dtls_ms: { median: median(transports), all: transports },
  floor: {
    first_frame_ms: { median: median(floors.map((floor) => floor.first_frame_ms)), all: floors.map((floor) => floor.first_frame_ms) },
    ice_dtls_ms: { median: median(floors.map((floor) => floor.ice_dtls_ms)), all: floors.map((floor) => floor.ice_dtls_ms) },
  },
  click_to_connected_ms: median(connects), problems: problems.length,
}))
process.exit(problems.length === 0 ? 0 : 1)
