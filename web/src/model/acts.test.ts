import { describe, expect, it } from 'vitest'
import { change_request } from '@/domain/change_request/gen'
import { member_profile } from '@/domain/member_profile/gen'
import { org } from '@/domain/org/gen'
import { person } from '@/domain/person/gen'
import { role_holder } from '@/domain/role_holder/gen'
import { actsOf, asks, askedOf, mayAct, mayTellNobody, runAct, runEach, undoAct, undoMany, type Act } from './acts'
import type { Requests } from './client'
import type { Row } from './row'

const row = (id: string, more: object = {}): Row => ({ id, version: 1, may: ['edit'], active: true, ...more })
const disable: Act = { name: 'disable', verb: 'edit', form: 'edit', fields: [], said: { active: false }, label: () => '', undo: ['active'], when: (one) => one['active'] === true }

function recorder() {
  const sent: unknown[] = []
  const requests: Requests = {
    request: async (method, path, body, version) => {
      sent.push([method, path, body, version])
      return { id: 'x', may: [], version: 2 } as never
    },
  }
  return { sent, requests }
}

describe('acts', () => {
  it('are the forms for one record, in their order, with those of the page', () => {
    expect(actsOf(org).map(({ name }) => name)).toEqual(['edit', 'rename', 'close'])
    expect(actsOf(person, [disable]).map(({ name }) => name)).toEqual(['edit', 'set_roles', 'unlock', 'sign_out', 'disable'])
  })
  it('of a workflow are possible from their states', () => {
    const asked = row('r', { state: 'asked', may: ['confirm', 'refuse', 'end'] })
    const possible = actsOf(role_holder).filter((act) => mayAct(act, asked))
    expect(possible.map(({ name }) => name)).toEqual(['confirm', 'refuse'])
  })
  it('are possible where the record says so', () => {
    expect(mayAct(disable, row('a'))).toBe(true)
    expect(mayAct(disable, row('a', { may: [] }))).toBe(false)
    expect(mayAct(disable, row('a', { active: false }))).toBe(false)
  })
  it('ask what their form has, unless they say it themselves', () => {
    expect(askedOf(person, disable)).toEqual([])
    expect(askedOf(person, actsOf(person)[1]!)).toEqual(['roles'])
  })
  it('tell nobody only where the server lets them, and are asked for that alone too', () => {
    const quiet = (meta: Parameters<typeof actsOf>[0]) => actsOf(meta).filter((act) => mayTellNobody(meta, act)).map(({ name }) => name)
    expect(quiet(member_profile)).toEqual(['admit', 'renew'])
    expect(quiet(change_request)).toEqual([])
    const admit = actsOf(member_profile).find(({ name }) => name === 'admit')!
    expect(asks(member_profile, { ...admit, fields: [] })).toBe(true)
    expect(asks(member_profile, { ...admit, run: async () => undefined })).toBe(false)
    expect(asks(person, disable)).toBe(false)
  })
  it('are sent and taken back', async () => {
    const { sent, requests } = recorder()
    const after = await runAct(person, disable, row('a'), {}, requests)
    await undoAct(person, disable, row('a'), { ...after, id: 'a' }, requests)
    expect(sent).toEqual([
      ['PATCH', '/people/a', { active: false }, 1],
      ['PATCH', '/people/a', { active: true }, 2],
    ])
  })
})

it('many are done one by one, and those that failed are told', async () => {
  const counts: number[] = []
  const outcome = await runEach(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => row(id)),
    async (one) => {
      if (one.id === 'c') throw new Error('no')
      return { ...one, version: 2 }
    },
    (count) => counts.push(count),
  )
  expect(outcome.done.map(({ after }) => after.id).sort()).toEqual(['a', 'b', 'd', 'e', 'f'])
  expect(outcome.failed.map((one) => one.row.id)).toEqual(['c'])
  expect(counts[counts.length - 1]).toBe(6)
})

it('what was done to many is taken back of many where the server does so, and else one by one', async () => {
  const { sent, requests } = recorder()
  const done = ['a', 'b'].map((id) => ({ before: row(id), after: row(id, { version: 2, active: false }) }))
  const answering: Requests = {
    request: async (method, path, body, version) => {
      await requests.request(method, path, body, version)
      return (path.endsWith('/undo') ? { results: [{ id: 'a', status: 200 }, { id: 'b', status: 409, code: 'undo_gone' }] } : { id: 'a', may: [], version: 3 }) as never
    },
  }
  const renew = actsOf(member_profile).find(({ name }) => name === 'renew')!
  const many = await undoMany(member_profile, renew, done, answering)
  expect(sent.map((one) => (one as unknown[])[1])).toEqual(['/members/-/undo', '/members/a'])
  expect(many.done.map(({ after }) => after.version)).toEqual([3])
  expect(many.failed.map((one) => one.row.id)).toEqual(['b'])
  sent.length = 0
  await undoMany(person, disable, done, answering)
  expect(sent.map((one) => (one as unknown[])[0])).toEqual(['PATCH', 'PATCH'])
})
