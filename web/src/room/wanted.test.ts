import { expect, it } from 'vitest'
import { wantedOf } from './wanted'

const shown = ['a', 'b', 'c', 'd', 'e', 'f'].map((pid, i) => ({ pid, w: i ? 640 : 1280, h: i ? 360 : 720 }))
const everybody = () => true

it('asks for what is on the stage', () => {
  expect(wantedOf(shown, 'auto', () => false)).toEqual(shown)
})

it('asks for four small pictures while saving data, of those who show one', () => {
  const wanted = wantedOf(shown, 'saver', (pid) => pid !== 'b')
  expect(wanted.map(({ pid }) => pid)).toEqual(['a', 'c', 'd', 'e'])
  expect(wanted.every(({ w, h }) => w === 320 && h === 180)).toBe(true)
})

it('keeps the shape, and makes nothing larger', () => {
  const size = (w: number, h: number) => wantedOf([{ pid: 'a', w, h }], 'saver', everybody)[0]
  expect(size(300, 400)).toEqual({ pid: 'a', w: 135, h: 180 })
  expect(size(160, 90)).toEqual({ pid: 'a', w: 160, h: 90 })
  expect(size(0, 0)).toEqual({ pid: 'a', w: 0, h: 0 })
})

it('asks for none when voices are enough', () => {
  expect(wantedOf(shown, 'audio', everybody)).toEqual([])
})
