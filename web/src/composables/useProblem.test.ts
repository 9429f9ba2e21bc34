import { expect, it } from 'vitest'
import { t } from '@/i18n'
import { registerWords } from '@/model/dictionary'
import { ApiError } from '@/sdk/api'
import { SignalError } from '@/sdk/protocol'
import { fieldTexts, problemKey, problemText } from './useProblem'

it.each([
  [new ApiError(403, 'bad_csrf', 'The page is out of date; load it again'), 'error.bad_csrf'],
  [new ApiError(409, 'person.login_taken', ''), 'error.conflict'],
  [new ApiError(412, 'stale', ''), 'error.stale'],
  [new ApiError(428, 'precondition_required', ''), 'error.precondition_required'],
  [new ApiError(409, 'wrong_state', ''), 'error.wrong_state'],
  [new ApiError(409, 'invitation.invited', ''), 'error.invitation.invited'],
  [new ApiError(409, 'conflict', 'UNIQUE constraint failed: person.login'), 'error.conflict'],
  [new ApiError(422, 'invalid', 'title is of the wrong type or too long'), 'error.invalid'],
  [new ApiError(415, 'not_json', 'The body must be JSON'), 'error.invalid'],
  [new ApiError(502, 'http_502', ''), 'error.internal'],
  [new SignalError('disk', 'no space'), 'error.disk'],
  [new TypeError('x is undefined'), 'error.internal'],
])('%s has words', (error, key) => expect(problemKey(error)).toBe(key))

it('says a code of a subject in the subject’s words', () => {
  const words = { 'code.full': '已满，最多 {most} 人' }
  registerWords({ name: 'hall', words: { zh: words, en: words } })
  expect(problemText(new ApiError(409, 'hall.full', '', [], { most: 3 }))).toBe('已满，最多 3 人')
  expect(problemText(new ApiError(409, 'hall.other', ''))).toBe(t('error.conflict'))
})

it('says with a code of the kernel how many are too many', () => {
  expect(problemText(new ApiError(409, 'too_many_rows', '', [], { most: 2000 }))).toContain('2000')
})

it('says of each member what is wrong with it', () => {
  const errors = [
    { field: 'name', code: 'long', params: { most: 64 } },
    { field: 'login', code: 'characters' },
    { field: 'age', code: 'some_later_code' },
  ]
  const texts = fieldTexts(new ApiError(422, 'invalid', '', errors))
  expect(Object.keys(texts)).toEqual(['name', 'login', 'age'])
  expect(texts.name).toContain('64')
  expect(texts.age).not.toContain('some_later_code')
  expect(fieldTexts(new TypeError('x'))).toEqual({})
})

it('never shows what the server says in English', () => {
  const said = 'title is of the wrong type or too long'
  expect(problemText(new ApiError(422, 'invalid', said))).not.toContain(said)
})
