// TURN with coturn as it is shipped: a Chromium behind a firewall that blocks the media port joins through the relay, by
// UDP, TCP and TLS as the firewall closes more; what the relay must refuse; and what the page says when nothing is left.
// Prints "# ok NAME" or "# not ok NAME: why" for each step.
import { join } from 'node:path'
import { Api, openMeeting } from './lib/api'
import { CHROMIUM_PROGRAM, closeAll, openPerson, type Person } from './lib/browsers'
import { LOOKS } from './lib/camera'
import { enter, until, watches } from './lib/meeting'
import { INSIDE, OUTSIDE, Outside } from './lib/outside'
import { type Credentials, Relay } from './lib/relay'
import { Server } from './lib/server'

const MEDIA_PORT = 7000

async function step(name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
    console.log(`# ok ${name}`)
  } catch (error) {
    console.log(`# not ok ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** How the connection in use reaches the server: "host udp", "relay tls", … */
const way = (person: Person): Promise<string> =>
  person.page.evaluate(async () => {
    const pc = (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs.find((one) => one.connectionState === 'connected')
    const report = await pc?.getStats()
    const all = new Map<string, Record<string, unknown>>()
    report?.forEach((entry: Record<string, unknown>) => all.set(String(entry.id), entry))
    const transport = [...all.values()].find((entry) => entry.type === 'transport')
    const local = all.get(String(all.get(String(transport?.selectedCandidatePairId))?.localCandidateId))
    return local ? `${local.candidateType} ${local.relayProtocol ?? local.protocol}` : 'none'
  })

const relay = new Relay()
const server = new Server(8443, {
  ...relay.settings,
  YISHI_TLS: 'self-signed',
  YISHI_LISTEN_ADDRESS: '0.0.0.0',
  YISHI_PUBLIC_URL: `https://${INSIDE}:8443`,
  YISHI_MEDIA_PORT: String(MEDIA_PORT),
})
// The test's own requests to the generated certificate.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
let outside: Outside | undefined
try {
  outside = await Outside.open()
  await relay.start()
  await server.start()
  const demo = server.demo()
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const meeting = await openMeeting(staff, 2)
  const near = await openPerson({ kind: 'chromium', look: LOOKS[0]! })
  const far = await openPerson({
    kind: 'chromium', look: LOOKS[1]!, home: relay.trustingHome(),
    program: outside.wrapper(join(relay.folder, 'chromium'), CHROMIUM_PROGRAM),
  })
  await enter(near, meeting.links[0]!)
  for (const protocol of ['udp', 'tcp'] as const) outside.block(protocol, MEDIA_PORT)
  for (const [name, close] of [
    ['udp', () => undefined],
    ['tcp', () => outside!.block('udp', 3478)],
    ['tls', () => outside!.block('tcp', 3478)],
  ] as const) {
    await step(`with the media port blocked, media goes both ways through TURN by ${name}`, async () => {
      close()
      await enter(far, meeting.links[1]!)
      await watches(far, [near.look], 40000)
      await watches(near, [far.look], 40000)
      const used = await way(far)
      if (used !== `relay ${name}`) throw new Error(`it goes by ${used}`)
      if (!/^(host|prflx|srflx) udp$/.test(await way(near))) throw new Error(`the other, who is not blocked, goes by ${await way(near)}`)
    })
  }
  outside.unblock()
  const guest = await new Api(server.url).signInByLink(meeting.links[1]!)
  const join_ = await guest.call<{ ice_servers: (Credentials & { urls: string[] })[] }>('POST', `/api/v1/meetings/${meeting.id}/join`, {})
  const granted = join_.ice_servers[0]!
  await step('the join reply names the relay and nobody', async () => {
    if (granted.urls.join() !== relay.uris.join()) throw new Error(granted.urls.join())
    const [expiry, id] = granted.username.split(':')
    const hours = (Number(expiry) - Date.now() / 1000) / 3600
    if (hours < 11.9 || hours > 12.1 || !/^[0-9a-z]{16}$/.test(id ?? '')) throw new Error(granted.username)
  })
  await step('the relay refuses every peer but the media server', async () => {
    for (const peer of [OUTSIDE, '127.0.0.1', '169.254.169.254', '192.168.1.1', '8.8.8.8']) {
      const said = relay.ask(outside!, granted, peer, 3480)
      if (!said.includes('403 (Forbidden IP)')) throw new Error(`to ${peer}: ${said}`)
    }
    const said = relay.ask(outside!, granted, INSIDE, MEDIA_PORT)
    if (/error \d/.test(said) || !said.includes('tot_send_msgs')) throw new Error(`to the media server: ${said}`)
  })
  await step('an expired credential is refused, and one signed with another secret', async () => {
    const now = Math.round(Date.now() / 1000)
    for (const [what, credentials] of [
      ['expired', relay.credentials(now - 60)],
      ['forged', { ...relay.credentials(now + 3600), credential: granted.credential }],
    ] as const) {
      const said = relay.ask(outside!, credentials, INSIDE, MEDIA_PORT)
      if (!said.includes('Cannot complete Allocation') || said.includes('tot_send_msgs')) throw new Error(`${what}: ${said}`)
    }
    const said = relay.ask(outside!, relay.credentials(now + 60), OUTSIDE, 3480)
    if (!said.includes('403')) throw new Error(`one that is still good: ${said}`)
  })
  await step('with every way blocked the page says what was tried and gives a note for the IT department', async () => {
    for (const protocol of ['udp', 'tcp'] as const) for (const port of [MEDIA_PORT, 3478, 5349]) outside!.block(protocol, port)
    await far.browser.defaultBrowserContext().overridePermissions(server.url, ['clipboard-read', 'clipboard-sanitized-write'])
    await enter(far, meeting.links[1]!)
    const control = '[data-control=copy-ways]'
    await until('the notice is there', async () => (await far.page.$(control)) !== null, 60000)
    const shown = await far.page.evaluate(() => document.body.innerText)
    for (const words of ['为您保留着席位', `${INSIDE}:${MEDIA_PORT}`, '已尝试，没有回应', '已尝试，连不上中继'])
      if (!shown.includes(words)) throw new Error(`no "${words}" in ${shown}`)
    await far.page.bringToFront()
    await far.page.click(control)
    await until('it says that it is copied', () => far.page.evaluate(() => document.body.innerText.includes('已复制')))
    const note = await far.page.evaluate(() => navigator.clipboard.readText())
    for (const rule of [`UDP ${INSIDE}:${MEDIA_PORT}`, `UDP ${INSIDE}:3478 (TURN)`, `TCP ${INSIDE}:5349 (TURN, TLS)`])
      if (!note.includes(rule)) throw new Error(`no "${rule}" in the note: ${note}`)
    outside!.unblock()
    await watches(far, [near.look], 40000)
    await until('the notice is gone', async () => (await far.page.$(control)) === null)
  })
  await step('neither log has the secret', async () => {
    for (const text of [relay.wrote(), server.tail(100000)]) if (relay.holdsSecret(text)) throw new Error('it does')
  })
} catch (error) {
  console.log(`# not ok setting up: ${String(error)}`)
  console.error(server.tail())
} finally {
  await closeAll()
  await server.dispose()
  relay.dispose()
  outside?.close()
}
console.log('# done')
process.exit(0)
