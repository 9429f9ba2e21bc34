import { expect, it } from 'vitest'
import { pushTitle, stale, wayOf } from './kept'

const HERE = 'https://yishi.example'
const way = (path: string, mode = 'cors', method = 'GET') =>
  wayOf({ url: path.startsWith('http') ? path : HERE + path, mode, method }, HERE)

it('keeps what never changes, and nothing else', () => {
  expect(way('/assets/index-CDSBiwch.js')).toBe('asset')
  expect(way('/api/v1/meetings')).toBe('none')
  expect(way('/api/v1/meetings/m/attendance.csv', 'navigate')).toBe('none')
  expect(way('/ws')).toBe('none')
  expect(way('/assets/index-CDSBiwch.js', 'cors', 'POST')).toBe('none')
  expect(way('https://elsewhere.example/assets/a.js')).toBe('none')
  expect(way('/manifest.webmanifest')).toBe('none')
})

it('lets a page come from the server', () => {
  expect(way('/', 'navigate')).toBe('page')
  expect(way('/j/secret', 'navigate')).toBe('page')
  expect(way('/offline.css')).toBe('offline')
})

it('throws away what two builds no longer have', () => {
  expect(stale(['/assets/a', '/assets/b', '/assets/c'], ['/assets/c'], ['/assets/b'])).toEqual(['/assets/a'])
})

it('shows something for whatever is pushed', () => {
  expect(pushTitle('{"title":"议事：有 2 条新通知","count":2}')).toBe('议事：有 2 条新通知')
  for (const text of ['', 'null', '{"title":""}', '{"title":7}', 'not JSON']) expect(pushTitle(text)).toContain('新消息')
})
