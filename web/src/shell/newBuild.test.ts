// A page that is older than what the server has.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { question } from '@/composables/useConfirm'
import { memoryDrafts } from '@/model/drafts'
import { isLeaving, loadAnew, noteForm } from '@/model/unsaved'
import { ApiError } from '@/sdk/api'
import { isOld, look, misfit } from './newBuild'

const page = (build: string) => `<script src="/assets/early-1.js"></script><script type="module" crossorigin src="/assets/index-${build}.js"></script>`
const element = (name: string, value: string) => ({ getAttribute: (asked: string) => (asked === name ? value : null) })
let asked: unknown[]
let answer: () => Response
let now_ms = 0

beforeEach(() => {
  isOld.value = false
  asked = []
  now_ms += 3_600_000
  answer = () => new Response(page('a'))
  vi.stubGlobal('fetch', async (...what: unknown[]) => {
    asked.push(what)
    return answer()
  })
  vi.stubGlobal('document', {
    querySelectorAll: () => [element('src', '/assets/early-1.js'), element('src', '/assets/index-a.js'), element('href', '/assets/MePage-a.css'), element('href', '/icon.svg')],
  })
})
afterEach(() => vi.unstubAllGlobals())

it('is found by the assets that the server’s page names', async () => {
  await look({ now_ms })
  expect([isOld.value, asked]).toEqual([false, [['/index.html', { cache: 'no-cache' }]]])
  answer = () => new Response(page('b'))
  await look({ now_ms: now_ms + 59_000 })
  expect([isOld.value, asked.length]).toEqual([false, 1])
  await look({ now_ms: now_ms + 60_000 })
  expect([isOld.value, asked.length]).toEqual([true, 2])
  await look({ now_ms: now_ms + 600_000 })
  expect(asked.length).toBe(2)
})

it.each([
  ['the server cannot be reached', () => { throw new TypeError('Failed to fetch') }],
  ['it fails', () => new Response(page('b'), { status: 502 })],
  ['another answers', () => new Response('<h1>Sign in to the network</h1>')],
])('is not told where %s', async (_, said) => {
  answer = said
  await look({ now_ms })
  expect([isOld.value, asked.length]).toEqual([false, 1])
})

it('is looked for when the server does not know what it is told', async () => {
  await look({ now_ms })
  answer = () => new Response(page('b'))
  await misfit(new ApiError(422, 'invalid', '', [{ field: 'x', code: 'unknown' }]))
  expect([isOld.value, question.value]).toEqual([true, null])
})

it('is asked about at once when it said no version', async () => {
  void misfit(new ApiError(428, 'precondition_required', ''))
  expect([isOld.value, question.value?.danger, asked.length]).toEqual([true, false, 0])
  question.value?.answer(false)
})

it('keeps what is being filled in, and asks only where it cannot', async () => {
  const done: string[] = []
  const gone = noteForm({ dirty: ref(true), keep: async () => void done.push('kept') })
  const load = () => void done.push(isLeaving() ? 'left' : 'asked')
  await loadAnew(load, memoryDrafts())
  await loadAnew(load, { ...memoryDrafts(), lasts: () => true })
  expect(done).toEqual(['kept', 'asked', 'kept', 'left'])
  gone()
})
