// The installed application where the server cannot be reached: it says so, shows nothing old, and is itself again when
// the server is. What it keeps are the assets of the build alone. And where the server has another build by now.
import { openWindow, type Person } from './lib/browsers'
import { says, until } from './lib/meeting'
import { mustBeFaultless } from './everybody'
import { Server } from './lib/server'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

const DESKTOP = { width: 1440, height: 900 }

export async function goOffline(step: Step, person: Person): Promise<void> {
  const server = new Server(8091, { YISHI_MEDIA_PORT: '7003' })
  const visitor = await openWindow(person, DESKTOP)
  const { page } = visitor
  try {
    await server.start()
    const { staff } = server.demo()
    await step('the application can be installed, and keeps assets and nothing else', async () => {
      await page.goto(`${server.url}/login`, { waitUntil: 'domcontentloaded' })
      await page.waitForSelector('input[name=username]')
      await page.type('input[name=username]', staff.login)
      await page.type('input[name=password]', staff.password)
      await page.keyboard.press('Enter')
      await says(visitor, '接下来')
      const manifest = await page.evaluate(async () => {
        const at = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!.href
        const { icons } = (await (await fetch(at)).json()) as { icons: { src: string }[] }
        return Promise.all(icons.map(async ({ src }) => (await fetch(src)).headers.get('content-type')))
      })
      if (manifest.some((type) => !type?.startsWith('image/'))) throw new Error(`icons: ${manifest.join()}`)
      await until('the worker is there', () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'))
      await page.goto(`${server.url}/recordings`, { waitUntil: 'domcontentloaded' })
      await says(visitor, '会议录制')
      await until('it has this page', () => page.evaluate(() => navigator.serviceWorker.controller !== null))
      const kept = await page.evaluate(async () => {
        const names = await caches.keys()
        const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))
        return all.flat()
      })
      const other = kept.filter((path) => !/^\/(assets\/|offline\.|icon\.svg)/.test(path))
      if (other.length > 0 || !kept.some((path) => path.endsWith('.js'))) throw new Error(kept.join())
    })
    await step('a page of another build than the server’s says so, and is loaded anew with what was typed', async () => {
      await page.goto(`${server.url}/staff/meetings/new`, { waitUntil: 'domcontentloaded' })
      await page.waitForSelector('[data-field=title]')
      await page.type('[data-field=title]', '还没有写完')
      let asked = 0
      page.once('dialog', () => asked++)
      // As if the server had been given another one: its first page names other assets.
      await page.evaluate(() => {
        const real = window.fetch
        window.fetch = (what, how) => (what === '/index.html' ? Promise.resolve(new Response('<script src="/assets/index-other.js">')) : real(what, how))
        document.dispatchEvent(new Event('visibilitychange'))
      })
      await page.waitForSelector('[data-part=new-build]')
      await mustBeFaultless(page, 'a new build')
      await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.click('[data-control=reload]')])
      await page.waitForSelector('[data-part=restored]')
      const title = await page.$eval('[data-field=title]', (field) => (field as HTMLInputElement).value)
      const old = await page.$('[data-part=new-build]')
      if (asked > 0 || old || title !== '还没有写完') throw new Error(`asked ${asked} times, ${title}, ${old ? 'old' : 'new'}`)
      await page.click('[data-part=restored] button')
      await until('it is begun anew', () => page.evaluate(() => document.querySelector<HTMLInputElement>('[data-field=title]')?.value === ''))
    })
    await step('without the server it says so and shows nothing old', async () => {
      await server.stop()
      await page.goto(`${server.url}/recordings`, { waitUntil: 'domcontentloaded' })
      await says(visitor, '无法连接服务器')
      const ground = await page.evaluate(() => getComputedStyle(document.querySelector('a')!).backgroundColor)
      if (ground === 'rgba(0, 0, 0, 0)') throw new Error('its style is not there')
      await server.start()
      await page.reload({ waitUntil: 'domcontentloaded' })
      await says(visitor, '会议录制')
    })
  } finally {
    await visitor.close()
    await server.dispose()
  }
}
