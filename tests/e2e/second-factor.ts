// Where a second factor is a must: staff set it up at the first sign-in, on a phone in the largest type, and sign in
// with it from then on, also by a code from paper.
import type { Page } from 'puppeteer-core'
import type { Person } from './lib/browsers'
import { openWindow } from './lib/browsers'
import { fits, press, says, until } from './lib/meeting'
import { Server } from './lib/server'
import { nextTotp, totp } from './lib/totp'
import { mustBeFaultless } from './everybody'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true }
const LARGEST_PX = 30

export async function useSecondFactor(step: Step, of: Person, pictures: string): Promise<void> {
  const server = new Server(8091, { YISHI_SECOND_FACTOR_MUST: 'yes', YISHI_MEDIA_PORT: '7003' })
  const person = await openWindow(of, PHONE)
  const { page } = person
  await page.evaluateOnNewDocument((px: number) => localStorage.setItem('yishi.appearance', JSON.stringify({ type: px, elder: false })), LARGEST_PX)
  const text = (selector: string): Promise<string> => page.$eval(selector, (one) => one.textContent ?? '')
  const looks = async (name: string): Promise<void> => {
    await fits(person)
    await mustBeFaultless(page, name)
    await page.screenshot({ path: `${pictures}/second-factor-${name}.png`, fullPage: true })
  }
  const signIn = async (login: string, password: string): Promise<void> => {
    await page.goto(`${server.url}/login`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('input[name=username]')
    await page.type('input[name=username]', login)
    await page.type('input[name=password]', password)
    await page.keyboard.press('Enter')
  }
  const typeCode = async (code: string): Promise<void> => {
    await page.waitForSelector('input[name=code]')
    await page.$eval('input[name=code]', (one) => ((one as HTMLInputElement).value = ''))
    await page.type('input[name=code]', code)
    await page.keyboard.press('Enter')
  }
  const isAt = (path: string): Promise<void> => until(`the page is ${path}`, async () => new URL(page.url()).pathname === path)
  const signOut = (): Promise<unknown> => page.deleteCookie(...[{ name: 'yishi_session', url: server.url }])
  try {
    await server.start()
    const { staff } = server.demo()
    let secret = ''
    let paper = ''
    await step('at the first sign-in staff set up a second factor before anything else', async () => {
      await signIn(staff.login, staff.password)
      await isAt('/second-factor')
      await page.waitForSelector('svg[role=img] path')
      await looks('set-up')
      await page.goto(`${server.url}/staff/meetings`, { waitUntil: 'domcontentloaded' })
      await isAt('/second-factor')
      await page.waitForSelector('[data-test=secret]')
      secret = await text('[data-test=secret]')
      await typeCode('000000')
      await says(person, '动态码不正确')
      await typeCode(totp(secret))
      await page.waitForSelector('[data-test=recovery] li')
      const codes = await page.$$eval('[data-test=recovery] li', (all) => all.map((one) => one.textContent ?? ''))
      if (new Set(codes).size !== 10) throw new Error(`recovery codes: ${codes.join()}`)
      paper = codes[0]!
      await looks('recovery')
      await page.click('input[type=checkbox]')
      await press(person, '完成')
      await isAt('/staff/meetings') // where he wanted to go
    }, true)
    await step('each sign-in then asks for a code of the phone, or one from paper', async () => {
      for (const code of [nextTotp(secret), paper]) {
        await signOut()
        await signIn(staff.login, staff.password)
        await page.waitForSelector('input[name=code]')
        await looks(code === paper ? 'code-again' : 'code')
        await typeCode('000000')
        await says(person, '动态码不正确')
        if (code === paper) await press(person, '手机不在身边？使用恢复码')
        await typeCode(code)
        await isAt('/')
      }
    })
    await step('yishictl takes a lost phone away, and another is set up', async () => {
      const once = /^password: *(\S+)$/m.exec(server.ctl('admin', 'reset', '--login', staff.login, '--second-factor'))![1]!
      await signOut()
      await signIn(staff.login, once)
      await isAt('/password')
    })
  } finally {
    await person.close()
    await server.dispose()
  }
}
