import { expect, it } from 'vitest'
import { chunksOf } from './join-chunks'

const IMPORTS: Record<string, string[]> = {
  '/w/src/main.ts': ['vue'],
  '/w/src/pages/LinkPage.vue': ['vue', 'menu', 'own'],
  '/w/src/room/MeetingPage.vue': ['vue', 'menu', 'avatar'],
  '/w/staff': ['menu', 'avatar', 'words', 'vue'],
  menu: ['keys'],
  keys: [],
  own: [],
  avatar: [],
  words: [],
  vue: [],
}
const graph = {
  getModuleIds: () => Object.keys(IMPORTS),
  getModuleInfo: (id: string) => ({
    importedIds: IMPORTS[id] ?? [],
    importers: Object.keys(IMPORTS).filter((by) => IMPORTS[by]!.includes(id)),
  }),
}

it('keeps what the join path shares with other pages in chunks of its own', () => {
  // With all that it imports; what nobody else has stays with its page, and what everybody has is apart from the entry.
  expect(Object.fromEntries(chunksOf(graph))).toEqual({ vue: 'base', menu: 'door', keys: 'door', avatar: 'room' })
})
