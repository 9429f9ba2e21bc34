// Plays the parts of a recording, or one track, on one <video>: position, seeking over parts and
// gaps, going on from one part to the next.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Recording, RecordingFile } from './recording'
import { lengthOf, partAt, programTimeline, type Part } from './timeline'

/** So near to a gap one is told of it. */
const GAP_NEAR_MS = 1500
const END_NEAR_MS = 300

export function usePlayback(recording: Ref<Recording | null>, video: Ref<HTMLVideoElement | null>) {
  /** null: the whole program. */
  const track = shallowRef<RecordingFile | null>(null)
  const partIndex = ref(0)
  const position_ms = ref(0)
  const playing = ref(false)
  const waiting = ref(false)
  const failed = ref(false)
  const speed = ref(1)
  let turn = 0

  const program = computed(() => (recording.value ? programTimeline(recording.value) : null))
  const parts = computed<Part[]>(() => {
    if (!track.value || !recording.value) return program.value?.parts ?? []
    return [{ ...track.value, start_ms: 0, duration_ms: lengthOf(track.value, recording.value) }]
  })
  const total_ms = computed(() =>
    track.value ? (parts.value[0]?.duration_ms ?? 0) : (program.value?.duration_ms ?? 0),
  )
  const gaps = computed(() => (track.value ? [] : (program.value?.gaps ?? [])))
  const gapHere = computed(() => {
    const at = position_ms.value
    return gaps.value.find(
      (gap) => at >= gap.at_ms - GAP_NEAR_MS && at <= gap.at_ms + gap.for_ms + GAP_NEAR_MS,
    )
  })
  const current = computed(() => parts.value[partIndex.value] ?? null)

  /** Puts the element on this part at this place; plays on if it was playing. */
  function show(index: number, offset_ms: number, play: boolean): void {
    const element = video.value
    const part = parts.value[index]
    if (!element || !part) return
    const mine = ++turn
    failed.value = false
    partIndex.value = index
    const place = () => {
      if (mine !== turn) return
      element.currentTime = offset_ms / 1000
      element.playbackRate = speed.value
      if (play) void element.play().catch(() => undefined)
    }
    const url = new URL(part.url, location.href).href
    if (element.src === url && element.readyState >= HTMLMediaElement.HAVE_METADATA) return place()
    element.addEventListener('loadedmetadata', place, { once: true })
    if (element.src === url) return
    element.src = url
    element.load()
  }

  function seek(to_ms: number): void {
    const place = partAt(parts.value, Math.min(total_ms.value, Math.max(0, to_ms)))
    if (!place) return
    position_ms.value = parts.value[place.index]!.start_ms + place.offset_ms
    show(place.index, place.offset_ms, playing.value)
  }

  function toggle(): void {
    const element = video.value
    if (!element) return
    if (!element.paused) return element.pause()
    const atEnd = total_ms.value - position_ms.value < END_NEAR_MS
    playing.value = true
    if (failed.value) element.removeAttribute('src')
    if (atEnd) seek(0)
    else if (!element.src || failed.value) seek(position_ms.value)
    else void element.play().catch(() => undefined)
  }

  function choose(file: RecordingFile | null): void {
    video.value?.pause()
    track.value = file
    position_ms.value = 0
    playing.value = false
    seek(0)
  }

  function ended(): void {
    const next = partIndex.value + 1
    if (next >= parts.value.length) {
      playing.value = false
      position_ms.value = total_ms.value
      return
    }
    position_ms.value = parts.value[next]!.start_ms
    show(next, 0, true)
  }

  /** A part's end pauses the element too, but the next part follows. */
  function paused(): void {
    if (!video.value?.ended) playing.value = false
  }

  function ticked(): void {
    const element = video.value
    if (element && current.value && !element.seeking) {
      position_ms.value = current.value.start_ms + element.currentTime * 1000
    }
  }

  function broke(): void {
    if (!video.value?.getAttribute('src')) return
    failed.value = true
    playing.value = waiting.value = false
  }

  watch(speed, (now) => {
    if (video.value) video.value.playbackRate = now
  })
  watch([video, recording], ([element, now]) => {
    if (!element) playing.value = false
    else if (now && !element.src && parts.value.length) seek(0)
  })

  return {
    track,
    parts,
    total_ms,
    gaps,
    gapHere,
    current,
    position_ms,
    playing,
    waiting,
    failed,
    speed,
    seek,
    toggle,
    choose,
    ended,
    paused,
    ticked,
    broke,
  }
}
