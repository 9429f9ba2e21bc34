import { expect, it } from 'vitest'
import { ApiError } from '@/sdk/api'
import { SignalError } from '@/sdk/protocol'
import { problemKey, problemText } from './useProblem'

it.each([
  [new ApiError(403, 'bad_csrf', 'The page is out of date; load it again'), 'error.bad_csrf'],
  [new ApiError(409, 'conflict', 'the login chen is taken'), 'error.conflict_login'],
  [new ApiError(409, 'conflict', 'the meeting is ended'), 'error.conflict_state'],
  [new ApiError(409, 'conflict', 'UNIQUE constraint failed: person.login'), 'error.conflict'],
  [new ApiError(422, 'invalid', 'title is of the wrong type or too long'), 'error.invalid'],
  [new ApiError(415, 'not_json', 'The body must be JSON'), 'error.invalid'],
  [new ApiError(502, 'http_502', ''), 'error.internal'],
  [new SignalError('disk', 'no space'), 'error.disk'],
  [new TypeError('x is undefined'), 'error.internal'],
])('%s has words', (error, key) => expect(problemKey(error)).toBe(key))

it('never shows what the server says in English', () => {
  const said = 'title is of the wrong type or too long'
  expect(problemText(new ApiError(422, 'invalid', said))).not.toContain(said)
})
