import { expect, it } from 'vitest'
import { mayUndo, undoMany } from '@/model/acts'
import type { Requests } from '@/model/client'
import type { Row } from '@/model/row'
import { bulkActs } from './acts'
import { recording } from './gen'

const MANY = { duration_ms: 3_600_000, bytes: 1000, may: ['hold', 'release', 'remove'] }
const row = (id: string, more: object = {}): Row => ({ id, version: 1, ...MANY, ...more })
const act = (name: string) => bulkActs.find((one) => one.name === name)!

function recorder() {
  const sent: unknown[] = []
  const to: Requests = {
    request: async (method, path, body) => {
      sent.push([method, path, body])
      return { id: path.split('/')[2], may: [], version: 2 } as never
    },
  }
  return { sent, to }
}

it('many are held, released and removed in one request each', () => {
  expect(bulkActs.map(({ name, form }) => [name, recording.forms[form as 'hold'].bulk])).toEqual([['hold', true], ['release', true], ['remove', true]])
})

it('a hold is taken back by a release, and a release by a hold for the same reason', async () => {
  const { sent, to } = recorder()
  const held = { before: row('a'), after: row('a', { held_at: 1 }) }
  const released = { before: row('b', { held_at: 1, hold_reason: '审计' }), after: row('b') }
  await undoMany(recording, act('hold'), [held], to)
  await undoMany(recording, act('release'), [released], to)
  expect(sent).toEqual([
    ['POST', '/recordings/a/release', { note: expect.stringMatching(/./) }],
    ['POST', '/recordings/b/hold', { note: '审计' }],
  ])
})

it('what is removed does not come back', () => {
  expect(mayUndo(act('remove'), row('a'), row('a'))).toBe(false)
  expect(act('remove').hint?.()).toMatch(/./)
})

it('says how much they are together', () => {
  expect(act('remove').summary!([row('a'), row('b')])).toContain('2')
})
