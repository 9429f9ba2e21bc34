// Which chunk a module goes to that the join path shares with other pages. The build joins small chunks so that a phone asks for
// fewer files; left to itself it also joins what is loaded between a link and the goodbye with what only the staff need.
import type { Rollup } from 'vite'

const ENTRY = 'src/main.ts'
/** Each needs what those before it need. */
const PAGES = [
  { file: 'src/pages/LinkPage.vue', chunk: 'door' },
  { file: 'src/room/MeetingPage.vue', chunk: 'room' },
] as const

type Info = Pick<Rollup.ModuleInfo, 'importedIds' | 'importers'>
type Graph = { getModuleInfo(id: string): Info | null; getModuleIds(): Iterable<string> }

/** The module and all that it imports, but for what comes only when it is asked for. */
function closure(graph: Graph, root: string | undefined): Set<string> {
  const found = new Set<string>()
  const visit = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    for (const next of graph.getModuleInfo(id)?.importedIds ?? []) visit(next)
  }
  if (root !== undefined) visit(root)
  return found
}

const idOf = (graph: Graph, file: string): string | undefined => [...graph.getModuleIds()].find((id) => id.endsWith(`/${file}`))

/** What every page has, and modules of the join path's pages that something else imports too, with the chunk of each. */
export function chunksOf(graph: Graph): Map<string, string> {
  const entry = idOf(graph, ENTRY)
  const known = closure(graph, entry)
  // What else is joined with the entry may import these chunks: were they to import the entry, each would wait for the other.
  const chunks = new Map([...known].filter((id) => id !== entry).map((id) => [id, 'base']))
  for (const { file, chunk } of PAGES) {
    const own = [...closure(graph, idOf(graph, file))].filter((id) => !known.has(id))
    const isShared = (id: string) => graph.getModuleInfo(id)?.importers.some((by) => !own.includes(by)) ?? false
    const shared = own.filter(isShared)
    for (const id of shared.flatMap((id) => [...closure(graph, id)])) if (!known.has(id)) chunks.set(id, chunk)
    for (const id of own) known.add(id)
  }
  return chunks
}

export function joinChunks(): Rollup.GetManualChunk {
  let chunks: Map<string, string> | null = null
  return (id, graph) => (chunks ??= chunksOf({ getModuleInfo: graph.getModuleInfo, getModuleIds: graph.getModuleIds })).get(id)
}
