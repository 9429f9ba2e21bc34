import { beforeEach, expect, it, vi } from 'vitest'
import { api, useSession } from '@/composables/useSession'
import { absentOn, awayText, byPerson, forgetAbsent } from './away'
import type { Absence } from './gen'

const row = (id: string, person: string, ends_on: string, deputies: string | null = null): Absence => ({
  id, starts_on: '2026-05-01', ends_on, deputies, version: 1, is_cancelled: false, person: { id: person, name: person }, may: [],
})

function signIn(role: string) {
  useSession().session.value = { person: { id: 'me', name: 'Me', roles: [role] } } as never
}

beforeEach(() => {
  vi.restoreAllMocks()
  forgetAbsent()
})

it('says of each who is away until when he is, and who acts for him', () => {
  const absent = byPerson([row('1', 'ada', '2026-05-03'), row('2', 'ada', '2026-05-09', '李四'), row('3', 'bo', '2026-05-02')])
  expect(absent.get('ada')?.id).toBe('2')
  expect(absent.get('bo')?.id).toBe('3')
  expect(awayText(absent.get('ada')!)).toBe('外出至 2026年5月9日，李四代办')
  expect(awayText(absent.get('bo')!)).toBe('外出至 2026年5月2日')
})

it('asks once for a day, and only for who may know', async () => {
  const asked = vi.spyOn(api, 'request').mockResolvedValue({ items: [row('1', 'ada', '2026-05-03')], next: null, total: 1 } as never)
  signIn('member')
  expect((await absentOn('2026-05-02')).size).toBe(0)
  expect(asked).not.toHaveBeenCalled()
  signIn('liaison')
  expect((await absentOn('2026-05-02')).has('ada')).toBe(true)
  await absentOn('2026-05-02')
  expect(asked.mock.calls.map(([, path]) => path)).toEqual(['/absences?on=2026-05-02&limit=500'])
})
