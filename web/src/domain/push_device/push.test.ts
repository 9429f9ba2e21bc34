import { expect, it } from 'vitest'
import { cannot, deviceLabel, keyBytes } from './push'

const FINE = { isSecure: true, hasWorker: true, hasPush: true, permission: 'default', isApple: false, isInstalled: false } as const

it('says why a browser takes no pushes, the first thing that can be helped first', () => {
  expect(cannot(FINE)).toBeNull()
  expect(cannot({ ...FINE, isSecure: false, hasWorker: false })).toBe('insecure')
  expect(cannot({ ...FINE, isApple: true, hasPush: false, permission: null })).toBe('install')
  expect(cannot({ ...FINE, isApple: true, isInstalled: true })).toBeNull()
  expect(cannot({ ...FINE, hasPush: false })).toBe('browser')
  expect(cannot({ ...FINE, permission: 'denied' })).toBe('denied')
})

it('calls a browser by what its owner knows', () => {
  expect(deviceLabel('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0')).toBe('Edge, Windows')
  expect(deviceLabel('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17 Safari/604')).toBe('Safari, iOS')
  expect(deviceLabel('')).toBe('')
})

it('reads base64url', () => {
  expect([...keyBytes('-_8')]).toEqual([251, 255])
})
