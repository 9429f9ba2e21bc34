import { expect, it } from 'vitest'
import { mayUndo } from '@/model/acts'
import type { Row } from '@/model/row'
import { sessionActs, termActs, timeOf } from './acts'

it('a term has its first and its last day', () => {
  const term = { starts_on: '2022-01-01', ends_on: '2026-12-31' }
  expect(timeOf(term, '2021-12-31')).toBe('to_come')
  expect(timeOf(term, '2022-01-01')).toBe('current')
  expect(timeOf(term, '2026-12-31')).toBe('current')
  expect(timeOf(term, '2027-01-01')).toBe('past')
})

it('an edit is put back; the time for proposals only where there was one before', () => {
  const session = (opens: number | null): Row => ({ id: 's', version: 1, may: ['window'], proposal_open_at: opens, proposal_close_at: opens })
  const window = sessionActs.find(({ name }) => name === 'window')!
  expect(termActs[0]!.undo).toEqual(['name', 'starts_on', 'ends_on'])
  expect(mayUndo(window, session(1), session(2))).toBe(true)
  expect(mayUndo(window, session(null), session(2))).toBe(false)
})
