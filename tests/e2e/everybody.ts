// The pages for people who see, hear or move otherwise: each page, as it is after loading, has no fault that axe-core finds,
// in all themes of the form: light and dark, normal and elder. Dark is other colours and nothing else: only what is said of
// colours is looked at again there.
import type { Page } from 'puppeteer-core'
import { faultsOf } from './lib/axe'
import { drawn, settled, until } from './lib/meeting'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

/** Name of a page → its path and a text by which it is known to be there. */
export type Pages = Record<string, readonly [path: string, text: string]>

export async function visitEverybody(step: Step, page: Page, url: string, pages: Pages): Promise<void> {
  for (const [name, [path, text]] of Object.entries(pages)) {
    await step(`everybody can use the page ${name}`, async () => {
      await page.goto(url + path, { waitUntil: 'domcontentloaded' })
      await until(`${name} says "${text}"`, () => page.evaluate((wanted: string) => document.body.innerText.includes(wanted), text))
      await settled(page)
      await mustBeFaultless(page, name)
    })
  }
}

/** The page as it stands: light and dark, in normal and in elder type. */
export async function mustBeFaultless(page: Page, name: string): Promise<void> {
  const faults = new Set<string>()
  const look = (elder: boolean, dark: boolean) =>
    page.evaluate((large: boolean, low: boolean) => {
      document.documentElement.toggleAttribute('data-elder', large)
      document.documentElement.classList.toggle('theme-dark', low)
    }, elder, dark)
  for (const [elder, dark] of [[false, false], [true, false], [false, true], [true, true]] as const) {
    await look(elder, dark)
    await drawn(page)
    for (const fault of await faultsOf(page, undefined, dark)) faults.add(dark ? `dark: ${fault}` : fault)
  }
  await look(false, false)
  if (faults.size > 0) throw new Error(`${name}:\n  ${[...faults].join('\n  ')}`)
}
