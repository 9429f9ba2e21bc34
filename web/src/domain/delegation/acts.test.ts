import { expect, it } from 'vitest'
import { spanState } from './acts'

const row = { id: 'd', may: [], starts_on: '2026-05-02', ends_on: '2026-05-04' }

it('says where something with days stands', () => {
  expect(spanState(row, false, '2026-05-01')).toBe('coming')
  expect(spanState(row, false, '2026-05-02')).toBe('on')
  expect(spanState(row, false, '2026-05-04')).toBe('on')
  expect(spanState(row, false, '2026-05-05')).toBe('over')
  expect(spanState(row, true, '2026-05-03')).toBe('off')
})
