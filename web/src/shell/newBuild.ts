// A tab may stay open for weeks, and the server be given another build of the application meanwhile: what the page asks
// may not be understood any more. Which build the server has its first page says: it names its assets, whose names have
// hashes. Whoever is on an older one is told so, and loads the page anew when he likes.
import { ref } from 'vue'
import { confirm } from '@/composables/useConfirm'
import { sh } from '@/i18n/shell'
import { loadAnew } from '@/model/unsaved'
import type { ApiError } from '@/sdk/api'

const FIRST_PAGE = '/index.html'
/** A page that is open looks so often. */
export const LOOK_EVERY_MS = 10 * 60_000
/** It has looked just now. */
const LATELY_MS = 60_000

/** The server has another build than this page. */
export const isOld = ref(false)
let looked_ms = -Infinity

const assetsIn = (html: string): string[] => html.match(/\/assets\/[^"'\s>]+/g) ?? []

/** What this page was loaded with, and more that it has loaded since. */
const assetsHere = (): Set<string | null> =>
  new Set([...document.querySelectorAll('script[src], link[href]')].map((one) => one.getAttribute('src') ?? one.getAttribute('href')))

export async function look({ now_ms = Date.now(), again = false } = {}): Promise<void> {
  if (isOld.value || (!again && now_ms - looked_ms < LATELY_MS)) return
  looked_ms = now_ms
  const html = await fetch(FIRST_PAGE, { cache: 'no-cache' }).then(
    (answer) => (answer.ok ? answer.text() : ''),
    () => '',
  )
  const here = assetsHere()
  isOld.value = assetsIn(html).some((asset) => !here.has(asset))
}

/** What the server did not understand: that no version was said comes from no page of today's. */
export async function misfit({ status }: ApiError): Promise<void> {
  if (status !== 428) return look({ again: true })
  isOld.value = true
  const yes = await confirm({ title: sh('build.title'), text: sh('build.text'), yes: sh('build.reload'), no: sh('build.later'), danger: false })
  if (yes) await loadAnew()
}
