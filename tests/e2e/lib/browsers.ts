// Debian's Chromium and Firefox ESR, headless, each with a camera and a microphone of its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { installCanvasCamera, installExactCamera, installFakeDevices, type Look, SCREEN, writeCamera, writeMicrophone } from './camera'

/** Camera files are read at 10 MB/s each: from memory where there is a memory file system. */
const MEDIA = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export type Kind = 'chromium' | 'firefox'

export interface Person {
  browser: Browser
  page: Page
  look: Look
  kind: Kind
  /** What the page wrote to its console as error, and uncaught exceptions. */
  errors: string[]
  close(): Promise<void>
}

export interface Options {
  kind: Kind
  look: Look
  /** See camera.ts. A file in Chromium, a canvas in Firefox unless told otherwise. */
  camera?: 'file' | 'canvas' | 'soft' | 'exact'
  viewport?: { width: number; height: number; isMobile?: boolean; hasTouch?: boolean }
  /** Chromium: instead of Debian's own program, with its home folder. */
  program?: string
  home?: string
}

/** Chromium without its window: that of the headless mode is a page of its own, drawn for nobody, and takes a tenth of
 * a processor. The program itself, as what is in /usr/bin is a shell that starts it, and would be killed in its place. */
export const CHROMIUM_PROGRAM = '/usr/lib/chromium/chromium-headless-shell'
const FIREFOX_PROGRAM = '/usr/bin/firefox-esr'
const STARTER = join(dirname(fileURLToPath(import.meta.url)), '../../lib/browser')
const CHROMIUM = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required', '--disable-dev-shm-usage',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
  '--auto-select-desktop-capture-source=Entire screen', '--lang=zh-CN',
]

/** Another window of this browser that knows nothing of its sessions, with the same look; closing it leaves the rest. */
export async function openWindow(of: Person, viewport: NonNullable<Options['viewport']>): Promise<Person> {
  const context = await of.browser.createBrowserContext()
  const page = await context.newPage()
  const errors = listen(page)
  await page.setViewport(viewport)
  await page.evaluateOnNewDocument('globalThis.__name = (f) => f')
  await page.evaluateOnNewDocument(installFakeDevices)
  await page.evaluateOnNewDocument(installCanvasCamera, of.look, false, SCREEN)
  return { ...of, page, errors, close: () => context.close() }
}

/** What went wrong in a page: what it wrote to its console as error, uncaught exceptions, and questions of the browser's own.
 * A form that is not saved yet asks before its page is left; unanswered, that question would hold up the whole browser. */
function listen(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') errors.push(`a question of the browser's own: ${dialog.message()}`)
    void dialog.accept().catch(() => undefined)
  })
  return errors
}

const opened = new Set<Person>()

/** At the end of every program, however it ends: a browser left behind takes the processors from whatever comes next. */
export async function closeAll(): Promise<void> {
  for (const person of [...opened]) await person.close()
}

export async function openPerson(options: Options): Promise<Person> {
  const { kind, look } = options
  const profile = mkdtempSync(join(MEDIA, `yishi-${kind}-`))
  const viewport = options.viewport ?? { width: 960, height: 600 }
  let browser: Browser
  if (kind === 'chromium') {
    const camera = join(MEDIA, `yishi-camera-${look.name}.y4m`)
    const microphone = join(MEDIA, `yishi-microphone-${look.name}.wav`)
    await writeCamera(camera, look)
    writeMicrophone(microphone, look)
    browser = await puppeteer.launch({
      executablePath: options.program ?? STARTER,
      env: { ...process.env, YISHI_BROWSER: CHROMIUM_PROGRAM, ...(options.home ? { HOME: options.home } : {}) },
      // It may be in a network where a port on loopback is not ours.
      pipe: options.program !== undefined,
      userDataDir: profile,
      headless: 'shell',
      defaultViewport: viewport,
      acceptInsecureCerts: true,
      args: [...CHROMIUM, `--use-file-for-fake-video-capture=${camera}`, `--use-file-for-fake-audio-capture=${microphone}`],
    })
  } else {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: STARTER,
      env: { ...process.env, YISHI_BROWSER: FIREFOX_PROGRAM },
      userDataDir: profile,
      headless: true,
      defaultViewport: viewport,
      acceptInsecureCerts: true,
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.autoplay.default': 0,
        'media.autoplay.blocking_policy': 0,
        'media.peerconnection.mtransport_process': false,
        'media.rdd-process.enabled': false,
        'network.process.enabled': false,
        'intl.accept_languages': 'zh-CN, zh',
        'intl.locale.requested': 'zh-CN',
      },
    })
  }
  const page = (await browser.pages())[0] ?? (await browser.newPage())
  const errors = listen(page)
  await page.setViewport(viewport)
  // The compiler names functions through this helper, which pages do not have.
  await page.evaluateOnNewDocument('globalThis.__name = (f) => f')
  await page.evaluateOnNewDocument(installFakeDevices)
  const camera = options.camera ?? (kind === 'firefox' ? 'canvas' : 'file')
  if (camera === 'canvas' || camera === 'soft') await page.evaluateOnNewDocument(installCanvasCamera, look, camera === 'soft', SCREEN)
  if (camera === 'exact') {
    await page.setBypassCSP(true) // for its worker
    await page.evaluateOnNewDocument(installExactCamera, look)
  }
  const person: Person = {
    browser,
    page,
    look,
    kind,
    errors,
    close: async () => {
      opened.delete(person)
      await browser.close().catch(() => undefined)
      rmSync(profile, { recursive: true, force: true })
    },
  }
  opened.add(person)
  return person
}
