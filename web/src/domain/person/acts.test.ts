import { expect, it } from 'vitest'
import { mayUndo } from '@/model/acts'
import type { Row } from '@/model/row'
import { personActs } from './acts'

const setRoles = personActs(() => undefined).find(({ name }) => name === 'set_roles')!
const row = (...roles: string[]): Row => ({ id: 'p', may: [], roles })

it('who takes away a role that needs a second person is asked before and cannot undo it', () => {
  expect(mayUndo(setRoles, row('staff', 'liaison'), row('staff'))).toBe(false)
  expect(setRoles.question?.('王').title).toContain('王')
  expect(mayUndo(setRoles, row('staff', 'member'), row('member'))).toBe(true)
  expect(mayUndo(setRoles, row('member'), row('member', 'staff'))).toBe(true)
})
