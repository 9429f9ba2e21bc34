import { expect, it } from 'vitest'
import { draftProblem, emptyDraft, guestInvitation, revived, timesOf } from './meeting-draft'

const HOUR = 3_600_000
const draft = () => ({ ...emptyDraft({ id: 'host', name: '陈' }, new Date(2026, 4, 5, 9, 20).getTime()), title: 'x' })

it('begins at the next full hour and lasts two', () => {
  const { planned_start, planned_end } = timesOf(draft())
  expect(new Date(planned_start).getHours()).toBe(10)
  expect(planned_end - planned_start).toBe(2 * HOUR)
})

it('takes the day of one field and the time of the other', () => {
  const moved = { ...draft(), day: new Date(2026, 8, 30) }
  const start = new Date(timesOf(moved).planned_start)
  expect([start.getMonth(), start.getDate(), start.getHours()]).toEqual([8, 30, 10])
})

it('lets an evening cross midnight, but not a slip of the hand', () => {
  const evening = { ...draft(), start: new Date(2026, 4, 5, 23), end: new Date(2026, 4, 5, 1) }
  expect(timesOf(evening).planned_end - timesOf(evening).planned_start).toBe(2 * HOUR)
  const slip = { ...draft(), start: new Date(2026, 4, 5, 14), end: new Date(2026, 4, 5, 13) }
  expect(draftProblem(slip)).toBe('form.need_times')
})

it('says what is missing', () => {
  expect(draftProblem(draft())).toBeNull()
  expect(draftProblem({ ...draft(), title: '  ' })).toBe('form.need_title')
  expect(draftProblem({ ...draft(), host: '' })).toBe('form.need_host')
})

it('is the same after being kept as JSON', () => {
  const before = draft()
  expect(revived(JSON.parse(JSON.stringify(before)))).toEqual(before)
})

it('invites a guest by name, with the organisation if there is one', () => {
  expect(guestInvitation({ name: ' 王 ', organisation: ' ', capacity: 'observe' })).toEqual({
    guest_name: '王',
    capacity: 'observe',
  })
  expect(guestInvitation({ name: ' ', organisation: '局', capacity: 'observe' })).toBeNull()
})
