// A part of the build that is one classic script: it shares nothing with the pages' chunks, which it could not import.
import { build, type Rollup } from 'vite'
import { buildTargets } from './browsers.ts'

/** define: names that the text has values for. */
export async function classicScript(entry: string, define: Record<string, string> = {}): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define,
    build: {
      write: false,
      target: buildTargets(),
      rollupOptions: { input: entry, output: { format: 'iife' } },
      modulePreload: { polyfill: false },
    },
  })
  return ((built as Rollup.RollupOutput).output[0] as Rollup.OutputChunk).code.trim()
}
