import { afterEach, expect, it } from 'vitest'
import { api } from '@/composables/useSession'
import { absence } from '@/domain/absence/gen'
import { acting, endActing, isOf, pathsOf, takesFiles } from './behalf'

afterEach(endActing)

it('knows the addresses of a kind of record', () => {
  const paths = pathsOf(absence)
  expect(isOf('/absences', paths)).toBe(true)
  expect(isOf('/absences?limit=5', paths)).toBe(true)
  expect(isOf('/absences/a1/cancel', paths)).toBe(true)
  expect(isOf('/people/p1/absences', paths)).toBe(true)
  expect(isOf('/people/p1/posts', paths)).toBe(false)
  expect(isOf('/session', paths)).toBe(false)
})

it('takes no files for another', () => {
  expect(takesFiles.value).toBe(true)
  acting.value = { person: { id: 'giver', name: '甲' }, until: '2026-01-01', verbs: ['absence.create'], paths: [], by: 'me' }
  expect(takesFiles.value).toBe(false)
  endActing()
  expect(takesFiles.value).toBe(true)
})

it('says for whom only where something was given', () => {
  expect(api.behalfOf('/absences')).toBeNull()
  acting.value = { person: { id: 'giver', name: '甲' }, until: '2026-01-01', verbs: ['absence.create'], paths: pathsOf(absence), by: 'me' }
  expect(api.behalfOf('/absences')).toBe('giver')
  expect(api.behalfOf('/notices')).toBeNull()
})
