// How much of the network the person wants to spend: what is received is asked for on the stage
// (wanted.ts); here is what is sent, and the hint to a device that is set to save data.
import { ref, watch, type Ref } from 'vue'
import { toast } from '@/composables/useToasts'
import { t } from '@/i18n'
import type { LocalMedia } from '@/sdk/local'
import type { MeetingClient } from '@/sdk/meeting'
import type { ViewPreferences } from './view-preferences'
import type { Quality } from './wanted'

export function useQuality(view: ViewPreferences, local: LocalMedia, client: MeetingClient, joined: Ref<boolean>) {
  /** Pictures that the stage has and does not ask for. */
  const unasked = ref<ReadonlySet<string>>(new Set())
  let cameraWasOn = false

  function cameraIsOn(): boolean {
    return local.isOn('camera') || local.stateOf('camera') === 'starting'
  }

  /** The camera comes back with the pictures if it went with them. */
  watch(
    [() => view.quality, joined],
    ([now, inside]) => {
      client.limitCamera(now === 'saver')
      if (!inside) return
      if (now === 'audio') {
        cameraWasOn = cameraIsOn()
        if (cameraWasOn) local.turnOff('camera')
      } else if (cameraWasOn) {
        cameraWasOn = false
        void local.turnOn('camera')
      }
    },
    { immediate: true },
  )

  function setQuality(now: Quality): void {
    view.quality = now
    view.saverOffered = true
  }

  /** Once a device, when its owner told the system to save data. */
  function offerSaver(): void {
    const saves = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData
    if (!saves || view.saverOffered || view.quality !== 'auto') return
    view.saverOffered = true
    toast(t('quality.offer'), 'plain', { label: t('quality.saver'), run: () => setQuality('saver') })
  }
  watch(joined, (inside) => inside && offerSaver())

  /** With voices only the camera stays off until the person wants pictures again. */
  function mayUseCamera(): boolean {
    if (view.quality !== 'audio' || cameraIsOn()) return true
    toast(t('quality.camera_rests'), 'plain', {
      label: t('quality.back'),
      run: () => {
        cameraWasOn = true
        setQuality('auto')
      },
    })
    return false
  }

  return { unasked, setQuality, mayUseCamera }
}
