import { expect, it } from 'vitest'
import { csvOf } from './csv'

it('quotes what would end a cell, and lets nothing be a formula', () => {
  const file = csvOf([
    ['姓名', '链接'],
    ['王 "老"', 'a,b'],
    ['=1+1', '-'],
  ])
  expect(file).toBe('\ufeff姓名,链接\r\n"王 ""老""","a,b"\r\n\'=1+1,\'-\r\n')
})
