import { expect, it } from 'vitest'
import { matchNames } from './name-list'

const person = (id: string, name: string, shown = name) => ({ id, name, shown })
const people = [person('1', '张三'), person('2', '王伟', '王伟（农业界）'), person('3', '王伟', '王伟（科技界）'), person('4', '阿不都·热合曼'), person('5', '李 Mary'), person('6', '于雅琴')]
const ids = (text: string) => matchNames(text, people).found.map(({ id }) => id)

it('finds each name of a list, however it was parted', () => {
  expect(ids('张三\n于雅琴')).toEqual(['1', '6'])
  expect(ids('张三、于雅琴，阿不都·热合曼；')).toEqual(['1', '6', '4'])
  expect(ids('张三 于雅琴\t李 Mary')).toEqual(['1', '6', '5'])
  expect(ids('张　三')).toEqual(['1'])
  expect(ids('张三 张三')).toEqual(['1'])
  expect(ids('')).toEqual([])
})

it('says which names several have, and which nobody', () => {
  const { found, several, none } = matchNames('张三，王伟，赵六，王　伟\n王伟(农业界)', people)
  expect(found.map(({ id }) => id)).toEqual(['1', '2'])
  expect(several.map(({ name, people: them }) => [name, them.map(({ id }) => id)])).toEqual([['王伟', ['2', '3']]])
  expect(none).toEqual(['赵六'])
})
