// The register of members, as people live it: a member asks on the phone that something of him be put right, the office decides; a
// candidate is entered and taken into office. What the pages show is compared with what the server has.
import type { Page } from 'puppeteer-core'
import { Api } from './lib/api'
import { openWindow, type Person } from './lib/browsers'
import { fits, says, until } from './lib/meeting'
import { mustBeFaultless } from './everybody'
import type { Server } from './lib/server'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true }
const DESKTOP = { width: 1440, height: 900 }

const click = (page: Page, selector: string): Promise<void> =>
  until(`there is ${selector}`, () =>
    page.evaluate((wanted: string) => {
      const found = document.querySelector<HTMLButtonElement>(wanted)
      if (!found || found.disabled) return false
      found.click()
      return true
    }, selector))

async function type(page: Page, field: string, text: string): Promise<void> {
  const input = `[data-field="${field}"] :is(input, textarea)`
  await page.waitForSelector(input)
  await page.click(input, { count: 3 })
  await page.type(input, text)
}

/** Chooses what is found by its name. */
async function pick(page: Page, field: string, name: string): Promise<void> {
  const box = `[data-field="${field}"] [role=combobox]`
  await page.waitForSelector(box)
  await page.type(box, name)
  await until(`${name} is found`, async () => (await page.$$(`[data-field="${field}"] [role=option]`)).length === 1)
  await page.click(`[data-field="${field}"] [role=option]`)
}

/** Days are typed as the browser's language has them: set as its calendar does. */
const setDay = (page: Page, field: string, day: string): Promise<void> =>
  page.evaluate((name: string, value: string) => {
    const input = document.querySelector<HTMLInputElement>(`[data-field="${name}"] input`)!
    input.value = value
    input.dispatchEvent(new Event('input'))
  }, field, day)

export async function visitMembers(step: Step, of: Person, server: Server, staff: Api, pictures: string): Promise<void> {
  const { url } = server
  const person = await openWindow(of, { width: 1440, height: 900 })
  const { page } = person
  const picture = (name: string) => page.screenshot({ path: `${pictures}/${name}.png` })

  /** An account of the demonstration with a password of its own. */
  async function account(login: string): Promise<Api> {
    const once = /^password: *(\S+)$/m.exec(server.ctl('admin', 'reset', '--login', login))![1]!
    const password = `Nothing-is-lost-${login}`
    await (await new Api(url).signIn(login, once)).call('PUT', '/api/v1/session/password', { old: once, new: password })
    return new Api(url).signIn(login, password)
  }
  async function become(api: Api): Promise<void> {
    const [name, value] = api.cookie.split(/=(.*)/s)
    await page.deleteCookie(...(await page.cookies(url)))
    await page.setCookie({ name: name!, value: value!, url, httpOnly: true })
  }

  await step('a member asks for a correction on the phone, and the office accepts it', async () => {
    const { items } = await staff.call<{ items: { id: string; person: { id: string } }[] }>('GET', '/api/v1/members/register?q=14-003')
    const { id, person: holder } = items[0]!
    await staff.call('PATCH', `/api/v1/people/${holder.id}`, { login: 'corrects' })
    const member = await account('corrects')
    await page.setViewport(PHONE)
    await become(member)
    await page.goto(`${url}/me`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-control=my-card]')
    await click(page, '[data-correct=work_title]')
    await type(page, 'work_title', '主任医师')
    await type(page, 'reason', '职务变动')
    await picture('card-ask-phone')
    await click(page, 'dialog [data-control=save]')
    await says(person, '待审核')
    await fits(person)
    await mustBeFaultless(page, 'my card')
    await picture('card-phone')
    const asked = (await staff.call<{ items: { id: string; field: string }[] }>('GET', `/api/v1/people/${holder.id}/change_requests?state=pending`)).items
    const request = asked.find(({ field }) => field === 'work_title')!

    await page.setViewport(DESKTOP)
    await become(await account('demo-liaison'))
    await page.goto(`${url}/members/requests`, { waitUntil: 'domcontentloaded' })
    await click(page, `tr[data-row="${request.id}"] a.lead`)
    await says(person, '主任医师')
    await click(page, '[data-act=accept]')
    await click(page, 'dialog [data-control=save]')
    await until('it is in the register', async () => (await staff.call<{ work_title: string }>('GET', `/api/v1/members/${id}`)).work_title === '主任医师')
  })
  await step('a candidate is entered and taken into office', async () => {
    const { id } = await staff.call<{ id: string }>('POST', '/api/v1/people', { name: '新任委员甲', kind: 'member' })
    const profile = async () => (await staff.call<{ items: { id: string; state: string }[] }>('GET', `/api/v1/members/register?person=${id}`)).items[0]
    await page.goto(`${url}/members/new`, { waitUntil: 'domcontentloaded' })
    await pick(page, 'person', '新任委员甲')
    await type(page, 'code', '14-901')
    await click(page, '[data-control=save]')
    await until('he is a candidate', async () => (await profile())?.state === 'candidate')
    await says(person, '下一步')
    await click(page, '[data-act=admit]')
    await pick(page, 'term', '第十四届')
    await pick(page, 'sector', '教育界')
    await page.select('[data-field=capacity] select', 'member')
    await setDay(page, 'since', '2026-01-05')
    await type(page, 'document_no', '协〔2026〕1号')
    await picture('admit')
    await click(page, 'dialog [data-control=save]')
    await until('he is in office', async () => (await profile())?.state === 'active')
    await page.goto(`${url}/members/${(await profile())!.id}?tab=files`, { waitUntil: 'domcontentloaded' })
    await says(person, '第十四届')
    await picture('member-files')
  })
  await step('the office asks that he be suspended, and his page says what waits', async () => {
    const { id } = (await staff.call<{ items: { id: string }[] }>('GET', `/api/v1/members/register?q=${encodeURIComponent('新任委员甲')}`)).items[0]!
    const asked = async () => (await staff.call<{ total: number }>('GET', `/api/v1/member_changes?member_profile=${id}&state=asked`)).total
    await page.goto(`${url}/members/${id}`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-control=record-more]')
    await click(page, '[data-act=suspend]')
    await type(page, 'reason', '因病请假')
    await type(page, 'document_no', '协〔2026〕2号')
    await click(page, 'dialog [data-control=save]')
    await until('it is asked for', async () => (await asked()) === 1)
    await page.waitForSelector('.note a[href^="/members/standing/"]')
    if (await page.$('dialog [data-field=reason]')) throw new Error('the dialog is still there')
  })
  await person.close()
}
