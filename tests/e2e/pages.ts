// The pages around a meeting, after it: staff sign in, confirm attendance and watch the recording; on a phone and in
// English too.
import type { Page } from 'puppeteer-core'
import type { Api } from './lib/api'
import { openWindow, type Person } from './lib/browsers'
import { mustBeFaultless, visitEverybody } from './everybody'
import { fits, press, says, settled, until } from './lib/meeting'
import { visitRegister } from './register'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

interface Row {
  person: { name: string }
  result: string | null
}

export interface Visit {
  /** Lends its browser: the pages are opened in a window of their own, without its session. */
  person: Person
  api: Api
  url: string
  login: string
  password: string
  meeting: string
  pictures: string
  /** Of an audit administrator. */
  auditor: { login: string; password: string }
}

const shows = (page: Page, text: string): Promise<void> => says({ page }, text)

export async function visitPages(step: Step, visit: Visit): Promise<void> {
  const { url, meeting, api } = visit
  const person = await openWindow(visit.person, { width: 1440, height: 900 })
  const { page, errors } = person
  const attendance = `${url}/staff/meetings/${meeting}/attendance`
  const decisions = async (): Promise<Record<string, string>> => {
    const { items } = await api.call<{ items: Row[] }>('GET', `/api/v1/meetings/${meeting}/attendance`)
    return Object.fromEntries(items.flatMap(({ person, result }) => (result ? [[person.name, result]] : [])))
  }
  const picture = (name: string) => page.screenshot({ path: `${visit.pictures}/${name}.png` })
  const tickAll = () => page.evaluate(() => document.querySelector<HTMLElement>('.el-table__header .el-checkbox')?.click())

  await step('staff sign in by the form and are sent where they wanted to go', async () => {
    await page.goto(attendance, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('input[name=username]')
    // Being asked who one is, is the browser's 401.
    errors.splice(0)
    await page.type('input[name=username]', visit.login)
    await page.type('input[name=password]', visit.password)
    await page.keyboard.press('Enter')
    await shows(page, '来宾 1')
    if (page.url() !== attendance) throw new Error(`they are at ${page.url()}`)
  }, true)
  await step('confirming all leaves alone what was decided by hand', async () => {
    await until('the table is there', async () => (await page.$('.el-table__header .el-checkbox')) !== null)
    await tickAll()
    await page.evaluate(() => {
      const row = [...document.querySelectorAll('.el-table__row')].find((one) => one.textContent?.includes('来宾 1'))
      row?.querySelector<HTMLElement>('.decision button')?.click()
    })
    await page.waitForSelector('input[type=radio][value=leave]')
    await page.click('input[type=radio][value=leave]')
    await page.type('dialog textarea', '事后补假')
    await page.screenshot({ path: `${visit.pictures}/decision.png` })
    await press(person, '保存')
    await until('one is decided', async () => (await decisions())['来宾 1'] === 'leave')
    await until('the table shows it', async () =>
      page.evaluate(() => [...document.querySelectorAll('.el-table__row')].some((one) => one.textContent?.includes('来宾 1') && one.querySelector('.verdict') !== null)))
    await tickAll()
    await until('the rest can be confirmed', () => page.evaluate(() => document.querySelector<HTMLButtonElement>('[data-control=confirm-all]')?.disabled === false))
    await page.click('[data-control=confirm-all]')
    await page.waitForSelector('[data-control=confirm-yes]')
    await picture('confirm')
    await mustBeFaultless(page, 'the summary before a confirmation')
    if ('来宾 2' in (await decisions())) throw new Error('decided without a question')
    await page.click('[data-control=confirm-yes]')
    await until('the other is decided', async () => '来宾 2' in (await decisions()))
    await picture('attendance')
    const now = await decisions()
    if (now['来宾 1'] !== 'leave') throw new Error(`来宾 1 is ${now['来宾 1']}`)
  })
  await step('the recording plays in its page', async () => {
    await page.goto(`${url}/recordings?meeting=${meeting}`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-row] a')
    await page.click('[data-row] a')
    await page.waitForSelector('[data-control=play]')
    await page.click('[data-control=play]')
    await until('it plays', () =>
      page.evaluate(() => {
        const video = document.querySelector('video')
        return video !== null && !video.paused && video.currentTime > 1.5 && video.videoWidth > 0
      }))
    await page.evaluate(() => {
      const line = document.querySelector<HTMLInputElement>('input[type=range]')!
      line.value = '5000'
      line.dispatchEvent(new Event('input'))
    })
    await until('it plays on from there', () => page.evaluate(() => (document.querySelector('video')?.currentTime ?? 0) > 5.5))
    await picture('player')
  })
  const player = page.url()
  await visitEverybody(step, page, url, {
    meetings: ['/meetings', '浏览器测试协商会'],
    'staff-meetings': ['/staff/meetings', '会议管理'],
    'new-meeting': ['/staff/meetings/new', '新建会议'],
    manage: [`/staff/meetings/${meeting}`, '浏览器测试协商会'],
    attendance: [`/staff/meetings/${meeting}/attendance`, '来宾 1'],
    people: ['/people', '人员管理'],
    recordings: ['/recordings', '浏览器测试协商会'],
    player: [player.slice(url.length), '浏览器测试协商会'],
    password: ['/password', '修改密码'],
    missing: ['/nowhere', '没有这个页面'],
  })
  await visitRegister(step, person, url, api, visit.pictures)
  await step('on a phone nothing is cut off', async () => {
    await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true })
    for (const [name, at] of Object.entries({ meetings: `${url}/meetings`, attendance, manage: `${url}/staff/meetings/${meeting}`, player })) {
      await page.goto(at, { waitUntil: 'domcontentloaded' })
      await shows(page, '浏览器测试协商会')
      await settled(page)
      await fits({ page })
      await picture(`${name}-phone`)
    }
  })
  await step('nor with the largest type', async () => {
    const type = (size: number) => page.evaluate((px: number) => localStorage.setItem('yishi.appearance', JSON.stringify({ type: px, elder: false })), size)
    await type(30)
    for (const [name, at] of Object.entries({ meetings: `${url}/meetings`, recordings: `${url}/recordings`, player, password: `${url}/password` })) {
      await page.goto(at, { waitUntil: 'domcontentloaded' })
      await shows(page, name === 'password' ? '修改密码' : '浏览器测试协商会')
      await settled(page)
      await fits({ page })
      await picture(`${name}-phone-largest`)
    }
    await type(16)
  })
  await step('in English no Chinese is left but names', async () => {
    await page.setViewport({ width: 1440, height: 900 })
    await page.evaluate(() => localStorage.setItem('yishi.locale', 'en'))
    for (const [at, words] of [[`${url}/meetings`, 'My meetings'], [attendance, 'Attendance'], [`${url}/staff/meetings/${meeting}`, 'Invitations'], [player, 'Single tracks']] as const) {
      await page.goto(at, { waitUntil: 'domcontentloaded' })
      await shows(page, words)
      await shows(page, '浏览器测试协商会')
      const left = await page.evaluate(() => {
        const own = [...document.querySelectorAll('button:not(.account), label, legend, h2, th, summary, nav a')]
        return own.map((one) => one.textContent ?? '').filter((text) => /\p{Script=Han}/u.test(text.replace(/浏览器测试协商会|来宾|中文|测试/g, '')))
      })
      if (left.length > 0) throw new Error(`${at}: ${left.join(' | ')}`)
      if ((await page.evaluate(() => document.documentElement.lang)) !== 'en') throw new Error(`${at} is not English`)
      await picture(`english-${words.toLowerCase().replace(/\W+/g, '-')}`)
    }
  })
  await step('an audit administrator signs in and can use the audit record', async () => {
    await page.evaluate(() => localStorage.setItem('yishi.locale', 'zh'))
    await page.deleteCookie(...(await page.cookies()))
    errors.splice(0)
    await page.goto(`${url}/login`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('input[name=username]')
    await settled(page)
    await mustBeFaultless(page, 'login')
    await page.type('input[name=username]', visit.auditor.login)
    await page.type('input[name=password]', visit.auditor.password)
    await page.keyboard.press('Enter')
    await until('he is signed in', async () => !page.url().includes('/login'))
    await page.goto(`${url}/staff/audit`, { waitUntil: 'domcontentloaded' })
    await shows(page, '用个人链接进入')
    await settled(page)
    await mustBeFaultless(page, 'audit')
    await picture('audit')
  })
  await step('nothing went wrong in the consoles of these pages', async () => {
    if (errors.length > 0) throw new Error(errors.join(' | '))
  })
  await person.close()
}
