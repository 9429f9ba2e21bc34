import { describe, expect, it } from 'vitest'
import { change_request } from '@/domain/change_request/gen'
import { meeting } from '@/domain/meeting/gen'
import { member_profile } from '@/domain/member_profile/gen'
import { papersOfList, papersOfRow } from './papers'
import type { Row } from './row'

const row = (...may: string[]) => ({ id: 'a', may }) as unknown as Row
const codes = (list: { code: string }[]) => list.map(({ code }) => code)

describe('what can be printed', () => {
  it('is of a record what its reader may, and reading is enough where the form says so', () => {
    expect(codes(papersOfRow(meeting, row()))).toEqual(['notice'])
    expect(codes(papersOfRow(meeting, row('export')))).toEqual(['notice', 'sign_in'])
    expect(codes(papersOfRow(change_request, row('accept')))).toEqual([])
  })
  it('is of a list what is declared of it', () => {
    expect(codes(papersOfList(member_profile, 'register'))).toEqual(['roster', 'contacts', 'badges'])
    expect(papersOfList(member_profile, 'members')).toEqual([])
    expect(papersOfList(member_profile, 'register')[0]!.path).toBe('/members/register/papers/roster')
  })
})
