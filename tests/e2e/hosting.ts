// What a host decides about others, and how it is on the other side: a member on a phone with the largest type. The floor,
// a shared screen beside it, leaving with and without handing over, removal for good, the end; and a link that somebody
// opens where another person is signed in.
import { join } from 'node:path'
import { mustBeFaultless } from './everybody'
import { Api } from './lib/api'
import { openWindow, type Person } from './lib/browsers'
import { control, enter, fits, inReach, pause, press, says, settled, until } from './lib/meeting'
import type { Demo } from './lib/server'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

export interface Hosting {
  /** Lends its browser: everybody has a window without its session. */
  person: Person
  url: string
  demo: Demo
  pictures: string
}

const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true }
const LARGEST_PX = 30

const has = (person: Person, selector: string): Promise<boolean> =>
  person.page.evaluate((wanted: string) => document.querySelector(wanted) !== null, selector)

async function nameOf(url: string, link: string): Promise<string> {
  const session = await (await new Api(url).signInByLink(link)).call<{ person: { name: string } }>('GET', '/api/v1/session')
  return session.person.name
}

/** As a finger does: nothing may lie over it. */
async function pressed({ page }: Person, name: string): Promise<void> {
  const over = await page.evaluate((wanted: string) => {
    const button = document.querySelector<HTMLElement>(`[data-control="${wanted}"]`)!
    const { left, top, width, height } = button.getBoundingClientRect()
    const there = document.elementFromPoint(left + width / 2, top + height / 2)
    return button.contains(there) ? '' : (there?.outerHTML.slice(0, 120) ?? 'nothing')
  }, name)
  if (over) throw new Error(`over ${name} lies ${over}`)
  await page.click(`[data-control="${name}"]`)
}

/** Chooses from the menu of somebody's tile. */
async function act(person: Person, name: string, what: string): Promise<void> {
  await press(person, `对${name}的操作`)
  await press(person, what)
}

export async function host(step: Step, { person, url, demo, pictures }: Hosting): Promise<void> {
  const [link, other] = demo.members as [string, string]
  const host = await openWindow(person, DESKTOP)
  const member = await openWindow(person, PHONE)
  await member.page.evaluateOnNewDocument((px: number) => localStorage.setItem('yishi.appearance', JSON.stringify({ type: px, elder: false })), LARGEST_PX)
  const picture = ({ page }: Person, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) as `${string}.png` })
  const [hostName, memberName, otherName] = [await nameOf(url, demo.host), await nameOf(url, link), await nameOf(url, other)]
  const again = async (who: Person) => {
    await control(who, 'again')
    await until('there is the room or the lobby', () => has(who, '[data-control=leave], [data-control=join]'))
    if (await has(who, '[data-control=join]')) await control(who, 'join')
    await until('there is the room', () => has(who, '[data-control=leave]'))
  }

  await step('with the largest type on a phone the lobby has its button in reach', async () => {
    await member.page.goto(link, { waitUntil: 'domcontentloaded' })
    await until('there is the lobby', () => has(member, '[data-control=join]'))
    await says(member, '麦克风已打开')
    await pause(500)
    await picture(member, 'lobby-phone-largest')
    await fits(member)
    await inReach(member, ['join'])
    await mustBeFaultless(member.page, 'the lobby on a phone')
  })
  await step('and the room its four buttons', async () => {
    await host.page.goto(demo.host, { waitUntil: 'domcontentloaded' })
    await until('there is the lobby', () => has(host, '[data-control=join]'))
    await settled(host.page)
    await mustBeFaultless(host.page, 'the lobby')
    await control(host, 'join')
    await control(member, 'join')
    for (const who of [host, member]) await until('there is the room', () => has(who, '[data-control=leave]'))
    await says(member, '别人能听到您', 30000)
    await pause(1000)
    await picture(member, 'room-phone-largest')
    await fits(member)
    await inReach(member, ['mic', 'hand', 'more', 'leave'])
    await mustBeFaultless(member.page, 'the room on a phone')
  }, true)
  await step('whoever is given the floor is told, is large, and is asked to open the microphone', async () => {
    await control(member, 'mic')
    await control(member, 'hand')
    await until('the host sees the hand', () => host.page.evaluate(() => document.querySelector('.tile .hand') !== null))
    await act(host, memberName, '请其发言')
    await says(member, '轮到您发言')
    await says(host, `${memberName} 发言中`)
    await until('he is large', () => host.page.evaluate(() => document.querySelector('.tile.main.floor') !== null))
    await inReach(member, ['floor-unmute', 'mic', 'hand', 'more', 'leave'])
    await fits(member)
    await picture(member, 'floor-phone-largest')
    await picture(host, 'floor')
    await mustBeFaultless(member.page, 'the room of whoever has the floor')
    await pressed(member, 'floor-unmute')
    await until('he need not open it any more', async () => !(await has(member, '[data-control=floor-unmute]')))
    await says(member, '大家正在听您发言')
  })
  await step('beside a shared screen whoever has the floor is still seen, on a phone with the largest type too', async () => {
    await control(host, 'share')
    await act(host, hostName, '请其发言')
    await says(member, `${hostName} 发言中`)
    await until('the phone shows the host below the screen', () => member.page.evaluate(() => document.querySelector('.tile.strip.floor') !== null))
    await pause(700)
    await picture(member, 'floor-screen-phone-largest')
    await fits(member)
    await control(host, 'share')
  })
  await step('a host who leaves is asked what becomes of the meeting, and may just leave', async () => {
    await control(host, 'leave')
    await until('there is the question', () => has(host, '[data-control=leave-only]'))
    await settled(host.page)
    await picture(host, 'leave')
    await mustBeFaultless(host.page, 'the question to a host who leaves')
    await control(host, 'leave-only')
    await says(host, '您已离开会议')
    await mustBeFaultless(host.page, 'the page after leaving')
    if (await has(member, '[data-control=again]')) throw new Error('the member is out too')
    await again(host)
  })
  await step('or hand it to a member, who is told', async () => {
    await control(host, 'leave')
    await until('there is the question', () => has(host, '[data-control=leave-over]'))
    await control(host, 'leave-over')
    await says(host, '您已离开会议')
    await says(member, '您现在可以主持会议')
    await again(host)
  })
  await step('whoever is removed for good is told and stays out', async () => {
    await says(host, memberName)
    await act(host, memberName, '移出会议')
    await until('there is the question', () => has(host, '[data-control=confirm-more]'))
    await mustBeFaultless(host.page, 'the question before a removal')
    await control(host, 'confirm-more')
    await says(member, '不再允许进入')
    await settled(member.page)
    await fits(member)
    await mustBeFaultless(member.page, 'the page after a removal')
    await enter(member, link)
    await says(member, '不再允许')
  })
  await step('a link that is opened where somebody else is signed in asks first', async () => {
    await member.page.goto(other, { waitUntil: 'domcontentloaded' })
    await says(member, `这是${otherName}的会议链接`)
    await settled(member.page)
    await picture(member, 'link-question-phone-largest')
    await fits(member)
    await mustBeFaultless(member.page, 'the question of a link')
    await control(member, 'replace')
    await until('there is the lobby', () => has(member, '[data-control=join]'))
    await says(member, otherName)
  })
  await step('a link that leads nowhere says so', async () => {
    const stranger = await openWindow(person, DESKTOP)
    await stranger.page.goto(`${url}/j/0000000000000000000000`, { waitUntil: 'domcontentloaded' })
    await says(stranger, '无法打开这个会议链接')
    await settled(stranger.page)
    await mustBeFaultless(stranger.page, 'a link that leads nowhere')
    await stranger.close()
  })
  await step('a host ends it for everybody; no recording is promised where there is none', async () => {
    await act(host, hostName, '请其发言')
    await says(host, '撤销')
    await control(host, 'leave')
    await control(host, 'leave-end')
    await press(host, '结束会议')
    await says(host, '会议已结束')
    await until('nothing is offered any more', async () => !(await host.page.evaluate(() => document.body.innerText.includes('撤销'))), 1000)
    await says(host, '您可以关闭此页面')
    await settled(host.page)
    await picture(host, 'ended')
    await mustBeFaultless(host.page, 'the page after the end')
  })
  await host.close()
  await member.close()
}
