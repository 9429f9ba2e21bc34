import { expect, it } from 'vitest'
import { BYTES_MOST, hasThumbnail, shownAs, wrongOf } from './files'

it('says what is wrong with a file before it is sent', () => {
  expect(wrongOf({ name: '章程.PDF', size: 10 })).toBeNull()
  expect(wrongOf({ name: 'photo.jpeg', size: BYTES_MOST })).toBeNull()
  expect(wrongOf({ name: 'run.exe', size: 10 })).toBe('kind')
  expect(wrongOf({ name: 'pdf', size: 10 })).toBeNull() // the server looks at what it is
  expect(wrongOf({ name: 'a.pdf', size: 0 })).toBe('empty')
  expect(wrongOf({ name: 'a.pdf', size: BYTES_MOST + 1 })).toBe('large')
})

it('tells what a small picture is made of', () => {
  expect(['image/jpeg', 'image/png', 'image/heic', 'application/pdf'].filter((mime) => hasThumbnail({ mime }))).toEqual(['image/jpeg', 'image/png'])
})

it('pictures and PDFs are shown in the page, everything else is fetched', () => {
  const kinds = ['image/png', 'image/jpeg', 'application/pdf', 'image/heic', 'text/plain', 'text/html', 'image/svg+xml']
  expect(kinds.map((mime) => shownAs({ mime }))).toEqual(['picture', 'picture', 'document', null, null, null, null])
})
