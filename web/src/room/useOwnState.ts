// What I must know of myself, in words: whether I am heard and seen, my place in the queue, whether it is my turn.
import { computed } from 'vue'
import { t } from '@/i18n'
import type { Room } from './useRoom'

export function useOwnState(room: Room) {
  const micOn = computed(() => room.localState('mic') === 'on')
  const cameraOn = computed(() => room.localState('camera') === 'on')
  const isMyTurn = computed(() => room.floor.value !== null && room.floor.value === room.pid.value)
  /** How many hands are up before mine; -1 while mine is down. */
  const before = computed(() => room.hands.value.findIndex(({ pid }) => pid === room.pid.value))
  const heard = computed(() => t(micOn.value ? 'place.heard' : 'place.muted'))
  const seen = computed(() => t(cameraOn.value ? 'place.seen' : 'place.unseen'))
  const place = computed(() => (before.value < 0 ? '' : t('place.mine', { place: before.value + 1 })))
  return { micOn, isMyTurn, before, heard, seen, place }
}
