// What administrators do: a role that one of them asks for is confirmed by another, who hears of it by the bell; dictionaries
// and the calendar are kept, somebody is signed out, and the audit record is found whole.
import { Api } from './lib/api'
import { openWindow, type Person } from './lib/browsers'
import { mustBeFaultless } from './everybody'
import { fits, pause, says, settled, until } from './lib/meeting'
import type { Server } from './lib/server'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

interface Account {
  login: string
  password: string
}

interface Held {
  id: string
  state: string
  granted_by: { name: string } | null
}

/** An administrator with a password of his own. */
export async function administrator(of: Server, login: string, role: string): Promise<Account & { api: Api }> {
  const once = /^password: *(\S+)$/m.exec(of.ctl('admin', 'create', '--login', login, '--role', role))![1]!
  const password = 'Nothing-is-lost-1'
  const api = await new Api(of.url).signIn(login, once)
  await api.call('PUT', '/api/v1/session/password', { old: once, new: password })
  return { login, password, api: await new Api(of.url).signIn(login, password) }
}

export async function visitSystem(step: Step, of: Person, server: Server, pictures: string): Promise<void> {
  const { url } = server
  const person = await openWindow(of, { width: 1440, height: 900 })
  const { page, errors } = person
  const picture = (name: string) => page.screenshot({ path: `${pictures}/${name}.png` })
  const first = await administrator(server, 'guard', 'security_admin')
  const second = await administrator(server, 'guard2', 'security_admin')

  async function signIn({ login, password }: Account): Promise<void> {
    await page.deleteCookie(...(await page.cookies(url)))
    await page.goto(`${url}/login`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('input[name=username]')
    errors.splice(0)
    await page.type('input[name=username]', login)
    await page.type('input[name=password]', password)
    await page.keyboard.press('Enter')
    await until('he is signed in', async () => !page.url().includes('/login'))
  }

  await step('a role that is asked for waits for a second person, who hears of it and confirms it', async () => {
    const { items } = await first.api.call<{ items: { id: string; name: string }[] }>('GET', '/api/v1/people?role=staff')
    const whom = items[0]!
    const { id } = await first.api.call<Held>('POST', '/api/v1/role_holders/asked', { person: whom.id, role: 'liaison', reason: '负责委员联络' })
    const now = () => first.api.call<Held>('GET', `/api/v1/role_holders/${id}`)
    await signIn(second)
    await until('the bell has a number', () => page.evaluate(() => document.querySelector('.bell .count') !== null))
    await says(person, `确认角色：${whom.name}`)
    await picture('home-asked-role')
    await page.click('[data-control=notices]')
    await page.waitForSelector('[data-notice="role_holder.asked"]')
    await mustBeFaultless(page, 'the bell')
    await page.click('[data-notice="role_holder.asked"]')
    await page.waitForSelector('[data-act=confirm]')
    await mustBeFaultless(page, 'a role that was asked for')
    await picture('asked-role')
    await page.click('[data-act=confirm]')
    await pause(300)
    if ((await now()).state !== 'asked') throw new Error('confirmed without a question')
    await page.click('dialog.confirm .btn.primary')
    await until('it is held', async () => (await now()).state === 'held')
    if ((await now()).granted_by?.name !== 'guard2') throw new Error('it does not say who confirmed it')
    await until('it is read', async () => {
      const { items } = await second.api.call<{ items: { code: string }[] }>('GET', '/api/v1/notices?unread=true')
      return !items.some(({ code }) => code === 'role_holder.asked')
    })
  })
  await step('messages can be read, and how one is told can be chosen', async () => {
    await page.goto(`${url}/messages?part=all`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-notice="role_holder.asked"]')
    await picture('messages')
    await mustBeFaultless(page, 'messages')
    await page.goto(`${url}/messages?part=settings`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-field=language] select')
    await mustBeFaultless(page, 'how one is told')
    await page.select('[data-field=language] select', 'en')
    await page.click('[data-control=save]')
    await says(person, '接收方式已保存')
    await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true })
    for (const part of ['all', 'settings']) {
      await page.goto(`${url}/messages?part=${part}`, { waitUntil: 'domcontentloaded' })
      await settled(page)
      await fits({ page })
    }
    await page.setViewport({ width: 1440, height: 900 })
  })
  const keeper = await administrator(server, 'keeper', 'system_admin')
  await step('a dictionary has a new item that is offered from a day on', async () => {
    await signIn(keeper)
    await page.goto(`${url}/system/dicts?of=unit_kind&list=all`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-control=make]')
    await mustBeFaultless(page, 'dictionaries')
    await page.click('[data-control=make]')
    for (const [field, text] of [['code', 'other_e2e'], ['label_zh', '其他单位'], ['label_en', 'Other']] as const) {
      await page.type(`dialog [data-field=${field}] input`, text)
    }
    await page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>('dialog [data-field=valid_from] input')!
      input.value = `${new Date().getFullYear() + 1}-07-01`
      input.dispatchEvent(new Event('input'))
    })
    await page.click('dialog [data-control=save]')
    await says(person, '其他单位')
    await says(person, '待启用')
    const { items } = await keeper.api.call<{ items: { code: string }[] }>('GET', '/api/v1/dict_items?dict=unit_kind')
    if (items.some(({ code }) => code === 'other_e2e')) throw new Error('it is offered already')
    await picture('dictionary')
  })
  await step('a year of the calendar is loaded by one and checked by another', async () => {
    await page.goto(`${url}/system/calendar`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-control=load-year]')
    await page.click('[data-control=load-year]')
    await page.waitForSelector('dialog [data-field=days]')
    await page.type('dialog [data-field=source]', '国办发明电〔2026〕7 号')
    await page.type('dialog [data-field=days]', '2027-01-01,off,元旦\n2027-01-03,work,元旦调休')
    await says(person, '1 天放假，1 天调休上班')
    await mustBeFaultless(page, 'a year before it is loaded')
    await picture('calendar-load')
    await page.click('dialog [data-control=save]')
    await until('it is loaded', async () => (await keeper.api.call<{ items: unknown[] }>('GET', '/api/v1/calendar_years?year=2027&state=loaded')).items.length === 1)
    const other = await administrator(server, 'keeper2', 'system_admin')
    await signIn(other)
    const [year] = (await other.api.call<{ items: { id: string }[] }>('GET', '/api/v1/calendar_years?year=2027')).items
    await page.goto(`${url}/system/calendar/${year!.id}`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-act=check]')
    await mustBeFaultless(page, 'a year of the calendar')
    await page.click('[data-act=check]')
    await page.waitForSelector('[data-act=activate]')
    await page.click('[data-act=activate]')
    await page.waitForSelector('dialog.confirm .btn.primary')
    await page.click('dialog.confirm .btn.primary')
    await until('it is active', async () => (await other.api.call<{ items: unknown[] }>('GET', '/api/v1/calendar_years?year=2027&state=active')).items.length === 1)
  })
  await step('the pages of the system are there, and fit a phone', async () => {
    const pages = ['health', 'lines', 'settings', 'settings/all', 'jobs', 'deliveries', 'integrations', 'login-failures', 'rights', 'deadlines', 'deadlines/all']
    for (const name of pages) {
      await page.setViewport({ width: 1440, height: 900 })
      await page.goto(`${url}/system/${name}`, { waitUntil: 'domcontentloaded' })
      await page.waitForSelector('h1')
      await settled(page)
      await mustBeFaultless(page, name)
      await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true })
      await settled(page)
      await fits({ page })
      await picture(`system-${name.replace('/', '-')}-phone`)
    }
    await page.setViewport({ width: 1440, height: 900 })
  })
  await step('a limit is changed from a day on', async () => {
    await page.goto(`${url}/system/deadlines`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('tr[data-row] .acts button')
    await page.click('tr[data-row] .acts button')
    await page.waitForSelector('[data-act=make]')
    await page.click('[data-act=make]')
    await page.waitForSelector('dialog [data-part=means]')
    await mustBeFaultless(page, 'a new limit')
    await page.type('dialog [data-field=source] input', '工作规则')
    await page.click('dialog [data-control=save]')
    await page.waitForFunction(() => !document.querySelector('dialog [data-field=source]'))
    await says(person, '工作规则')
  })
  await step('who keeps the rights asks why somebody may see a record, and looks through the delegations', async () => {
    await signIn(second)
    const { items } = await first.api.call<{ items: { id: string; name: string }[] }>('GET', '/api/v1/people?role=staff')
    await page.goto(`${url}/system/rights?person=${items[0]!.id}`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('[data-control=why-address]')
    await page.type('[data-control=why-address]', `${url}/people/${items[0]!.id}`)
    await page.waitForSelector('[data-part=why] li')
    await mustBeFaultless(page, 'why somebody may')
    await picture('why-somebody')
    await page.goto(`${url}/system/delegations`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('h1')
    await pause(500)
    await mustBeFaultless(page, 'delegations')
  })
  await step('somebody is signed out by a security administrator', async () => {
    await signIn(second)
    await page.goto(`${url}/system/sessions`, { waitUntil: 'domcontentloaded' })
    await page.waitForSelector('tr[data-row]')
    await mustBeFaultless(page, 'sessions')
    await page.evaluate(() => {
      const row = [...document.querySelectorAll('tr[data-row]')].find((one) => one.textContent?.includes('keeper'))
      row?.querySelector<HTMLElement>('.acts button')?.click()
    })
    await page.waitForSelector('[data-act=sign_out]')
    const before = (await page.$$('tr[data-row]')).length
    await page.click('[data-act=sign_out]')
    await page.waitForSelector('dialog.confirm .btn.danger')
    await page.click('dialog.confirm .btn.danger')
    await until('fewer are signed in', async () => (await page.$$('tr[data-row]')).length < before)
  })
  await step('nothing went wrong in the consoles of the administrators', async () => {
    if (errors.length > 0) throw new Error(errors.join(' | '))
  })
  await person.close()
}
