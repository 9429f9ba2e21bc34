import { expect, it } from 'vitest'
import type { Line } from '@/sdk/api.gen'
import { among, isBad, troubleText, wayText, worstFirst, type Trouble } from './lines'

const line = (name: string, more: Partial<Line> = {}): Line => ({
  meeting: 'a',
  title: '协商会',
  person: name,
  name,
  device: '',
  state: 'connected',
  way: 'udp',
  from_here: false,
  rtt_ms: 480,
  silent_ms: 5200,
  loss_down_permille: 151,
  loss_up_permille: 20,
  estimate_by: 'feedback',
  estimate_kbps: 600,
  wanted_kbps: 2000,
  repairs: 0,
  repairs_refused: 0,
  unsent: 0,
  keyframes_asked: 0,
  pictures: [1, 0, 0],
  pictures_missing: 2,
  troubles: [],
  badness: 0,
  dropped: {},
  ...more,
})
const ALL: Trouble[] = ['connecting', 'lost', 'closed', 'silent', 'loss_down', 'loss_up', 'narrow', 'far', 'missing']

it('says each trouble with its figure', () => {
  const text = (trouble: Trouble) => troubleText(line('李'), trouble)
  expect(text('loss_down')).toContain('15 %')
  expect(text('loss_up')).toContain('2 %')
  expect(text('far')).toContain('480 ')
  expect(text('silent')).toContain('5 ')
  expect(text('missing')).toContain('2')
  for (const trouble of ALL) expect(text(trouble)).not.toMatch(/[{}]|NaN|undefined/)
  expect(new Set(ALL.map(text)).size).toBe(ALL.length)
})

it('has the worst first, and finds people', () => {
  const lines = [line('王'), line('李', { badness: 1000, troubles: ['lost'] }), line('张', { badness: 30, troubles: ['far'], meeting: 'b' })]
  expect(worstFirst(lines).map(({ name }) => name)).toEqual(['李', '张', '王'])
  expect(among(lines, 'b', '').map(({ name }) => name)).toEqual(['张'])
  expect(among(lines, '', ' 李 ').map(({ name }) => name)).toEqual(['李'])
  expect(lines.filter(isBad)).toHaveLength(2)
})

it('says by which way somebody comes', () => {
  expect(wayText(line('李'))).toContain('UDP')
  expect(wayText(line('李', { way: 'none' }))).not.toMatch(/UDP|TCP/)
  expect(wayText(line('李', { way: 'tcp', from_here: true }))).not.toBe(wayText(line('李', { way: 'tcp' })))
})
