// The register of people and organisations, by staff: found, chosen and changed together, two people at one record, posts that
// begin and end. What the page shows is compared with what the server has.
import type { Page } from 'puppeteer-core'
import type { Api } from './lib/api'
import type { Person } from './lib/browsers'
import { mustBeFaultless, visitEverybody } from './everybody'
import { fits, pause, press, says, settled, until } from './lib/meeting'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

interface Registered {
  id: string
  name: string
  sector: string
  organisation: string
}

interface Post {
  id: string
  valid_to: string | null
}

const NAMES = ['登记甲', '登记乙', '登记丙']

/** What is in the field is replaced. */
async function fill(page: Page, field: string, text: string): Promise<void> {
  const input = `dialog [data-field="${field}"] input`
  await page.waitForSelector(input)
  await page.click(input, { count: 3 })
  await page.type(input, text)
}

const click = (page: Page, selector: string): Promise<void> =>
  until(`there is ${selector}`, () =>
    page.evaluate((wanted: string) => {
      const found = document.querySelector<HTMLButtonElement>(wanted)
      if (!found || found.disabled) return false
      found.click()
      return true
    }, selector))

/** Days are typed as the browser's language has them: set as its calendar does. */
const setDay = (page: Page, field: string, day: string): Promise<void> =>
  page.evaluate((name: string, value: string) => {
    const input = document.querySelector<HTMLInputElement>(`dialog [data-field="${name}"] input`)!
    input.value = value
    input.dispatchEvent(new Event('input'))
  }, field, day)

export async function visitRegister(step: Step, person: Person, url: string, api: Api, pictures: string): Promise<void> {
  const { page } = person
  const picture = (name: string) => page.screenshot({ path: `${pictures}/${name}.png` })
  const get = (id: string) => api.call<Registered>('GET', `/api/v1/people/${id}`)
  const people: Registered[] = []
  for (const name of NAMES) {
    people.push(await api.call('POST', '/api/v1/people', { name, kind: 'member', sector: '教育界', organisation: '一中' }))
  }
  const org = await api.call<{ id: string }>('POST', '/api/v1/orgs', { kind: 'sector', code: 'E2E', name: '测试界别', valid_from: '2003-01-01' })
  const sectors = async () => (await Promise.all(people.map(({ id }) => get(id)))).map(({ sector }) => sector).join()

  await step('staff change many people at once, and take it back', async () => {
    await page.goto(`${url}/people?q=${encodeURIComponent('登记')}`, { waitUntil: 'domcontentloaded' })
    await until('the three are there', async () => (await page.$$('tr[data-row]')).length === 3)
    await click(page, '[data-control=choose-page]')
    await click(page, '[data-bulk=edit]')
    await fill(page, 'sector', '科技界')
    await picture('people-bulk')
    await mustBeFaultless(page, 'the summary before a change of many')
    if ((await sectors()) !== '教育界,教育界,教育界') throw new Error('changed without a question')
    await click(page, '[data-control=bulk-yes]')
    await until('all are changed', async () => (await sectors()) === '科技界,科技界,科技界')
    await press(person, '撤销')
    await until('all are as before', async () => (await sectors()) === '教育界,教育界,教育界')
    // The dialog that it is told by is closed by then.
    await until('the list shows it', () => page.$$eval('tr[data-row]', (rows) => rows.length === 3 && rows.every((row) => row.textContent?.includes('教育界'))))
  })
  await step('a list is its address', async () => {
    await page.goto(`${url}/people`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-control=filter]')
    await click(page, '[data-filter-by=role]')
    await click(page, '[data-choice=staff]')
    await click(page, '[data-control=apply-filter]')
    await until('the filter is in the address', async () => page.url().includes('role=staff'))
    await until('no member is in the list', async () => !(await page.evaluate(() => document.body.innerText.includes('登记甲'))))
    await page.goBack()
    await until('the filter is gone', async () => !page.url().includes('role='))
    await says(person, '登记甲')
    await page.keyboard.press('/')
    await page.keyboard.type('登记乙')
    await until('it is searched', async () => page.url().includes('q=') && (await page.$$('tr[data-row]')).length === 1)
  })
  await step('two people change one record', async () => {
    const [one] = people
    await page.goto(`${url}/people/${one!.id}`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-act=edit]')
    await fill(page, 'sector', '经济界')
    await api.call('PATCH', `/api/v1/people/${one!.id}`, { sector: '体育界', organisation: '二中' })
    await click(page, '[data-control=save]')
    // Being refused, is the browser's 412.
    await page.waitForSelector('[data-part=conflict]')
    person.errors.splice(0)
    await says(person, '体育界')
    await picture('people-conflict')
    await mustBeFaultless(page, 'a conflict')
    await page.click('[data-part=conflict] input[value=mine]')
    await press(person, '按所选保存')
    await until('both changes are there', async () => {
      const now = await get(one!.id)
      return now.sector === '经济界' && now.organisation === '二中'
    })
    await until('the form is closed', async () => !(await page.$('dialog [data-field]')))
    await page.goto(`${url}/people/${one!.id}?tab=history`, { waitUntil: 'domcontentloaded' })
    await says(person, '体育界')
    await picture('people-history')
  })
  await step('a page asks before what is not saved is left', async () => {
    await page.goto(`${url}/people/${people[1]!.id}`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-act=edit]')
    await fill(page, 'sector', '经济界')
    await page.keyboard.press('Escape')
    await pause(300) // what is asked stays, and does not go with the same press
    await page.click('dialog.confirm[open] footer .btn')
    let asked = ''
    page.once('dialog', (dialog) => (asked = dialog.type()))
    await page.goto(`${url}/people`, { waitUntil: 'domcontentloaded' })
    if (asked !== 'beforeunload') throw new Error('it was left without a question')
  })
  await step('a post begins and ends', async () => {
    const posts = async () => (await api.call<{ items: Post[] }>('GET', `/api/v1/people/${people[0]!.id}/posts`)).items
    await page.goto(`${url}/people/${people[0]!.id}?tab=posts`, { waitUntil: 'domcontentloaded' })
    await click(page, '[data-control=new-post]')
    await page.waitForSelector('dialog [role=combobox]')
    await page.type('dialog [role=combobox]', '测试界')
    await until('it is found', async () => (await page.$$('dialog [role=option]')).length === 1)
    await page.keyboard.press('Enter')
    await page.select('dialog [data-field=role] select', 'convener')
    await setDay(page, 'valid_from', '2024-03-01')
    await click(page, 'dialog [data-control=save]')
    await until('it has begun', async () => (await posts()).length === 1)
    await until('the list shows it', async () => (await page.$$('tr[data-row]')).length === 1)
    await click(page, 'tr[data-row] .acts button')
    await click(page, '[data-act=end]')
    await setDay(page, 'valid_to', '2025-03-01')
    await click(page, 'dialog [data-control=save]')
    await until('it has ended', async () => (await posts())[0]?.valid_to === '2025-03-01')
    await picture('people-posts')
  })
  await visitEverybody(step, page, url, {
    person: [`/people/${people[0]!.id}`, '登记甲'],
    posts: [`/people/${people[0]!.id}?tab=posts`, '测试界别'],
    orgs: ['/orgs', '测试界别'],
    'orgs-tree': ['/orgs?view=tree', '测试界别'],
    org: [`/orgs/${org.id}`, '名称沿革'],
  })
  await step('on a phone the register is cards', async () => {
    await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true })
    for (const [name, at, words] of [
      ['people', '/people', '登记甲'],
      ['person', `/people/${people[0]!.id}`, '登记甲'],
      ['orgs', '/orgs', '测试界别'],
      ['org', `/orgs/${org.id}?tab=posts`, '测试界别'],
    ] as const) {
      await page.goto(url + at, { waitUntil: 'domcontentloaded' })
      await says(person, words)
      await settled(page)
      await fits(person)
      await picture(`${name}-phone`)
    }
    await page.setViewport({ width: 1440, height: 900 })
  })
}
