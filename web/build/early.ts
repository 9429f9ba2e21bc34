// src/early.ts as one classic script at the head of the page: a module would run after the first paint, and the server's
// content security policy allows no script inside the page. Its name has a hash, so it is kept by the browser as the
// other assets are.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { classicScript } from './script.ts'

const ENTRY = fileURLToPath(new URL('../src/early.ts', import.meta.url))
const HASH_CHARS = 8

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
      const source = await classicScript(ENTRY)
      name = `assets/early-${createHash('sha256').update(source).digest('base64url').slice(0, HASH_CHARS)}.js`
      this.emitFile({ type: 'asset', fileName: name, source })
    },
    transformIndexHtml: async () => [
      built
        ? { tag: 'script', attrs: { src: `/${name}` }, injectTo: 'head-prepend' }
        : { tag: 'script', children: await classicScript(ENTRY), injectTo: 'head-prepend' },
    ],
  }
}
