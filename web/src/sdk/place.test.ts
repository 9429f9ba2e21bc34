import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keepPlace, openedFor, openFor, takePlace } from './place'

const store = new Map<string, string>()
beforeEach(() => {
  store.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  })
})
const place = { session: 's', until: 1000, person: 'a', socket: 'wss://y.example/ws', iceServers: [], mic: true, camera: false }

describe('a place', () => {
  it('is found once by its own person', () => {
    keepPlace('m', place)
    expect(takePlace('m', 'a', 999)).toEqual(place)
    expect(takePlace('m', 'a', 999)).toBeNull()
  })
  it('is never somebody else’s, nor of another meeting, nor for ever', () => {
    keepPlace('m', place)
    expect(takePlace('m', 'b', 999)).toBeNull()
    keepPlace('m', place)
    expect(takePlace('n', 'a', 999)).toBeNull()
    expect(takePlace('m', 'a', 1000)).toBeNull()
  })
  it('is not there for a copy of the window once the page is shown again', () => {
    keepPlace('m', place)
    keepPlace('m', null)
    expect(takePlace('m', 'a', 0)).toBeNull()
  })
  it('is none without the way to it', () => {
    store.set('yishi.place.m', JSON.stringify({ ...place, socket: undefined }))
    expect(takePlace('m', 'a', 0)).toBeNull()
  })
  it('may be refused by the browser', () => {
    vi.stubGlobal('sessionStorage', undefined)
    keepPlace('m', place)
    expect(takePlace('m', 'a', 0)).toBeNull()
  })
})

describe('a window', () => {
  it('belongs to whoever is first, until somebody says otherwise', () => {
    expect(openedFor({ id: 'a', shown: 'W（1）' }).id).toBe('a')
    expect(openedFor({ id: 'b', shown: 'W（2）' })).toEqual({ id: 'a', name: 'W（1）' })
    openFor({ id: 'b', shown: 'W（2）' })
    expect(openedFor({ id: 'b', shown: 'W（2）' }).id).toBe('b')
  })
})
