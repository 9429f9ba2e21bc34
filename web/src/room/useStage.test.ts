import { beforeAll, expect, it, vi } from 'vitest'
import { effectScope, reactive, ref } from 'vue'
import { useStage } from './useStage'
import type { Room } from './useRoom'

const PEOPLE = ['me', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']
const DESKTOP = { w: 1416, h: 760 }
const PHONE = { w: 390, h: 360 }

beforeAll(() => vi.stubGlobal('devicePixelRatio', 1))

/** A stage on which everybody has a camera. `large`: large type on a phone. */
function setUp({ size = DESKTOP, large = false, layout = 'gallery', camerasOnly = false } = {}) {
  const items = new Map(
    PEOPLE.map((pid, i) => [pid, { pid, camera: pid !== 'k', capacity: 'attend', joined_at: i }]),
  )
  const setView = vi.fn()
  const room = {
    client: { pictures: 9, roster: { items }, setView },
    rosterVersion: ref(0),
    speaker: ref<string | null>(null),
    pid: ref('me'),
    screen: ref<object | null>(null),
    pinned: ref<string | null>(null),
    floor: ref<string | null>(null),
    joined: ref(true),
    unasked: ref(new Set()),
    view: reactive({ layout, camerasOnly, hideSelf: false, quality: 'auto' }),
    participant: (pid: string) => items.get(pid),
  }
  const stage = effectScope().run(() =>
    useStage(room as unknown as Room, ref(size), ref(size === PHONE), ref(large)),
  )!
  const shown = () => stage.placed.value.map(({ pid, role }) => `${role} ${pid}`)
  return { room, stage, shown, setView }
}

it('gives whoever has the floor the large picture, whatever layout was chosen', () => {
  const { room, stage, shown } = setUp()
  expect(stage.mode.value).toBe('gallery')
  room.floor.value = 'k'
  expect(stage.mode.value).toBe('speaker')
  expect(shown()[0]).toBe('main k')
})

it('shows whoever has the floor first beside a shared screen', async () => {
  const { room, stage, shown } = setUp({ camerasOnly: true })
  room.screen.value = {}
  await Promise.resolve()
  stage.turn(1)
  room.floor.value = 'k'
  await Promise.resolve()
  expect(stage.mode.value).toBe('screen')
  expect(shown()[0]).toBe('strip k')
  expect(shown().filter((tile) => tile === 'strip k')).toHaveLength(1)
})

it('shows whoever has the floor first beside whom the viewer pinned', () => {
  const { room, shown } = setUp()
  room.pinned.value = 'a'
  room.floor.value = 'k'
  expect(shown().slice(0, 2)).toEqual(['main a', 'strip k'])
})

it('shows whoever has the floor with large type on a phone too, and nobody else beside the screen', () => {
  const { room, stage, shown } = setUp({ size: PHONE, large: true })
  room.screen.value = {}
  expect(shown()).toEqual([])
  expect(stage.screenRect.value).toEqual({ x: 0, y: 0, ...PHONE })
  room.floor.value = 'k'
  expect(shown()).toEqual(['strip k'])
  const { rect } = stage.placed.value[0]!
  expect(rect.y + rect.h).toBeLessThanOrEqual(PHONE.h)
  expect(stage.screenRect.value!.h).toBeLessThanOrEqual(rect.y)
  room.floor.value = 'me'
  expect(shown()).toEqual([])
})

it('asks for the picture of whoever has the floor before the others', async () => {
  const { room, setView } = setUp()
  room.screen.value = {}
  room.floor.value = 'k'
  await Promise.resolve()
  expect(setView.mock.lastCall![0][0].pid).toBe('k')
})
