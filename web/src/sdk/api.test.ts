import { describe, expect, it } from 'vitest'
import { Api } from './api'

interface Asked {
  path: string
  background: string | undefined
}

function recording(): { api: Api; asked: Asked[] } {
  const asked: Asked[] = []
  const api = new Api((path, init) => {
    const headers = init?.headers as Record<string, string>
    asked.push({ path: String(path), background: headers['X-Background'] })
    return Promise.resolve(new Response('{}', { status: 200 }))
  })
  return { api, asked }
}

describe('what a page asks by itself', () => {
  it('says so, and nothing else does', async () => {
    const { api, asked } = recording()
    await api.meeting('a')
    await api.inBackground(() => Promise.all([api.meeting('b'), api.attendance('b')]))
    await api.inBackground(() => api.setMeeting('c', 'open'))
    await api.meeting('d')
    expect(asked.map(({ background }) => background)).toEqual([undefined, '1', '1', undefined, undefined])
  })

  it('is over when what was asked for threw', async () => {
    const { api, asked } = recording()
    expect(() =>
      api.inBackground(() => {
        throw new Error('no')
      }),
    ).toThrow()
    await api.meeting('a')
    expect(asked[0]?.background).toBeUndefined()
  })
})
