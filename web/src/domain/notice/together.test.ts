import { expect, it } from 'vitest'
import type { Notice } from './gen'
import { together } from './together'

/** "a9": the entry a, told at 9; "a9r": read. */
const entries = (text: string): Notice[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((one) => ({ id: one[0]!, posted_at: Number(one[1]), read_at: one[2] ? 1 : null }) as Notice)
const list = (text: string, next: string | null = null) => ({ items: entries(text), next })
const put = (shown: ReturnType<typeof list>, first: ReturnType<typeof list>) => {
  const { items, next } = together(shown, first)
  return [items.map(({ id, posted_at, read_at }) => `${id}${posted_at}${read_at === null ? '' : 'r'}`).join(' '), next]
}

it('puts what is new before what is shown, whose older part stays', () => {
  expect(put(list('b8 c7 d6 e5', 'after e'), list('a9 b8 c7', 'after c'))).toEqual(['a9 b8 c7 d6 e5', 'after e'])
  expect(put(list('b8 c7 d6'), list('a9 b8', 'after b'))).toEqual(['a9 b8 c7 d6', null])
})

it('shows what was read elsewhere as it is, and drops it from the unread', () => {
  expect(put(list('a9 b8 c7'), list('a9r b8 c7'))).toEqual(['a9r b8 c7', null])
  expect(put(list('a9 b8 c7 d6', 'after d'), list('a9 c7', 'after c'))).toEqual(['a9 c7 d6', 'after d'])
})

it('keeps what was read here, where it was', () => {
  expect(put(list('a9 b8r c7'), list('a9 c7'))).toEqual(['a9 b8r c7', null])
  expect(put(list('a9r b8'), list('a9 b8'))).toEqual(['a9r b8', null])
})

it('moves one that was told again to the top', () => {
  expect(put(list('a8 b7 c6r'), list('c9 a8 b7'))).toEqual(['c9 a8 b7', null])
})

it('begins anew where there may be more between the two', () => {
  expect(put(list('d5 e4', 'after e'), list('a9 b8', 'after b'))).toEqual(['a9 b8', 'after b'])
  expect(put(list('d5 e4'), list('d9 b8', 'after b'))).toEqual(['d9 b8', 'after b'])
  expect(put(list('d5 e4'), list('a9'))).toEqual(['a9', null])
  expect(put(list(''), list('a9', 'after a'))).toEqual(['a9', 'after a'])
})
