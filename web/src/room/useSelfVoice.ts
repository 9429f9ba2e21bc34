// One's own voice in the meeting, measured here: the server only tells the levels of those one hears.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { meter } from '@/sdk/level'

/** Of 0…1 on the meter's scale from -60 dB. */
const SPEAKING = 0.55
const HOLD_MS = 600
const STEPS = 8
/** The others' bars move twice a second; each move is drawn beside the pictures. */
const INTERVAL_MS = 250

export function useSelfVoice(track: () => MediaStreamTrack | null, wanted: Ref<boolean>) {
  const selfLevel = ref(0)
  const selfTalking = ref(false)
  let loudUntil = 0
  let stop: (() => void) | null = null

  /** In steps, so that the tile is drawn again only when it looks different. */
  function hear(level: number): void {
    const now = performance.now()
    if (level > SPEAKING) loudUntil = now + HOLD_MS
    selfLevel.value = Math.round(level * STEPS) / STEPS
    selfTalking.value = now < loudUntil
  }

  function end(): void {
    stop?.()
    stop = null
    selfLevel.value = 0
    selfTalking.value = false
  }

  watch([track, wanted], ([now, on]) => {
    end()
    if (now && on) stop = meter(now, hear, INTERVAL_MS)
  })
  onScopeDispose(end)
  return { selfLevel, selfTalking }
}
