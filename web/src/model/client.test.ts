import { describe, expect, it } from 'vitest'
import { person, type PersonTypes } from '@/domain/person/gen'
import { post, type PostTypes } from '@/domain/post/gen'
import { client, type Requests } from './client'
import { stepOf, type SubjectMeta } from './meta'

type Asked = [method: string, path: string, body?: unknown, version?: number]

function recording(): { api: Requests; asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    api: {
      request<Result>(...request: Asked) {
        asked.push(request)
        return Promise.resolve({} as Result)
      },
    },
  }
}

describe('records over the API', () => {
  it('are asked for where the server declares them', async () => {
    const { api, asked } = recording()
    const people = client<PersonTypes>(person, api)
    const posts = client<PostTypes>(post, api)
    await people.list('people', { role: 'staff', q: '', sort: '-name', after: null })
    await posts.list('of_person', { on: '2022-12-31' }, { person: 'p1' })
    await people.one('p1')
    await people.events('p1')
    expect(asked.map(([method, path]) => `${method} ${path}`)).toEqual([
      'GET /people?role=staff&sort=-name',
      'GET /people/p1/posts?on=2022-12-31',
      'GET /people/p1',
      'GET /people/p1/events',
    ])
  })

  it('are changed with the version that was read', async () => {
    const { api, asked } = recording()
    const people = client<PersonTypes>(person, api)
    await people.create('create', { name: '李' })
    await people.act('edit', { id: 'p1', version: 3 }, { active: false })
    await people.act('unlock', { id: 'p1' }, {})
    expect(asked).toEqual([
      ['POST', '/people', { name: '李' }],
      ['PATCH', '/people/p1', { active: false }, 3],
      ['POST', '/people/p1/unlock', {}, undefined],
    ])
  })

  it('have no address that lacks something', () => {
    const { api } = recording()
    expect(() => client<PostTypes>(post, api).list('of_person', {})).toThrow('person')
  })
})

it('finds the step of a verb by the state', () => {
  const form = { method: 'POST', path: '/x', fields: [] } as const
  const of: SubjectMeta = {
    ...person,
    steps: {
      file_new: { ...form, verb: 'file', from: ['new'], to: 'filed' },
      file_back: { ...form, verb: 'file', from: ['back', 'lost'], to: 'filed_again' },
    },
  }
  expect(stepOf(of, 'file', 'lost')?.to).toBe('filed_again')
  expect(stepOf(of, 'file', 'filed')).toBeUndefined()
})
