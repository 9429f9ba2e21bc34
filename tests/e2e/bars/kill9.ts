// kill -9 of the server and of the pipeline process while a meeting of browsers is recorded: what is lost, how soon
// the server serves again, whether the browsers come back by themselves, and whether each file plays.
import { execFileSync } from 'node:child_process'
import { Api, openMeeting } from '../lib/api'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { enter, median, pause, until, watches } from '../lib/meeting'
import { finished, inspect, recordingsOf } from '../lib/recording'
import { Server } from '../lib/server'

const TIMES = Number(process.argv[2] ?? 10)
const LOST_MS = 2000
const SERVING_MS = 3000

const server = new Server(8080)
const problems: string[] = []
const serving: number[] = []
const back: number[] = []
const lost: { who: string; ms: number }[] = []
let files = 0

const pipelines = (): number[] => {
  try {
    return execFileSync('pgrep', ['-P', String(server.pid), '-f', 'yishi-pipeline'], { encoding: 'utf8' }).trim().split('\n').map(Number)
  } catch {
    return []
  }
}

try {
  await server.start()
  const demo = server.demo()
  let staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const meeting = await openMeeting(staff, 2, { auto_record: true })
  const people: Person[] = []
  for (const i of [0, 1]) {
    const person = await openPerson({ kind: 'chromium', look: LOOKS[i]! })
    people.push(person)
    await enter(person, meeting.links[i]!)
  }
  const together = async (ms: number) => {
    await watches(people[0]!, [people[1]!.look], ms)
    await watches(people[1]!, [people[0]!.look], ms)
  }
  await together(20000)
  // A segment of the past that every crash must leave alone.
  const rows = () => server.query<{ id: string; joined_at: number; left_at: number | null }>('select id, joined_at, left_at from presence_segment')
  const kills: { who: 'server' | 'pipeline'; at: number }[] = []
  for (let i = 0; i < TIMES; i++) {
    await pause(4000 + 700 * (i % 4))
    const before = rows()
    kills.push({ who: 'server', at: Date.now() })
    await server.kill9()
    const down = performance.now()
    serving.push(Math.round(await server.start()))
    await until('both pages show each other again', async () => {
      await together(1500)
      return true
    }, 40000)
    back.push(Math.round(performance.now() - down))
    const after = rows()
    for (const row of before) if (!after.some((other) => other.id === row.id && other.joined_at === row.joined_at)) problems.push(`a presence row was lost by kill ${i + 1}`)
  }
  for (let i = 0; i < TIMES; i++) {
    await until('it is recorded', async () => pipelines().length > 0)
    // A process that dies within 10 s makes the next one wait, on purpose: stay above that.
    await pause(12500 + 700 * (i % 4))
    const pid = pipelines()[0]!
    kills.push({ who: 'pipeline', at: Date.now() })
    process.kill(pid, 'SIGKILL')
    await until('another pipeline runs', async () => pipelines().some((other) => other !== pid), 10000)
    if (!(await fetch(`${server.url}/healthz`)).ok) problems.push('the server does not serve')
  }
  await pause(5000)
  staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  await staff.call('POST', `/api/v1/meetings/${meeting.id}/end`, {})
  await finished(staff, meeting.id, 90000)
  // What was on disk at each kill: the end of the part that was being written.
  const ends: number[] = []
  for (const recording of await recordingsOf(staff, meeting.id)) {
    for (const file of recording.files) {
      files++
      try {
        const info = await inspect(server, staff, file)
        if (info.tracks.length === 0 || info.tracks.every((track) => track.frames === 0)) throw new Error('nothing in it')
        if (file.kind === 'program') ends.push(recording.started_at + file.start_ms + info.duration_ms)
      } catch (error) {
        problems.push(`${file.name} of ${recording.id} does not play: ${String(error)}`)
      }
    }
  }
  for (const kill of kills) {
    const end = Math.max(...ends.filter((at) => at <= kill.at + 500))
    lost.push({ who: kill.who, ms: Math.round(kill.at - end) })
    if (!(kill.at - end <= LOST_MS)) problems.push(`kill of the ${kill.who}: ${kill.at - end} ms lost`)
  }
  const open = server.query<{ n: number }>(`select count(*) n from presence_segment where left_at is null`)[0]!.n
  if (open !== 0) problems.push(`${open} presence segments stayed open`)
  for (const ms of serving) if (ms > SERVING_MS) problems.push(`serving after ${ms} ms`)
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of problems) console.error('problem:', problem)
console.log(JSON.stringify({
  bar: 'kill9', kills: TIMES, files, serving_ms: { median: median(serving), max: Math.max(...serving) }, back_ms: { median: median(back), max: Math.max(...back) },
  lost_ms: { max: Math.max(...lost.map((l) => l.ms)), all: lost }, problems: problems.length,
}))
process.exit(problems.length === 0 ? 0 : 1)
