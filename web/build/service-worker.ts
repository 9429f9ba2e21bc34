// src/worker/sw.ts as /sw.js, with the names of the assets of this build: whatever changes in the build makes another
// worker. The server sends it with `no-cache`, as everything outside /assets.
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { classicScript } from './script.ts'

const ENTRY = fileURLToPath(new URL('../src/worker/sw.ts', import.meta.url))

export function serviceWorker(): Plugin {
  return {
    name: 'yishi-service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const assets = Object.keys(bundle).filter((name) => name.startsWith('assets/')).map((name) => `/${name}`)
        const source = await classicScript(ENTRY, { BUILT_ASSETS: JSON.stringify(assets.sort()) })
        this.emitFile({ type: 'asset', fileName: 'sw.js', source })
      },
    },
  }
}
