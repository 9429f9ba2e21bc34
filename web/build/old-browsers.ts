// The join path of a build holds nothing that the oldest browsers of browsers.json lack: the build fails otherwise.
// The join path is what a person loads between a link and the goodbye; the pages of the staff have browsers of their own
// choosing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin, Rollup } from 'vite'
import { scriptUses } from './script-features.ts'
import { styleUses } from './style-features.ts'

const PAGES = [
  'src/main.ts', 'src/pages/LinkPage.vue', 'src/pages/LoginPage.vue', 'src/pages/PasswordPage.vue', 'src/pages/MeetingsPage.vue', 'src/pages/NotFoundPage.vue',
  'src/shell/AppShell.vue', 'src/shell/MePage.vue', 'src/home/HomePage.vue',
  'src/room/MeetingPage.vue', 'src/recordings/RecordingsPage.vue', 'src/recordings/PlayerPage.vue',
]
/** From the link to the meeting. */
const JOINING = ['src/main.ts', 'src/pages/LinkPage.vue', 'src/room/MeetingPage.vue']
export const JOIN_PATH_MOST_BYTES = 200_000

/** What a page does without, feature by feature, and why that is no loss. */
const SPARED: Record<string, string> = {
  'api.TrustedTypePolicyFactory.createPolicy': 'Vue asks for window.trustedTypes first',
  'api.TrustedTypePolicy.createHTML': 'Vue asks for window.trustedTypes first',
  'api.Element.requestFullscreen': 'behind hasFullscreen()',
  'javascript.builtins.AsyncDisposableStack.use': 'Vue’s app.use is meant',
  'api.Document.exitFullscreen': 'only when something fills the screen',
  'api.PushManager.getSubscription': 'behind cannot() of push_device/push.ts, which looks for PushManager',
  'api.CookieStoreManager.subscribe': 'PushManager.subscribe is meant, behind cannot()',
  'api.Notification.requestPermission_static': 'behind cannot(), which looks for Notification',
  'css.selectors.backdrop': 'components/modal.ts does without; other sheets need no veil',
  'css.selectors.focus-visible': 'the browser’s own ring stays (base.css)',
  'css.selectors.fullscreen': 'without full screen there is nothing to lay out for it',
  'html.global_attributes.autofocus': 'the person touches the field',
  'html.global_attributes.autocapitalize': 'a convenience of phones',
  'html.global_attributes.inert': 'the page behind a dialog of the staff is covered by its veil',
  'html.global_attributes.popover': 'PopMenu lies above by its z-index',
  'css.properties.accent-color': 'the tick is the system’s blue',
  'css.properties.contain': 'a help for the drawing only',
  'css.properties.contain.strict': 'a help for the drawing only',
  'css.properties.overflow-wrap.anywhere': 'Chinese breaks anywhere; a very long Latin word is cut',
  'css.properties.scrollbar-width': 'a bar is seen',
  'css.properties.scroll-behavior': 'does not move of itself',
  'css.properties.resize': 'the field has its size',
}

/** The files of the build that these pages need, as the build itself knows them; kept beside it. */
interface JoinPath {
  pages: string[]
  joining: string[]
}
const JOIN_PATH = '.vite/join-path.json'

type Chunk = Rollup.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }

function filesOf(bundle: Rollup.OutputBundle, pages: string[]): string[] {
  const chunks = Object.values(bundle).filter((file): file is Chunk => file.type === 'chunk')
  const files = new Set<string>()
  const visit = (chunk: Chunk | undefined) => {
    if (!chunk || files.has(chunk.fileName)) return
    files.add(chunk.fileName)
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css)
    for (const next of chunk.imports) visit(bundle[next] as Chunk | undefined)
  }
  for (const page of pages) {
    const chunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(`/${page}`)))
    if (!chunk) throw new Error(`the build has no ${page}`)
    visit(chunk)
  }
  return [...files]
}

export interface Checked {
  files: number
  /** Compressed, from the link to the meeting. */
  joinBytes: number
  problems: string[]
  /** Newer than the list, but the code looks first. */
  guarded: string[]
}

export function checkBuild(dist: string): Checked {
  const { pages, joining } = JSON.parse(readFileSync(join(dist, JOIN_PATH), 'utf8')) as JoinPath
  const problems: string[] = []
  const guarded = new Set<string>()
  const spared = (feature: string) => Object.keys(SPARED).some((name) => feature === name || (name.startsWith('css.') && feature.startsWith(`${name}.`)))
  for (const file of pages) {
    const content = readFileSync(join(dist, file), 'utf8')
    if (file.endsWith('.css')) {
      for (const use of styleUses(content, spared)) problems.push(`${file}: ${use.feature} (${use.where}): ${use.missing.join(', ')}`)
    } else {
      for (const use of scriptUses(content)) {
        if (use.guarded || spared(use.feature)) guarded.add(use.feature)
        else problems.push(`${file}: ${use.feature}: ${use.missing.join(', ')}`)
      }
    }
  }
  const joinBytes = joining.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0)
  if (joinBytes > JOIN_PATH_MOST_BYTES) problems.push(`the join path has ${joinBytes} bytes, more than ${JOIN_PATH_MOST_BYTES}`)
  return { files: pages.length, joinBytes, problems, guarded: [...guarded].sort() }
}

export function oldBrowsers(): Plugin {
  let out = 'dist'
  return {
    name: 'yishi-old-browsers',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const found: JoinPath = { pages: filesOf(bundle, PAGES), joining: filesOf(bundle, JOINING) }
        this.emitFile({ type: 'asset', fileName: JOIN_PATH, source: JSON.stringify(found) })
      },
    },
    closeBundle() {
      const { problems } = checkBuild(out)
      if (problems.length > 0) throw new Error(`newer than the oldest browsers of browsers.json:\n  ${problems.join('\n  ')}`)
    },
  }
}
