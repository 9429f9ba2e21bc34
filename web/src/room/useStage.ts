// What is on the stage and where: order, pages, main picture; and what is therefore asked of the
// server (`view`).
import { computed, onScopeDispose, ref, shallowRef, watch, watchEffect, type Ref } from 'vue'
import { alone as onlyMain, gallery, spotlight, type Rect } from './layout'
import { nextOrder } from './order'
import type { Room } from './useRoom'
import { wantedOf } from './wanted'

/** A new speaker is marked at once, and moved into the large picture only when it lasts. */
const MOVE_SPEAKER_MS = 1500
const MOST = { desktop: 9, narrow: 6 }

export interface Placed {
  key: string
  pid: string
  role: 'main' | 'grid' | 'strip' | 'float'
  rect: Rect
}

/** `alone`: one picture, and whoever has the floor if that is another one, for large type on a phone. */
export function useStage(room: Room, size: Ref<{ w: number; h: number }>, narrow: Ref<boolean>, alone: Ref<boolean>) {
  const order = shallowRef<string[]>([])
  const page = ref(0)
  const mainSpeaker = ref<string | null>(null)

  // Never more than there are pictures for: the others' tiles would wait for ever.
  const most = computed(() => Math.min(room.client.pictures, narrow.value ? MOST.narrow : MOST.desktop))
  watch(
    () => room.rosterVersion.value,
    () => (order.value = nextOrder(order.value, room.client.roster.items, most.value)),
    { immediate: true },
  )

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(room.speaker, (now) => {
    clearTimeout(timer)
    if (!now || now === room.pid.value) return
    timer = setTimeout(() => (mainSpeaker.value = now), mainSpeaker.value ? MOVE_SPEAKER_MS : 0)
  })
  onScopeDispose(() => clearTimeout(timer))

  const here = (pid: string | null) => (pid !== null && room.participant(pid) ? pid : null)
  const others = computed(() => order.value.filter((pid) => pid !== room.pid.value))
  const showsScreen = computed(() => room.screen.value !== null && here(room.pinned.value) === null)
  const mode = computed(() => {
    if (showsScreen.value) return 'screen' as const
    if (here(room.pinned.value) || alone.value) return 'speaker' as const
    // Whoever has the floor is large whatever layout was chosen, unless there is a screen to look at.
    if (here(room.floor.value)) return 'speaker' as const
    return room.view.layout
  })
  /** With one other in a phone's gallery one's own picture floats, so that the other has the whole stage. */
  const selfFloats = computed(
    () => narrow.value && !alone.value && mode.value === 'gallery' && others.value.length === 1,
  )

  const mainPid = computed(() => {
    if (mode.value !== 'speaker') return null
    const withCamera = others.value.find((pid) => room.participant(pid)?.camera)
    return (
      here(room.pinned.value) ??
      here(room.floor.value) ??
      here(mainSpeaker.value) ??
      withCamera ??
      others.value[0] ??
      room.pid.value
    )
  })

  /** Who has the floor and is not large, because a screen is, or somebody that this person pinned. */
  const holder = computed(() => {
    const pid = here(room.floor.value)
    return pid !== null && pid !== room.pid.value && pid !== mainPid.value ? pid : null
  })

  /** The tiles besides the main picture, in order, before paging: whoever has the floor is always the first. */
  const candidates = computed(() => {
    const first = holder.value ? [holder.value] : []
    if (alone.value) return first
    let pids = order.value
    if (room.view.camerasOnly) {
      pids = pids.filter((pid) => pid === room.pid.value || room.participant(pid)?.camera)
    }
    const self = room.pid.value
    const nobodyElse = others.value.length === 0
    const withoutSelf = pids.filter((pid) => pid !== self)
    const self_ = !nobodyElse && (room.view.hideSelf || selfFloats.value) ? [] : [self]
    const rest = [...self_, ...withoutSelf].filter((pid) => pid !== '' && pid !== mainPid.value && pid !== holder.value)
    return [...first, ...rest]
  })
  watch(holder, (now) => now && (page.value = 0))

  const grid = computed(() => {
    const { w, h } = size.value
    const count = candidates.value.length
    if (mode.value === 'gallery') return { main: null, room: null, ...gallery(count, w, h, most.value) }
    return alone.value && count === 0 ? onlyMain(w, h) : spotlight(count, w, h)
  })
  const pages = computed(() => Math.max(1, Math.ceil(candidates.value.length / grid.value.perPage)))
  watchEffect(() => {
    if (page.value >= pages.value) page.value = pages.value - 1
  })

  const placed = computed<Placed[]>(() => {
    const { perPage, main } = grid.value
    const first = page.value * perPage
    const pids = candidates.value.slice(first, first + perPage)
    const { w, h } = size.value
    if (w === 0) return []
    // The last page has fewer tiles: they keep the size of a full page's, so that nothing jumps.
    const full =
      mode.value === 'gallery'
        ? gallery(Math.min(perPage, candidates.value.length), w, h, most.value)
        : grid.value
    const role = mode.value === 'gallery' ? 'grid' : 'strip'
    const tiles: Placed[] = pids.map((pid, i) => ({ key: pid, pid, role, rect: full.rects[i]! }))
    if (main && mainPid.value)
      tiles.unshift({ key: mainPid.value, pid: mainPid.value, role: 'main', rect: main })
    return tiles.filter((tile) => tile.rect)
  })

  const screenRect = computed(() => (mode.value === 'screen' ? grid.value.room : null))

  // Main picture first, then the order of the stage.
  watchEffect(() => {
    if (!room.joined.value || size.value.w === 0) return
    const scale = Math.min(devicePixelRatio || 1, 2)
    const shown = placed.value
      .filter((tile) => tile.pid !== room.pid.value)
      .map(({ pid, rect }) => ({ pid, w: Math.round(rect.w * scale), h: Math.round(rect.h * scale) }))
    const want = wantedOf(shown, room.view.quality, (pid) => room.participant(pid)?.camera ?? false)
    const asked = new Set(want.map(({ pid }) => pid))
    room.unasked.value = new Set(shown.map(({ pid }) => pid).filter((pid) => !asked.has(pid)))
    room.client.setView(want)
  })

  function turn(step: number): void {
    page.value = Math.min(pages.value - 1, Math.max(0, page.value + step))
  }

  return { placed, screenRect, mode, mainPid, page, pages, turn, selfFloats, others }
}
