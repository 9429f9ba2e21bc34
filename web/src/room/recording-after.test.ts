import { expect, it } from 'vitest'
import { recordingAfter } from './recording-after'

it('promises nothing of a meeting that was not recorded, or whose recording failed', () => {
  expect(recordingAfter('m', [])).toEqual({ promised: false, path: '' })
  expect(recordingAfter('m', [{ id: 'r', state: 'failed' }])).toEqual({ promised: false, path: '' })
})

it('leads to what can be watched, and promises what is being finished', () => {
  expect(recordingAfter('m', [{ id: 'r', state: 'recording' }])).toEqual({ promised: true, path: '' })
  expect(recordingAfter('m', [{ id: 'r', state: 'ready' }])).toEqual({ promised: true, path: '/recordings/r' })
  const two = [{ id: 'r', state: 'interrupted' }, { id: 's', state: 'ready' }] as const
  expect(recordingAfter('m', two).path).toBe('/recordings?meeting=m')
})
