// What I must know of myself, in words: whether I am heard and seen, my place in the queue, whether it is my turn.
import { computed } from 'vue'
import { t } from '@/i18n'
import { shownOf } from './useDeviceButton'
import type { Room } from './useRoom'

const HEARD = { on: 'place.heard', starting: 'place.mic_starting', off: 'place.muted' } as const
const SEEN = { on: 'place.seen', starting: 'place.camera_starting', off: 'place.unseen' } as const

export function useOwnState(room: Pick<Room, 'localState' | 'floor' | 'pid' | 'hands'>) {
  const mic = computed(() => shownOf(room, 'mic'))
  const isMyTurn = computed(() => room.floor.value !== null && room.floor.value === room.pid.value)
  /** How many hands are up before mine; -1 while mine is down. */
  const before = computed(() => room.hands.value.findIndex(({ pid }) => pid === room.pid.value))
  const heard = computed(() => t(HEARD[mic.value]))
  const seen = computed(() => t(SEEN[shownOf(room, 'camera')]))
  const place = computed(() => (before.value < 0 ? '' : t('place.mine', { place: before.value + 1 })))
  return { mic, isMyTurn, before, heard, seen, place }
}
