// The meeting as the views see it: the SDK's client with its state as reactive values.
import {
  computed,
  inject,
  onScopeDispose,
  provide,
  reactive,
  ref,
  shallowReactive,
  shallowRef,
  watch,
  type InjectionKey,
} from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { problemText } from '@/composables/useProblem'
import { api } from '@/composables/useSession'
import { toast } from '@/composables/useToasts'
import { t } from '@/i18n'
import { meter } from '@/sdk/level'
import { LocalMedia, type LocalSource, type LocalState } from '@/sdk/local'
import { MeetingClient } from '@/sdk/meeting'
import type { MediaState } from '@/sdk/media'
import type { ChatEntry, Participant, Requests, RoomMeeting, Source } from '@/sdk/protocol'
import type { CloseReason, SignalState } from '@/sdk/signal'
import type { ConnectionStats } from '@/sdk/stats'

/** RFC 6464 turned round (127 loudest): about -55 dBov, quiet speech. */
export const SPEAKING_LEVEL = 72
/** Of 0…1 on the meter's scale from -60 dB. */
const SELF_SPEAKING = 0.55
const TALK_HOLD_MS = 600
const ROSTER_REDRAW_MS = 250
const PREFERENCES = 'yishi.view'

export type LayoutKind = 'gallery' | 'speaker'
export type PanelKind = 'people' | 'chat' | null

export interface ViewPreferences {
  layout: LayoutKind
  mirror: boolean
  hideSelf: boolean
  camerasOnly: boolean
}

function storedPreferences(): ViewPreferences {
  const plain: ViewPreferences = { layout: 'gallery', mirror: true, hideSelf: false, camerasOnly: false }
  try {
    return { ...plain, ...JSON.parse(localStorage.getItem(PREFERENCES) ?? '{}') }
  } catch {
    return plain
  }
}

export function createRoom(id: string) {
  const local = new LocalMedia()
  const client = new MeetingClient(api, id, local)

  const view = reactive(storedPreferences())
  watch(view, () => {
    try {
      localStorage.setItem(PREFERENCES, JSON.stringify(view))
    } catch {
      // private browsing
    }
  })

  const signal = shallowRef<SignalState>({ kind: 'idle' })
  const media = ref<MediaState>('new')
  const meeting = shallowRef<RoomMeeting | null>(null)
  const pid = ref('')
  const rights = ref<string[]>([])
  const floor = ref<string | null>(null)
  const speaker = ref<string | null>(null)
  const levels = shallowRef<Record<string, number>>({})
  const stats = shallowRef<ConnectionStats | null>(null)
  const recording = reactive({ on: false, since: 0, elapsedBefore_ms: 0, at: 0 })
  const consentPending = ref(false)
  const chat = shallowReactive<ChatEntry[]>([])
  const unread = ref(0)
  const panel = ref<PanelKind>(null)
  const pinned = ref<string | null>(null)
  const closed = ref<CloseReason | null>(null)
  const joined = ref(false)
  const rosterVersion = ref(0)
  const slotsVersion = ref(0)
  const localVersion = ref(0)
  const raisedAt = new Map<string, number>()
  let presentBefore_ms = 0
  let presentSince = 0

  const live = computed(() => meeting.value?.state === 'live')
  const isHost = computed(() => rights.value.includes('host'))
  const total = computed(() => (rosterVersion.value, client.roster.total))
  const everyone = computed<Participant[]>(() => (rosterVersion.value, [...client.roster.items.values()]))
  const hands = computed(() =>
    everyone.value
      .filter((p) => p.hand)
      .sort((a, b) => (raisedAt.get(a.pid) ?? 0) - (raisedAt.get(b.pid) ?? 0)),
  )
  const screen = computed(() => {
    void slotsVersion.value
    const slot = client.media?.slots.contentOf('s0')
    return slot ? { slot, track: client.media?.trackOf('s0') ?? null } : null
  })
  const sharing = computed(() => (localVersion.value, local.screen !== null))
  const me = computed(() => participant(pid.value))

  function participant(of: string): Participant | null {
    void rosterVersion.value
    return client.roster.items.get(of) ?? null
  }

  /** The receiving slot and track that carry this participant's picture now. */
  function picture(of: string, source: Source = 'camera') {
    void slotsVersion.value
    const slot = client.media?.slots.slotOf(of, source)
    const track = slot ? (client.media?.trackOf(slot.name) ?? null) : null
    return slot && track ? { slot, track } : null
  }

  function localState(source: LocalSource): LocalState {
    void localVersion.value
    return local.stateOf(source)
  }

  function localTrack(source: LocalSource): MediaStreamTrack | null {
    void localVersion.value
    return local.trackOf(source)
  }

  function presentMs(): number {
    return presentBefore_ms + (presentSince ? performance.now() - presentSince : 0)
  }

  function countPresence(): void {
    const here = signal.value.kind === 'ready' && live.value && closed.value === null
    if (here && !presentSince) presentSince = performance.now()
    else if (!here && presentSince) {
      presentBefore_ms += performance.now() - presentSince
      presentSince = 0
    }
  }

  let redraw: ReturnType<typeof setTimeout> | undefined
  let arrivals: string[] = []
  let departures: string[] = []
  client.roster.on('change', ({ joined: came, left }) => {
    arrivals.push(...came.map((p) => p.name))
    departures.push(...left.map((p) => p.name))
    const first = rosterVersion.value === 0
    if (redraw && !first) return
    const draw = () => {
      redraw = undefined
      noteHands()
      rosterVersion.value++
      sayWhoCame()
    }
    if (first) draw()
    else redraw = setTimeout(draw, ROSTER_REDRAW_MS)
  })

  function noteHands(): void {
    for (const p of client.roster.items.values()) {
      if (!p.hand) raisedAt.delete(p.pid)
      else if (!raisedAt.has(p.pid)) {
        raisedAt.set(p.pid, performance.now())
        if (p.pid !== pid.value) {
          announce(t('room.said_hand', { name: p.name }))
          if (isHost.value)
            toast(t('room.said_hand', { name: p.name }), 'attention', {
              label: t('room.show_people'),
              run: () => (panel.value = 'people'),
            })
        }
      }
    }
  }

  function sayWhoCame(): void {
    if (arrivals.length === 1) announce(t('room.said_joined', { name: arrivals[0]! }))
    else if (arrivals.length > 1) announce(t('room.said_joined_many', { count: arrivals.length }))
    else if (departures.length === 1) announce(t('room.said_left', { name: departures[0]! }))
    arrivals = []
    departures = []
  }

  client.on('signal', (state) => {
    signal.value = state
    countPresence()
    if (state.kind === 'waiting' && state.attempt === 2) announce(t('room.said_offline'), true)
  })
  client.on('welcome', (welcome) => {
    if (joined.value) announce(t('room.said_back'))
    joined.value = true
    pid.value = welcome.pid
    rights.value = welcome.you.rights
    meeting.value = welcome.meeting
    floor.value = welcome.floor
    speaker.value = welcome.speaker
    chat.splice(0, chat.length, ...welcome.chat)
    setRecording(welcome.recording.on, welcome.recording.elapsed_ms, welcome.recording.since ?? 0)
    countPresence()
  })
  client.on('meeting', (now) => {
    const opened = meeting.value?.state === 'scheduled' && now.state === 'live'
    meeting.value = now
    countPresence()
    if (opened) announce(t('room.said_open'), true)
  })
  client.on('media', (state) => (media.value = state))
  client.on('slots', () => slotsVersion.value++)
  client.on('stats', (now) => (stats.value = now))
  client.on('levels', (now) => (levels.value = now))
  client.on('speaker', (now) => (speaker.value = now))
  client.on('floor', (now) => {
    floor.value = now
    const name = now ? client.roster.items.get(now)?.name : null
    if (now === pid.value) toast(t('room.floor_yours'), 'good')
    if (name) announce(t('room.said_floor', { name }))
  })
  client.on('chat', (entry) => {
    if (chat.some((known) => known.id === entry.id)) return
    chat.push(entry)
    if (panel.value !== 'chat' && entry.pid !== pid.value) {
      unread.value++
      announce(t('room.said_chat', { name: entry.name, text: entry.text }))
    }
  })
  client.on('recording', (now) => {
    const was = recording.on
    setRecording(now.on, now.elapsed_ms, now.since ?? 0)
    if (now.on && !was) announce(t('room.said_recording'), true)
    if (!now.on && was) {
      const key =
        now.reason === 'disk'
          ? 'room.recording_disk'
          : now.reason === 'failed'
            ? 'room.recording_failed'
            : 'room.recording_stopped'
      toast(t(key), now.reason === 'disk' || now.reason === 'failed' ? 'danger' : 'plain')
      announce(t(key))
    }
  })
  client.on('muted', ({ source, by }) => {
    if (source === 'screen') void client.stopScreen().catch(() => undefined)
    else if (source === 'mic' || source === 'camera') local.turnOff(source)
    const key =
      source === 'mic' ? 'room.muted_mic' : source === 'camera' ? 'room.muted_camera' : 'room.muted_screen'
    toast(t(key, { name: by }), 'attention')
    announce(t(key, { name: by }), true)
  })
  client.on('lowered', ({ by }) => toast(t('room.lowered', { name: by })))
  client.on('closed', (reason) => {
    closed.value = reason
    countPresence()
    local.close()
  })
  local.on('change', () => localVersion.value++)

  // One's own voice is measured here: the server only tells the levels of those one hears.
  const selfLevel = ref(0)
  const selfTalking = ref(false)
  let loudUntil = 0
  /** In steps, so that the tile is drawn again only when it looks different. */
  function hearSelf(level: number): void {
    selfLevel.value = Math.round(level * 8) / 8
    if (level > SELF_SPEAKING) loudUntil = performance.now() + TALK_HOLD_MS
    selfTalking.value = performance.now() < loudUntil
  }
  let stopMeter: (() => void) | null = null
  watch(
    [() => localState('mic'), () => localTrack('mic')],
    ([state, track]) => {
      stopMeter?.()
      stopMeter = null
      selfLevel.value = 0
      selfTalking.value = false
      if (state === 'on' && track && joined.value) stopMeter = meter(track, hearSelf)
    },
    { flush: 'post' },
  )
  watch(joined, () => localVersion.value++)

  function setRecording(on: boolean, elapsed_ms: number, since: number): void {
    const began = on && (!recording.on || recording.since !== since)
    recording.on = on
    recording.since = since
    recording.elapsedBefore_ms = elapsed_ms
    recording.at = performance.now()
    if (began) consentPending.value = true
    if (!on) consentPending.value = false
  }

  /** Asks the server; says in words when it refuses. */
  async function ask<T extends keyof Requests>(type: T, body: Requests[T][0]): Promise<boolean> {
    try {
      await client.request(type, body)
      return true
    } catch (error) {
      toast(problemText(error), 'danger')
      return false
    }
  }

  async function toggle(source: LocalSource): Promise<void> {
    if (local.isOn(source) || local.stateOf(source) === 'starting') return local.turnOff(source)
    if (await local.turnOn(source)) return
    toast(t(`device.trouble_${source}_${troubleWord(local.stateOf(source))}`), 'danger')
  }

  async function toggleScreen(): Promise<void> {
    try {
      if (local.screen) await client.stopScreen()
      else await client.shareScreen()
    } catch (error) {
      local.stopScreen()
      toast(problemText(error), 'danger')
    }
  }

  function toggleHand(): void {
    void ask('hand', { up: !me.value?.hand })
  }

  function togglePanel(kind: 'people' | 'chat'): void {
    panel.value = panel.value === kind ? null : kind
  }
  watch(panel, (now) => {
    if (now === 'chat') unread.value = 0
  })

  function isTalking(of: string): boolean {
    if (of === pid.value) return selfTalking.value
    return (levels.value[of] ?? 0) >= SPEAKING_LEVEL
  }

  async function leave(): Promise<void> {
    await client.leave()
  }

  onScopeDispose(() => {
    clearTimeout(redraw)
    stopMeter?.()
    if (closed.value === null && joined.value) void client.leave()
    else client.media?.close()
    local.close()
  })

  return {
    id,
    local,
    client,
    view,
    signal,
    media,
    meeting,
    pid,
    rights,
    floor,
    speaker,
    levels,
    stats,
    recording,
    consentPending,
    chat,
    unread,
    panel,
    pinned,
    closed,
    joined,
    live,
    isHost,
    total,
    everyone,
    hands,
    screen,
    sharing,
    me,
    slotsVersion,
    rosterVersion,
    localVersion,
    selfLevel,
    participant,
    picture,
    localState,
    localTrack,
    presentMs,
    ask,
    toggle,
    toggleScreen,
    toggleHand,
    togglePanel,
    isTalking,
    leave,
  }
}

export type TroubleWord = 'denied' | 'none' | 'busy' | 'insecure' | 'lost' | 'failed'

export function troubleWord(state: LocalState): TroubleWord {
  return state === 'off' || state === 'on' || state === 'starting' ? 'failed' : state
}

export type Room = ReturnType<typeof createRoom>
const KEY: InjectionKey<Room> = Symbol('room')

export function provideRoom(room: Room): void {
  provide(KEY, room)
}

export function useRoom(): Room {
  const room = inject(KEY)
  if (!room) throw new Error('no room above')
  return room
}
