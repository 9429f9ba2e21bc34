// src/early.ts as one classic script at the head of the page: a module would run after the first paint, and the server's
// content security policy allows no script inside the page. Its name has a hash, so it is kept by the browser as the
// other assets are.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rollup } from 'vite'
import { buildTargets } from './browsers.ts'

const ENTRY = fileURLToPath(new URL('../src/early.ts', import.meta.url))
const HASH_CHARS = 8

/** Built by itself: what the pages share with it must not become a chunk that it would have to import. */
async function script(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: buildTargets(),
      rollupOptions: { input: ENTRY, output: { format: 'iife' } },
      modulePreload: { polyfill: false },
    },
  })
  return ((built as Rollup.RollupOutput).output[0] as Rollup.OutputChunk).code.trim()
}

export function early(): Plugin {
  let built = false
  let name = ''
  return {
    name: 'yishi-early',
    configResolved({ command }) {
      built = command === 'build'
    },
    async buildStart() {
      if (!built) return
      const source = await script()
      name = `assets/early-${createHash('sha256').update(source).digest('base64url').slice(0, HASH_CHARS)}.js`
      this.emitFile({ type: 'asset', fileName: name, source })
    },
    transformIndexHtml: async () => [
      built
        ? { tag: 'script', attrs: { src: `/${name}` }, injectTo: 'head-prepend' }
        : { tag: 'script', children: await script(), injectTo: 'head-prepend' },
    ],
  }
}
