// What axe-core (MPL-2.0, the checker that browsers' own accessibility audits use) finds on a page by the rules of
// WCAG 2.2 A and AA: controls without a name, contrast that is too low, structure that a screen reader cannot follow.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'puppeteer-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Of these rules those that look at colours: another theme is nothing else (web/src/styles/tokens.test.ts). */
const COLOURS = ['color-contrast', 'link-in-text-block']

interface Found {
  violations: { id: string; impact: string | null; nodes: { target: string[]; html: string; any: { message: string }[] }[] }[]
}

/**
 * Ends what is fading in or out and lets nothing begin to: half a transition's colours are nobody's page, and a toast that
 * goes while the rules are looked at would be judged by them.
 */
async function still(page: Page): Promise<void> {
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
  })
}

/** One line a fault: rule, how often, the first place and what is wrong there. impacts: only those of these. */
export async function faultsOf(page: Page, impacts?: readonly string[], coloursAlone = false): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE)
  await still(page)
  const only = coloursAlone ? { type: 'rule', values: COLOURS } : { type: 'tag', values: TAGS }
  const { violations } = await page.evaluate(async (runOnly: { type: string; values: string[] }) => {
    const { axe } = window as unknown as { axe: { run(context: unknown, options: unknown): Promise<Found> } }
    return axe.run({ exclude: ['video'] }, { runOnly, resultTypes: ['violations'] })
  }, only)
  await page.emulateMediaFeatures([])
  const counted = violations.filter(({ impact }) => !impacts || impacts.includes(impact ?? ''))
  return counted.map(({ id, nodes }) => {
    const first = nodes[0]!
    return `${id} ×${nodes.length}: ${first.target.join(' ')} ${first.html.slice(0, 140)} (${first.any[0]?.message ?? ''})`
  })
}
