// What is wrong with the way a page lies in its window: what scrolls sideways, is cut off, lies on something else, is too
// small to be met by a finger, or moved while it was being read.
import type { Page } from 'puppeteer-core'

export interface Limits {
  /** CSS pixels that a control is high and wide at least. */
  target: number
  /** The same in tables of a large window; null: as everywhere. */
  dense: number | null
}

/** Runs before the page: adds up what moved without anybody's doing. */
export function watchShifts(): void {
  const page = window as unknown as { yishiShift: number }
  page.yishiShift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) page.yishiShift += entry.value
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

export const shiftOf = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as { yishiShift?: number }).yishiShift ?? 0)

/** Runs in the page: what is wrong, a tab, and how. */
function look({ target, dense }: Limits): string[] {
  const faults: string[] = []
  const name = (e: Element): string => {
    const data = [...e.attributes].filter((a) => a.name.startsWith('data-') && !a.name.startsWith('data-v-')).map((a) => `[${a.name}${/^[a-z_-]{1,20}$/.test(a.value) ? `=${a.value}` : ""}]`)
    const classes = [...e.classList].filter((one) => !one.startsWith('is-')).map((one) => `.${one}`)
    return e.tagName.toLowerCase() + classes.join('') + data.slice(0, 2).join('')
  }
  const words = (e: Element): string => (e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 24)
  const say = (kind: string, e: Element, more = '') => faults.push(`${kind}: ${e.parentElement ? `${name(e.parentElement)} > ` : ''}${name(e)}\t${more}`)
  const shown = (e: Element) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })
  const ancestors = function* (e: Element | null) {
    for (; e && e !== document.documentElement; e = e.parentElement) yield e
  }

  // ---- sideways ----
  const root = document.documentElement
  if (root.scrollWidth > innerWidth + 1) faults.push(`sideways: the page\t${root.scrollWidth} in ${innerWidth}`)
  for (const e of document.querySelectorAll<HTMLElement>('body *')) {
    if (e.scrollWidth <= e.clientWidth + 1 || e.clientWidth === 0) continue
    if (/auto|scroll/.test(getComputedStyle(e).overflowX) && shown(e) && !/^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName))
      say('sideways', e, `${e.scrollWidth} in ${e.clientWidth}`)
  }

  // ---- texts ----
  interface Text { e: Element; left: number; top: number; right: number; bottom: number; layer: Element | null }
  const texts: Text[] = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement
    if (!e || !node.textContent?.trim() || !shown(e) || /^(SCRIPT|STYLE|OPTION|TEXTAREA|TITLE)$/.test(e.tagName)) continue
    range.selectNodeContents(node)
    for (const rect of range.getClientRects()) {
      if (rect.width < 2 || rect.height < 2) continue
      let { left, top, right, bottom } = rect
      let cut: Element | null = null
      let layer: Element | null = null
      let hidden = false
      let meant = false
      for (const a of ancestors(e)) {
        const style = getComputedStyle(a)
        if (!layer && (/fixed|sticky/.test(style.position) || a.tagName === 'DIALOG')) layer = a
        meant ||= style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
        if (style.display === 'inline' || (style.overflowX === 'visible' && style.overflowY === 'visible')) continue
        const box = a.getBoundingClientRect()
        if (box.width <= 2 || box.height <= 2) hidden = true // for screen readers only
        const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY)
        const over = left < box.left - 2 || right > box.right + 2 || top < box.top - rect.height / 3 || bottom > box.bottom + rect.height / 3
        if (over && !scrolls && !meant && !cut && a !== document.body) cut = a
        left = Math.max(left, box.left)
        right = Math.min(right, box.right)
        top = Math.max(top, box.top)
        bottom = Math.min(bottom, box.bottom)
        if (style.position === 'fixed') break
      }
      if (hidden) continue
      if (cut) say('cut off', e, `"${words(e)}" by ${name(cut)}`)
      else if (!meant && (rect.left < -2 || (rect.right > innerWidth + 2 && right > innerWidth + 2))) say('cut off', e, `"${words(e)}" by the window`)
      if (right - left > 3 && bottom - top > 3) {
        // Lines of close type touch with what is above and below their letters.
        const inset = (rect.height * 0.22)
        texts.push({ e, left, right, top: Math.max(top, rect.top + inset), bottom: Math.min(bottom, rect.bottom - inset), layer })
      }
    }
  }
  texts.sort((a, b) => a.top - b.top)
  texts.forEach((one, i) => {
    for (let n = i + 1; n < texts.length && texts[n]!.top < one.bottom - 2; n++) {
      const other = texts[n]!
      if (other.e === one.e || other.layer !== one.layer) continue
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3 && Math.min(one.bottom, other.bottom) - other.top > 2)
        say('overlaps', one.e, `"${words(one.e)}" and ${name(other.e)} "${words(other.e)}"`)
    }
  })

  // ---- targets ----
  const CONTROLS = 'button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=menuitem], [role=option], [role=switch], [role=checkbox]'
  for (const e of document.querySelectorAll<HTMLElement>(CONTROLS)) {
    if (!shown(e) || (e as HTMLButtonElement).disabled || e.closest('[inert], [aria-hidden=true]')) continue
    const style = getComputedStyle(e)
    if (e.tagName === 'A' && style.display === 'inline' && (e.parentElement?.textContent ?? '').trim() !== (e.textContent ?? '').trim()) continue // in a sentence
    // What an input stands in takes the finger for it.
    const label = e.tagName === 'INPUT' ? e.closest('label, .el-select__wrapper, .el-input__wrapper') : null
    const own = e.getBoundingClientRect()
    const box = label ? label.getBoundingClientRect() : own
    if (own.width <= 1 && !label) continue // only for screen readers and files
    if (box.width < 2 || box.height < 2 || box.right < 0 || box.bottom < 0) continue
    const least = dense !== null && e.closest('table, [role=grid], [role=table], [role=treegrid]') ? dense : target
    const size = Math.min(box.width, box.height)
    if (size < least - 0.5) say('small', label ?? e, `"${words(e) || e.getAttribute('aria-label') || ''}" ${Math.round(box.width)}×${Math.round(box.height)} of ${least}`)
  }
  // Of many alike in one page the first.
  return [...new Map(faults.map((fault) => [fault.split('\t')[0]!, fault])).values()]
}

export const layoutFaults = (page: Page, limits: Limits): Promise<string[]> => page.evaluate(look, limits)
