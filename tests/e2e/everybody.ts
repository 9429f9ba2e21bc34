// The pages for people who see, hear or move otherwise: each page, as it is after loading, has no fault that axe-core finds,
// in both themes of the form, normal and elder.
import type { Page } from 'puppeteer-core'
import { faultsOf } from './lib/axe'
import { pause, until } from './lib/meeting'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

/** Name of a page → its path and a text by which it is known to be there. */
export type Pages = Record<string, readonly [path: string, text: string]>

export async function visitEverybody(step: Step, page: Page, url: string, pages: Pages): Promise<void> {
  for (const [name, [path, text]] of Object.entries(pages)) {
    await step(`everybody can use the page ${name}`, async () => {
      await page.goto(url + path, { waitUntil: 'domcontentloaded' })
      await until(`${name} says "${text}"`, () => page.evaluate((wanted: string) => document.body.innerText.includes(wanted), text))
      await pause(700) // what fades in has its colours then
      await mustBeFaultless(page, name)
    })
  }
}

/** The page as it stands, in normal and in elder type. */
export async function mustBeFaultless(page: Page, name: string): Promise<void> {
  const faults = new Set<string>()
  for (const elder of [false, true]) {
    await page.evaluate((on: boolean) => document.documentElement.toggleAttribute('data-elder', on), elder)
    for (const fault of await faultsOf(page)) faults.add(fault)
  }
  await page.evaluate(() => document.documentElement.removeAttribute('data-elder'))
  if (faults.size > 0) throw new Error(`${name}:\n  ${[...faults].join('\n  ')}`)
}
