// The browser suite of tests/run: one meeting from the link to the recording, as people live through it. Prints
// "# ok NAME" or "# not ok NAME: why" for each step; a step that another needs stops the rest.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Api, openMeeting } from './lib/api'
import { closeAll, openPerson, type Person } from './lib/browsers'
import { LOOKS, SCREEN } from './lib/camera'
import { connectedTimes, control, cutSignalling, enter, hears, pause, says, sees, until, watches } from './lib/meeting'
import { finished, inspect } from './lib/recording'
import { Server, TOP } from './lib/server'
import { mustBeFaultless } from './everybody'
import { host } from './hosting'
import { visitMembers } from './members'
import { visitNetwork } from './network'
import { goOffline } from './offline'
import { visitPages } from './pages'
import { useSecondFactor } from './second-factor'
import { administrator, visitSystem } from './system'
import { meetOverTcp } from './tcp'

const pictures = join(TOP, 'build', 'screenshots')
mkdirSync(pictures, { recursive: true })

let broken = false
async function step(name: string, act: () => Promise<void>, needed = false): Promise<void> {
  if (broken) return console.log(`# not ok ${name}: an earlier step that it needs failed`)
  const begun = performance.now()
  try {
    await act()
    console.log(`# ok ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  } catch (error) {
    console.log(`# not ok ${name}: ${error instanceof Error ? error.message : String(error)}`)
    broken ||= needed
  }
}

/** The server's side of the ICE credentials in use. */
const iceFragment = (person: Person): Promise<string> =>
  person.page.evaluate(() => {
    const open = (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs.filter((pc) => pc.connectionState === 'connected')
    return open.map((pc) => /a=ice-ufrag:(\S+)/.exec(pc.currentRemoteDescription?.sdp ?? '')?.[1] ?? '').join()
  })

const server = new Server(8080)
const people: Person[] = []
try {
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const meeting = await openMeeting(staff, 2, { title: '浏览器测试协商会', auto_record: true })
  const chromium = await openPerson({ kind: 'chromium', look: LOOKS[0]!, camera: 'canvas' })
  const firefox = await openPerson({ kind: 'firefox', look: LOOKS[1]! })
  people.push(chromium, firefox)

  await step('a Chromium and a Firefox see each other', async () => {
    await enter(chromium, meeting.links[0]!)
    await enter(firefox, meeting.links[1]!)
    await sees(chromium, [firefox.look], 40000)
    await sees(firefox, [chromium.look], 40000)
  }, true)
  await step('they hear each other', async () => {
    for (const [person, other] of [[chromium, firefox], [firefox, chromium]] as const) {
      const heard = (await hears(person, 6000, [other.look])).map((look) => look.name)
      if (!heard.includes(other.look.name)) throw new Error(`${person.kind} hears ${heard.join() || 'nobody'}`)
    }
  })
  await step('everyone is told of the recording', async () => {
    await says(chromium, '录制')
    await says(firefox, '录制')
    await chromium.page.screenshot({ path: `${pictures}/meeting.png` })
  })
  await step('a message arrives', async () => {
    await control(chromium, 'chat')
    await until('there is a box to write in', async () => (await chromium.page.$('textarea')) !== null)
    await chromium.page.type('textarea', '各位委员好')
    await chromium.page.keyboard.press('Enter')
    await control(firefox, 'chat')
    await says(firefox, '各位委员好')
    const read = (person: Person): Promise<string[]> =>
      person.page.$$eval('[role=log] article', (all) => all.map((one) => one.textContent ?? ''))
    for (const person of people) await until(`${person.kind} has it in its list`, async () => (await read(person)).length > 0)
    await pause(1000) // the writer has it from the reply: if it were sent as well, it would be there twice
    for (const person of people) {
      const list = await read(person)
      if (list.length !== 1 || !list[0]!.includes('各位委员好')) throw new Error(`${person.kind} has ${JSON.stringify(list)}`)
    }
    await mustBeFaultless(chromium.page, 'a meeting with its chat')
    for (const person of people) await control(person, 'chat') // the stage has its room again
  })
  await step('everybody can use a meeting', async () => {
    await mustBeFaultless(chromium.page, 'a meeting')
    await control(chromium, 'people')
    await pause(500)
    await mustBeFaultless(chromium.page, 'a meeting with its people')
    await control(chromium, 'people')
  })
  await step('muting the camera takes the picture away and gives it back', async () => {
    await control(firefox, 'camera')
    await sees(chromium, [])
    await control(firefox, 'camera')
    await sees(chromium, [firefox.look])
  })
  await step('a screen is shared with its sound', async () => {
    await control(chromium, 'share')
    await sees(firefox, [chromium.look, SCREEN])
    const heard = (await hears(firefox, 6000, [chromium.look, SCREEN])).map((look) => look.name)
    for (const look of [chromium.look, SCREEN]) if (!heard.includes(look.name)) throw new Error(`hears ${heard.join() || 'nobody'}`)
    await control(chromium, 'share')
    await sees(firefox, [chromium.look])
  })
  await visitNetwork(step, chromium, firefox)
  await step('a changed network restarts ICE; nobody joins again', async () => {
    for (const person of people) {
      const other = people.find((p) => p !== person)!
      const before = { fragment: await iceFragment(person), joins: (await connectedTimes(person)).length }
      for (let i = 0; i < 5; i++) {
        await person.page.evaluate(() => window.dispatchEvent(new Event('online')))
        await pause(500)
      }
      await until(`${person.kind} has restarted ICE`, async () => (await iceFragment(person)) !== before.fragment)
      await watches(person, [other.look])
      await watches(other, [person.look])
      if ((await connectedTimes(person)).length !== before.joins) throw new Error(`${person.kind} joined again`)
    }
  })
  await step('the page comes back by itself when the signalling breaks', async () => {
    const before = (await connectedTimes(firefox)).length
    await cutSignalling(firefox)
    await until('it is back', async () => (await connectedTimes(firefox)).length > before)
    await pause(1000)
    await sees(chromium, [firefox.look])
  })
  await step('a page that is loaded anew has its place again, at once and without a new token', async () => {
    await chromium.page.reload({ waitUntil: 'domcontentloaded' })
    await until('it is back', async () => (await connectedTimes(chromium)).length > 0, 8000)
    await sees(chromium, [firefox.look], 20000)
    await sees(firefox, [chromium.look], 20000)
  })
  await step('nothing went wrong in the consoles', async () => {
    const errors = people.flatMap((person) => person.errors)
    if (errors.length > 0) throw new Error(errors.join(' | '))
  })
  await step('ending it tells everybody', async () => {
    await staff.call('POST', `/api/v1/meetings/${meeting.id}/end`, {})
    await says(chromium, '会议已结束')
    await says(firefox, '会议已结束')
  }, true)
  await step('the recording holds both people and plays', async () => {
    const [recording] = await finished(staff, meeting.id)
    if (recording?.state !== 'ready') throw new Error(`it is ${recording?.state}`)
    for (const name of ['来宾 1', '来宾 2'])
      for (const source of ['mic', 'camera'])
        if (!recording.files.some((file) => file.person?.name === name && file.source === source)) throw new Error(`no ${source} of ${name}`)
    const program = recording.files.find((file) => file.kind === 'program')
    if (!program) throw new Error('no program')
    const info = await inspect(server, staff, program)
    if (!info.tracks.some((track) => track.kind === 'video' && track.frames > 30)) throw new Error(JSON.stringify(info))
    const range = await staff.request('GET', program.url, undefined, { range: 'bytes=0-99' })
    if (range.status !== 206 || (await range.arrayBuffer()).byteLength !== 100) throw new Error(`Range: ${range.status}`)
    const stranger = await new Api(server.url).signInByLink(demo.guest)
    const denied = await stranger.request('GET', program.url)
    if (denied.status !== 404 && denied.status !== 403) throw new Error(`a stranger gets ${denied.status}`)
  })
  await step('attendance has both, with their reconnect', async () => {
    const { items } = await staff.call<{ items: { person: { name: string }; present_s: number; segments: unknown[] }[] }>('GET', `/api/v1/meetings/${meeting.id}/attendance`)
    for (const name of ['来宾 1', '来宾 2']) {
      const row = items.find((item) => item.person.name === name)
      if (!row || row.present_s < 5) throw new Error(`${name}: ${row?.present_s} s`)
    }
    if ((items.find((item) => item.person.name === '来宾 2')?.segments.length ?? 0) < 2) throw new Error('the reconnect left no segment')
  })
  await visitPages(step, { person: chromium, api: staff, url: server.url, ...demo.staff, meeting: meeting.id, pictures, auditor: await administrator(server, 'auditor', 'audit_admin') })
  await visitSystem(step, chromium, server, pictures)
  await visitMembers(step, chromium, server, staff, pictures)
  await goOffline(step, chromium)
  await host(step, { person: chromium, url: server.url, demo, pictures })
  await useSecondFactor(step, chromium, pictures)
  await step('both join over HTTPS with the generated certificate', async () => {
    const secure = new Server(8443, { YISHI_TLS: 'self-signed', YISHI_MEDIA_PORT: '7001' })
    try {
      await secure.start()
      const links = (({ host, members }) => [host, members[0]!])(secure.demo())
      for (const [i, person] of people.entries()) await enter(person, links[i]!)
      await watches(chromium, [firefox.look], 40000)
      await watches(firefox, [chromium.look], 40000)
    } finally {
      await secure.dispose()
    }
  })
  await meetOverTcp(step, [chromium, firefox])
} catch (error) {
  console.log(`# not ok setting up: ${String(error)}`)
  console.error(server.tail())
} finally {
  await closeAll()
  const code = await server.stop()
  console.log(code === 0 ? '# ok the server stops cleanly' : `# not ok the server stops cleanly: ${code}`)
  await server.dispose()
}
console.log('# done')
process.exit(0)
