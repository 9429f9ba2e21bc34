// A button that opens and closes the microphone or the camera, as it looks and what it says, wherever it stands. Opening
// takes a while, or waits for the browser's question: it is neither on nor off then, and pressing again calls it off.
import { LoaderCircle, Mic, MicOff, Video, VideoOff } from 'lucide-vue-next'
import { computed } from 'vue'
import { t } from '@/i18n'
import type { LocalSource } from '@/sdk/local'
import type { Room } from './useRoom'

const ICONS = { mic: { on: Mic, off: MicOff }, camera: { on: Video, off: VideoOff } }

/** A device in trouble is off; what the trouble is stands elsewhere. */
export type DeviceShown = 'on' | 'starting' | 'off'

export function shownOf(room: Pick<Room, 'localState'>, source: LocalSource): DeviceShown {
  const state = room.localState(source)
  return state === 'on' || state === 'starting' ? state : 'off'
}

export function useDeviceButton(room: Pick<Room, 'localState'>, source: LocalSource) {
  const shown = computed(() => shownOf(room, source))
  const button = computed(() => {
    if (shown.value === 'starting')
      return { icon: LoaderCircle, label: t(`bar.${source}_starting`), hint: t('bar.starting_hint'), busy: true }
    const label = t(shown.value === 'on' ? `bar.${source}_off` : `bar.${source}_on`)
    return { icon: ICONS[source][shown.value], label, hint: t(`bar.${source}_hint`), busy: false }
  })
  return { shown, button }
}
