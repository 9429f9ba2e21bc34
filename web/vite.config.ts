import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { buildTargets } from './build/browsers.ts'
import { early } from './build/early.ts'
import { joinChunks } from './build/join-chunks.ts'
import { oldBrowsers } from './build/old-browsers.ts'
import { precompress } from './build/precompress.ts'
import { serviceWorker } from './build/service-worker.ts'

// The server that `npm run dev` and `vite preview` talk to.
const server = process.env.YISHI_SERVER ?? 'http://127.0.0.1:8443'
const proxy = {
  '/api': { target: server, secure: false },
  '/ws': { target: server.replace(/^http/, 'ws'), ws: true, secure: false },
}

export default defineConfig({
  plugins: [vue(), early(), oldBrowsers(), serviceWorker(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy },
  preview: { proxy },
  build: {
    target: buildTargets(),
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or fonts
    modulePreload: { polyfill: false }, // the polyfill is an inline script
    rollupOptions: {
      output: {
        // Icons of their own chunk each would cost a phone a request each.
        experimentalMinChunkSize: 12_000,
        manualChunks: joinChunks(),
        onlyExplicitManualChunks: true,
      },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'build/**/*.test.ts'] },
})
