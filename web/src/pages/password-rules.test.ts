import { expect, it } from 'vitest'
import { passwordRules } from './password-rules'

it('wants ten characters of three classes', () => {
  expect(passwordRules('Abcdefghi1')).toEqual({ long: true, classes: true })
  expect(passwordRules('Abc1')).toEqual({ long: false, classes: true })
  expect(passwordRules('abcdefghij1')).toEqual({ long: true, classes: false })
  expect(passwordRules('密码abcdefgh1')).toEqual({ long: true, classes: true })
})
