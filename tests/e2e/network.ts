// The connection panel and what one chooses in it, between two people who see each other.
import type { Person } from './lib/browsers'
import { sees, until } from './lib/meeting'

type Step = (name: string, act: () => Promise<void>) => Promise<void>

const click = (person: Person, selector: string): Promise<void> =>
  until(`there is ${selector}`, () =>
    person.page.evaluate((wanted: string) => {
      const found = document.querySelector<HTMLElement>(wanted)
      found?.click()
      return found !== null
    }, selector))

/** The pictures of others that play, by their longer side. */
const sizes = (person: Person): Promise<number[]> =>
  person.page.evaluate(() =>
    [...document.querySelectorAll<HTMLVideoElement>('video.shown:not([data-slot=self])')].map((video) => Math.max(video.videoWidth, video.videoHeight)))

export const choose = async (person: Person, quality: string): Promise<void> => {
  await click(person, '[data-control=network]')
  await click(person, `[data-quality=${quality}]`)
  await click(person, '[data-control=network]')
}

export async function visitNetwork(step: Step, person: Person, other: Person): Promise<void> {
  await step('the connection is told in words and figures', async () => {
    await click(person, '[data-control=network]')
    await click(person, '.network summary')
    const reads = (text: RegExp) =>
      until(`the panel says ${text}`, async () => text.test(await person.page.$eval('.network', (panel) => (panel as HTMLElement).innerText)))
    await reads(/^网络/)
    await reads(/UDP 直连/)
    await reads(/\d+×\d+ · \d+ 帧\/秒 · (小|中|完整)/)
    await reads(/可承载（估计）\s+\d+(\.\d)? [kM]bit\/s/)
    await click(person, '[data-control=network]')
  })
  await step('data saver asks for small pictures, and back', async () => {
    await until('the picture is large', async () => (await sizes(person)).some((size) => size > 400))
    await choose(person, 'saver')
    await until('the picture is small', async () => {
      const all = await sizes(person)
      return all.length > 0 && all.every((size) => size <= 400)
    })
    await choose(person, 'auto')
    await until('the picture is large again', async () => (await sizes(person)).some((size) => size > 400))
  })
  await step('audio only receives and sends no picture, and says how to get them back', async () => {
    await choose(person, 'audio')
    await sees(person, [])
    await sees(other, [])
    await click(person, '.voices button')
    await sees(person, [other.look])
    await sees(other, [person.look])
  })
}
