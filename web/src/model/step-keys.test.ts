import { expect, it } from 'vitest'
import { calendar_year } from '@/domain/calendar_year/gen'
import { change_request } from '@/domain/change_request/gen'
import { org } from '@/domain/org/gen'
import { person_merge } from '@/domain/person_merge/gen'
import { actsOf, mayAct } from './acts'
import type { SubjectMeta } from './meta'
import type { Row } from './row'
import { actOfKey, keyOfAct } from './step-keys'

const row = (state: string, ...may: string[]): Row => ({ id: 'x', state, may })
function verbOf(of: SubjectMeta, key: string, now: Row): string | undefined {
  return actOfKey(of, key, actsOf(of).filter((act) => mayAct(act, now)))?.verb
}

it('a accepts and r returns what the record lets be decided', () => {
  const asked = row('pending', 'accept', 'refuse')
  expect([verbOf(change_request, 'a', asked), verbOf(change_request, 'r', asked)]).toEqual(['accept', 'refuse'])
  expect(verbOf(person_merge, 'a', row('proposed', 'confirm', 'refuse'))).toBe('confirm')
  expect(verbOf(calendar_year, 'a', row('loaded', 'check', 'refuse'))).toBe('check')
  expect(verbOf(calendar_year, 'a', row('checked', 'activate', 'refuse'))).toBe('activate')
})

it('nothing that is not his to do, not possible now, or no such step', () => {
  expect(verbOf(change_request, 'a', row('pending', 'withdraw'))).toBeUndefined()
  expect(verbOf(change_request, 'a', row('accepted', 'accept'))).toBeUndefined()
  expect(verbOf(change_request, 'x', row('pending', 'accept'))).toBeUndefined()
  expect(verbOf(org, 'a', row('', 'edit', 'close'))).toBeUndefined()
})

it('a button says its key', () => {
  const possible = actsOf(change_request).filter((act) => mayAct(act, row('pending', 'accept', 'refuse', 'withdraw')))
  expect(possible.map((act) => keyOfAct(change_request, act, possible))).toEqual(['a', 'r', undefined])
})
