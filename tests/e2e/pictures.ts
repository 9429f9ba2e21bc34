// Takes the README's pictures: a meeting with people who look like people, on a desktop and on a phone, and the page
// on which attendance is certified. `lib/netns node_modules/.bin/tsx e2e/pictures.ts FOLDER` in tests/.
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { Api } from './lib/api'
import { closeAll, openPerson, type Person } from './lib/browsers'
import { type FakeDevices, LOOKS } from './lib/camera'
import { enter, pause, until } from './lib/meeting'
import { Server } from './lib/server'

const folder = process.argv[2] ?? '.'
const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true }

/** Runs in the page: a drawn person before a room, breathing. */
function installPortrait(kind: number): void {
  const tones = ['#e8b58e', '#d9a27a', '#f0c4a0', '#c98f68']
  const hair = ['#2b2523', '#6d6a68', '#1d1a1a', '#8a8583']
  const clothes = ['#27364d', '#5a2f3a', '#33483c', '#3b3a45']
  const walls = [['#dfe6ec', '#b9c6d2'], ['#efe6d8', '#d3c2a6'], ['#e3e9df', '#bccbb4'], ['#e6e2ec', '#c3bcd0']]
  const picture = (): MediaStreamTrack => {
    const canvas = document.createElement('canvas')
    canvas.width = 960
    canvas.height = 540
    const pen = canvas.getContext('2d')!
    const oval = (x: number, y: number, w: number, h: number, fill: string) => {
      pen.fillStyle = fill
      pen.beginPath()
      pen.ellipse(x, y, w, h, 0, 0, 2 * Math.PI)
      pen.fill()
    }
    const draw = () => {
      const t = performance.now() / 1000 + kind
      const sway = Math.sin(t * 0.9) * 5
      const [light, dark] = walls[kind % 4]!
      const wall = pen.createLinearGradient(0, 0, 960, 540)
      wall.addColorStop(0, light!)
      wall.addColorStop(1, dark!)
      pen.fillStyle = wall
      pen.fillRect(0, 0, 960, 540)
      pen.filter = 'blur(9px)'
      pen.fillStyle = '#ffffffb0'
      pen.fillRect(kind % 2 ? 90 : 660, 40, 210, 250)
      pen.fillStyle = '#00000018'
      for (let i = 0; i < 6; i++) pen.fillRect((kind % 2 ? 660 : 80) + i * 36, 120 + (i % 3) * 14, 26, 170)
      pen.filter = 'blur(1.5px)'
      const x = 480 + sway
      oval(x, 585, 270, 190, clothes[kind % 4]!)
      pen.fillStyle = '#f4f1ec'
      pen.beginPath()
      pen.moveTo(x - 52, 410)
      pen.lineTo(x, 520)
      pen.lineTo(x + 52, 410)
      pen.fill()
      pen.fillStyle = tones[kind % 4]!
      pen.fillRect(x - 42, 340, 84, 88)
      oval(x, 232, 128, 150, hair[kind % 4]!)
      oval(x, 258, 106, 130, tones[kind % 4]!)
      pen.filter = 'none'
      oval(x - 42, 246, 9, Math.sin(t * 1.7) > 0.985 ? 2 : 7, '#2a2320')
      oval(x + 42, 246, 9, Math.sin(t * 1.7) > 0.985 ? 2 : 7, '#2a2320')
      if (kind % 2) {
        pen.strokeStyle = '#3a3a40'
        pen.lineWidth = 4
        for (const side of [-1, 1]) pen.strokeRect(x + side * 44 - 30, 228, 60, 40)
      }
      pen.strokeStyle = '#9c5b4a'
      pen.lineWidth = 5
      pen.beginPath()
      pen.arc(x, 306, 30, 0.25 * Math.PI, 0.75 * Math.PI)
      pen.stroke()
    }
    draw()
    setInterval(draw, 1000 / 12)
    return canvas.captureStream(12).getVideoTracks()[0]!
  }
  const page = window as unknown as FakeDevices
  page.yishiGive(() => page.yishiTone(440, kind === 1 ? 0.2 : 0), picture)
}

const server = new Server(8080)
const people: Person[] = []
const shot = (page: Page, name: string) => page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png` })
try {
  await server.start()
  const demo = server.demo()
  const links = [demo.members[0]!, demo.host, demo.members[1]!, demo.members[2]!]
  for (const [i, link] of links.entries()) {
    const person = await openPerson({ kind: 'chromium', look: LOOKS[i]!, viewport: i === 0 ? DESKTOP : i === 3 ? PHONE : { width: 480, height: 320 } })
    people.push(person)
    await person.page.evaluateOnNewDocument(installPortrait, i)
    await enter(person, link, 500)
  }
  for (const { page } of [people[0]!, people[3]!]) { // the others page
    const shown = () => page.evaluate(() => document.querySelectorAll('video.shown').length)
    await until('everybody is seen', async () => (await shown()) >= people.length - 1, 60000)
  }
  await pause(3000)
  await shot(people[0]!.page, 'meeting')
  await shot(people[3]!.page, 'meeting-phone')
  const staff = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const page = people[0]!.page
  await page.goto('about:blank')
  await page.setCookie({ name: staff.cookie.split('=')[0]!, value: staff.cookie.slice(staff.cookie.indexOf('=') + 1), url: server.url })
  for (const [name, path] of [['meetings', '/'], ['manage', `/staff/meetings/${demo.meeting}`], ['attendance', `/staff/meetings/${demo.meeting}/attendance`]] as const) {
    await page.goto(`${server.url}${path}`)
    await pause(2500)
    await shot(page, name)
  }
} finally {
  await closeAll()
  await server.dispose()
}
