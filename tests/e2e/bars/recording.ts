// A meeting of real browsers and a longer one of synthetic participants, recorded: are all tracks there, nearly all
// frames, does the program play and seek at once, and is the sound with the picture.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Api, openMeeting } from '../lib/api'
import { closeAll, openPerson, type Person } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { enter, framesSent, pause, press, sees } from '../lib/meeting'
import { avSync, finished, inspect, type Recording, type Sync } from '../lib/recording'
import { BUILD, Server } from '../lib/server'

const LONG_SECONDS = Number(process.argv[2] ?? 300)
const problems: string[] = []
const server = new Server(8080)
const figures: Record<string, unknown> = {}

const program = (recording: Recording) => {
  const file = recording.files.find((f) => f.kind === 'program')
  if (!file) throw new Error('no program file')
  return file
}

const judgeSync = (name: string, sync: Sync, least: number): void => {
  figures[name] = sync
  if (sync.pairs < least) problems.push(`${name}: only ${sync.pairs} flashes with a beep`)
  if (!(Math.abs(sync.median_ms) <= 60 && sync.max_abs_ms <= 60)) problems.push(`${name}: sound against picture ${sync.median_ms} ms, at most ${sync.max_abs_ms} ms`)
}

try {
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const meeting = await openMeeting(staff, 3, { auto_record: true })
  const people: Person[] = []
  for (const [i, kind] of (['chromium', 'chromium', 'firefox'] as const).entries()) {
    // The first one speaks, flashes and beeps; the program shows it, beside it the others are heard softly.
    const person = await openPerson({ kind, look: LOOKS[i]!, camera: i > 0 ? 'soft' : 'exact' })
    people.push(person)
    await enter(person, meeting.links[i]!)
  }
  for (const person of people) await sees(person, people.filter((p) => p !== person).map((p) => p.look))
  await pause(40000)
  // Everybody mutes the camera, so that the frames sent and those recorded are the same set. The one who flashes goes on
  // alone for a while: three browsers on two processors starve each other's capture, which is not ours to mend.
  const sent: number[] = []
  const mute = async (person: Person) => {
    await press(person, '摄像头')
    await pause(2000)
    sent[people.indexOf(person)] = await framesSent(person)
  }
  for (const person of people.slice(1)) await mute(person)
  for (const person of people.slice(1)) await person.close()
  const alone = Date.now() + 6000 // a clock that was starved is followed with some seconds' delay
  await pause(26000)
  await mute(people[0]!)
  const muted = Date.now() - 3000
  const viewer = await openPerson({ kind: 'chromium', look: LOOKS[3]! })
  await viewer.page.goto(`${server.url}/login`)
  await viewer.page.setCookie({ name: staff.cookie.split('=')[0]!, value: staff.cookie.slice(staff.cookie.indexOf('=') + 1), url: server.url })
  for (const person of people) if (person.errors.length > 0) problems.push(`console: ${person.errors.join(' | ')}`)
  await staff.call('POST', `/api/v1/meetings/${meeting.id}/end`, {})
  const ended = Date.now()
  const [recording] = await finished(staff, meeting.id)
  const url = program(recording!).url
  // Plays from the start and after a jump to the middle, in a browser, through the Range responder.
  const play = await viewer.page.evaluate(async (source: string) => {
    const video = document.createElement('video')
    video.muted = true
    video.src = source
    document.body.append(video)
    const event = (name: string) => new Promise<void>((done, fail) => {
      video.addEventListener(name, () => done(), { once: true })
      video.addEventListener('error', () => fail(new Error(video.error?.message)), { once: true })
      setTimeout(() => fail(new Error(`no ${name}`)), 10000)
    })
    const playing = event('timeupdate')
    await video.play()
    await playing
    const first = Date.now()
    const seeked = event('seeked')
    video.currentTime = video.duration / 2
    await seeked
    const at = video.currentTime
    await new Promise((done) => setTimeout(done, 1000))
    return { first, duration: video.duration, at, moved: video.currentTime - at, width: video.videoWidth }
  }, url)
  figures.playable_after_ms = play.first - ended
  figures.duration_s = play.duration
  if (play.first - ended > 2000) problems.push(`plays ${play.first - ended} ms after the end`)
  if (!Number.isFinite(play.duration) || play.moved < 0.3) problems.push(`does not seek: ${JSON.stringify(play)}`)
  await viewer.close()

  const tracks = recording!.files.filter((file) => file.kind === 'track')
  const share: Record<string, number> = {}
  for (const [i, person] of people.entries()) {
    const own = tracks.filter((file) => file.person?.name === `来宾 ${i + 1}`)
    for (const source of ['mic', 'camera']) if (!own.some((file) => file.source === source)) problems.push(`${person.look.name}: no ${source} track`)
    let frames = 0
    for (const file of own.filter((f) => f.source === 'camera')) frames += (await inspect(server, staff, file)).tracks.find((t) => t.kind === 'video')?.frames ?? 0
    share[`${person.look.name}-${person.kind}`] = Math.round((frames / sent[i]!) * 10000) / 100
    if (frames < 0.98 * sent[i]!) problems.push(`${person.look.name}: ${frames} of ${sent[i]} frames`)
  }
  figures.frames_percent = share
  const { path } = await inspect(server, staff, program(recording!))
  const split = String((alone - recording!.started_at) / 1000)
  judgeSync('together_sync', avSync(path, '--clock', '--to', split), 20)
  judgeSync('alone_sync', avSync(path, '--clock', '--from', split, '--to', String((muted - recording!.started_at) / 1000)), 15)

  // The long one: prerecorded flashes and beeps whose sound and picture are exact at the sender.
  const password = join(server.data, 'password')
  writeFileSync(password, demo.staff.password, { mode: 0o600 })
  const { stdout } = await promisify(execFile)(join(BUILD, 'tests', 'bench', 'load'), ['--url', server.url, '--login', demo.staff.login,
    '--password-file', password, '--participants', '2', '--seconds', String(LONG_SECONDS), '--address', '127.0.0.1', '--record'], { maxBuffer: 1 << 24 })
  const load = JSON.parse(stdout.trim().split('\n').pop()!) as { meeting: string }
  const [long] = await finished(staff, load.meeting)
  const whole = await inspect(server, staff, program(long!))
  figures.long_duration_s = whole.duration_ms / 1000
  if (whole.duration_ms / 1000 < LONG_SECONDS - 2) problems.push(`the long program has ${whole.duration_ms} ms`)
  judgeSync('long_sync', avSync(whole.path), LONG_SECONDS * 0.8)
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
}
for (const problem of problems) console.error('problem:', problem)
console.log(JSON.stringify({ bar: 'recording', ...figures, problems: problems.length }))
process.exit(problems.length === 0 ? 0 : 1)
