import { expect, it } from 'vitest'
import type { Meeting } from '@/domain/meeting/gen'
import { byUse, has, searchAll, type SearchSource } from './search'

const source = (word: SearchSource['word'], find: SearchSource['find']): SearchSource => ({ word, find })
const one = { id: '1', title: '一', text: '', to: '/' }

it('shows what was found, and says what could not be searched', async () => {
  const { groups, failed } = await searchAll('李', ['staff'], [
    source('search.people', async () => [one]),
    source('search.meetings', async () => []),
    source('search.recordings', () => Promise.reject(new Error('down'))),
  ])
  expect(groups).toEqual([{ word: 'search.people', found: [one] }])
  expect(failed).toEqual(['search.recordings'])
})

it('puts what is live first, then what comes next, then what was last', () => {
  const meeting = (state: Meeting['state'], planned_start: number) => ({ state, planned_start }) as Meeting
  const sorted = [
    meeting('ended', 1),
    meeting('scheduled', 9),
    meeting('ended', 3),
    meeting('live', 2),
    meeting('scheduled', 5),
  ].sort(byUse)
  expect(sorted.map(({ planned_start }) => planned_start)).toEqual([2, 5, 9, 3, 1])
})

it('does not mind capitals', () => {
  expect(has('关于 WebRTC 的会议', 'webrtc')).toBe(true)
  expect(has('关于', 'x')).toBe(false)
})
