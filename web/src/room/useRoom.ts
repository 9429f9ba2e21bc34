// The meeting as the views see it: the SDK's client with its state as reactive values.
import { computed, inject, onScopeDispose, provide, ref, shallowRef, type InjectionKey, type Ref } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { keepServerTime } from '@/composables/useNow'
import { problemText } from '@/composables/useProblem'
import { api } from '@/composables/useSession'
import { question } from '@/composables/useConfirm'
import { toast, withdrawOffers } from '@/composables/useToasts'
import { t } from '@/i18n'
import { LocalMedia, type LocalSource, type LocalState } from '@/sdk/local'
import { MeetingClient } from '@/sdk/meeting'
import type { MediaState } from '@/sdk/media'
import type { DownlinkEstimate, Requests, RoomMeeting, Source } from '@/sdk/protocol'
import type { KeptPlace } from '@/sdk/place'
import type { CloseReason, SignalState } from '@/sdk/signal'
import type { ConnectionStats } from '@/sdk/stats'
import { surroundingsOf } from '@/sdk/surroundings'
import type { Way } from '@/sdk/ways'
import { placeIsKept } from './place-kept'
import { useChat } from './useChat'
import { usePeople } from './usePeople'
import { useQuality } from './useQuality'
import { useRecordingNotice } from './useRecordingNotice'
import { useSelfVoice } from './useSelfVoice'
import { useViewPreferences } from './view-preferences'

/** RFC 6464 turned round (127 loudest): about -55 dBov, quiet speech. */
export const SPEAKING_LEVEL = 72

const MUTED = { mic: 'room.muted_mic', camera: 'room.muted_camera', screen: 'room.muted_screen' } as const

/** `person`: whom the page was opened for. `place`: what it had before it was loaded anew. */
export function createRoom(id: string, person: string, place: KeptPlace | null = null) {
  const local = new LocalMedia()
  const client = new MeetingClient(api, id, local, person, place)
  const view = useViewPreferences()

  const pid = ref('')
  const rights = ref<string[]>([])
  const meeting = shallowRef<RoomMeeting | null>(null)
  const joined = ref(false)
  const closed = ref<CloseReason | null>(null)
  const panel = ref<'people' | 'chat' | null>(null)
  const pinned = ref<string | null>(null)
  /** From so many people on microphones begin off; 0: not known. */
  const micOffFrom = ref(0)
  /** When the meeting will end by itself, because nobody else is left. */
  const endingAt = ref<number | null>(null)

  const live = computed(() => meeting.value?.state === 'live')
  const isHost = computed(() => rights.value.includes('host'))
  /** Ending it is always possible, beginning only while the server hears of it. */
  const mayShare = computed(
    () => devices.sharing.value || (live.value && connection.signal.value.kind === 'ready'),
  )
  const readsChat = computed(() => panel.value === 'chat')

  const connection = useConnection(client, joined)
  const stage = useStageState(client, pid)
  const people = usePeople(client, pid, isHost, () => (panel.value = 'people'))
  const chat = useChat(client, pid, readsChat, (before) => api.chat(id, before))
  const recording = useRecordingNotice(client)
  const traffic = useQuality(view, local, client, joined)
  const devices = useDevices(local, client, traffic.mayUseCamera)
  const voice = useSelfVoice(
    () => (devices.localState('mic') === 'on' ? devices.localTrack('mic') : null),
    joined,
  )
  const me = computed(() => people.participant(pid.value))

  client.on('welcome', (welcome) => {
    keepServerTime(welcome.now)
    if (joined.value) announce(t('room.said_back'))
    joined.value = true
    pid.value = welcome.pid
    rights.value = welcome.you.rights
    meeting.value = welcome.meeting
    endingAt.value = welcome.ending
  })
  client.on('ending', (at) => {
    endingAt.value = at
    announce(t(at === null ? 'ending.said_off' : 'ending.text'), true)
  })
  client.on('you', (you) => {
    const before = isHost.value
    rights.value = you.rights
    if (isHost.value && !before) toast(t('room.now_host'), 'good')
    if (!isHost.value && before) toast(t('room.no_host_now'), 'attention')
  })
  client.on('turned_away', ({ person, name }) =>
    toast(t('host.turned_away', { name }), 'attention', {
      label: t('host.readmit'),
      run: () => void ask('readmit', { person }),
    }),
  )
  client.on('micOff', (why) => {
    const text = t(why === 'crowd' ? 'room.mic_off_crowd' : 'room.mic_off_muted')
    toast(text, 'attention')
    announce(text, true)
  })
  client.on('micOffFrom', (count) => (micOffFrom.value = count))
  client.on('meeting', (now) => {
    if (meeting.value?.state === 'scheduled' && now.state === 'live') announce(t('room.said_open'), true)
    meeting.value = now
  })
  client.on('lowered', ({ by }) => toast(t('room.lowered', { name: by })))
  client.on('closed', (reason) => {
    closed.value = reason
    withdrawOffers()
    question.value?.answer(false)
    local.close()
  })

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

  function toggleHand(): void {
    void ask('hand', { up: !me.value?.hand })
  }

  function togglePanel(kind: 'people' | 'chat'): void {
    panel.value = panel.value === kind ? null : kind
  }

  function isTalking(of: string): boolean {
    if (of === pid.value) return voice.selfTalking.value
    return (stage.levels.value[of] ?? 0) >= SPEAKING_LEVEL
  }

  onScopeDispose(() => {
    // Also from the device check or on the way in: nothing may go on connecting behind the page.
    if (closed.value === null) void client.leave()
    local.close()
  })

  return {
    id,
    local,
    client,
    view,
    pid,
    rights,
    meeting,
    joined,
    closed,
    panel,
    pinned,
    endingAt,
    micOffFrom,
    live,
    isHost,
    mayShare,
    me,
    ...connection,
    ...stage,
    ...people,
    ...chat,
    ...recording,
    ...devices,
    ...traffic,
    ...voice,
    ask,
    toggleHand,
    togglePanel,
    isTalking,
    leave: () => client.leave(),
  }
}

/** Signalling, media path and their quality. */
function useConnection(client: MeetingClient, joined: Ref<boolean>) {
  const signal = shallowRef<SignalState>({ kind: 'idle' })
  const media = ref<MediaState>('new')
  const stats = shallowRef<ConnectionStats | null>(null)
  const estimate = shallowRef<DownlinkEstimate | null>(null)
  /** Picture and sound do not come about, or not again: most likely a firewall. What was tried is in `ways`. */
  const blocked = ref(false)
  const ways = shallowRef<Way[]>([])
  let connectedOnce = false
  client.on('signal', (state) => {
    signal.value = state
    if (state.kind !== 'waiting' || state.attempt !== 2) return
    const kept = placeIsKept(client, Date.now())
    announce(t(!joined.value ? 'room.said_no_way' : kept ? 'room.said_offline' : 'room.said_offline_place'), true)
  })
  client.on('media', (state) => {
    media.value = state
    if (state === 'connected') {
      connectedOnce = true
      blocked.value = false
    } else if (state === 'broken' || (state === 'interrupted' && !connectedOnce)) {
      // Whatever comes after this is a first connection again.
      connectedOnce = false
      blocked.value = true
      ways.value = client.media?.ways.ways() ?? []
    }
  })
  let told = ''
  client.on('refused', ({ code, place }) => {
    if (code === told) return
    told = code
    const where = [place.attribute, place.line && t('connection.line', { line: place.line })].filter(Boolean).join(', ')
    const words = code === 'bad_sdp' || code === 'no_media' ? t('connection.refused_offer') : t('connection.refused_keys')
    toast(`${words} (${[code, where].filter(Boolean).join(': ')})`, 'danger')
  })
  client.on('stats', (now) => {
    stats.value = now
    // A connection made anew knows nothing yet: until it does, what is said stays.
    if (blocked.value && media.value === 'interrupted') ways.value = client.media?.ways.ways() ?? []
  })
  client.on('downlink', (now) => (estimate.value = now))
  return { signal, media, stats, estimate, blocked, ways }
}

/** Who has the floor, who speaks, and which slot carries whom. */
function useStageState(client: MeetingClient, pid: { value: string }) {
  const floor = ref<string | null>(null)
  const floorSince = ref(0)
  /** As it was when it was given: the roster may not be here whole. */
  const floorName = ref('')
  const speaker = ref<string | null>(null)
  const levels = shallowRef<Record<string, number>>({})
  const slotsVersion = ref(0)

  const screen = computed(() => {
    void slotsVersion.value
    const slot = client.media?.slots.contentOf('s0')
    return slot ? { slot, track: client.media?.trackOf('s0') ?? null } : null
  })

  /** The receiving slot and track that carry this participant's picture now. */
  function picture(of: string, source: Source = 'camera') {
    void slotsVersion.value
    const slot = client.media?.slots.slotOf(of, source)
    const track = slot ? (client.media?.trackOf(slot.name) ?? null) : null
    return slot && track ? { slot, track } : null
  }

  client.on('welcome', (welcome) => {
    floor.value = welcome.floor
    floorSince.value = welcome.floor_since ?? 0
    floorName.value = (welcome.floor && client.roster.items.get(welcome.floor)?.name) || ''
    if (welcome.lost_floor && welcome.floor !== welcome.pid) toast(t('room.lost_floor'), 'attention')
    speaker.value = welcome.speaker
  })
  client.on('slots', () => slotsVersion.value++)
  client.on('levels', (now) => (levels.value = now))
  client.on('speaker', (now) => (speaker.value = now))
  client.on('floor', ({ pid: now, since }) => {
    floor.value = now
    floorSince.value = since ?? 0
    const name = now ? client.roster.items.get(now)?.name : null
    floorName.value = name ?? ''
    // In sight this is the floor strip's, with what to do: a toast would lie over its button.
    if (now !== null && now === pid.value) announce(t('room.floor_yours'), true)
    else if (name) announce(t('room.said_floor', { name }))
  })
  return { floor, floorSince, floorName, speaker, levels, slotsVersion, screen, picture }
}

/** One's own microphone, camera and screen, and what the host does to them. */
function useDevices(local: LocalMedia, client: MeetingClient, mayUseCamera: () => boolean) {
  const localVersion = ref(0)
  local.on('change', () => localVersion.value++)
  local.on('moved', ({ source, from, to, back }) => {
    const text = t(back ? `device.back_${source}` : `device.moved_${source}`, { from, to: to || t('device.speaker_system') })
    toast(text, back ? 'good' : 'attention')
    announce(text, true)
  })
  const sharing = computed(() => (localVersion.value, local.screen !== null))
  const screenKind = computed(() => (localVersion.value, local.screenKind))

  function localState(source: LocalSource): LocalState {
    void localVersion.value
    return local.stateOf(source)
  }

  function localTrack(source: LocalSource): MediaStreamTrack | null {
    void localVersion.value
    return local.trackOf(source)
  }

  async function toggle(source: LocalSource): Promise<void> {
    if (local.isOn(source) || local.stateOf(source) === 'starting') return local.turnOff(source)
    if (source === 'camera' && !mayUseCamera()) return
    // What is wrong is said where the devices are: in the device check, or above the bar.
    await local.turnOn(source)
  }

  async function toggleScreen(): Promise<void> {
    try {
      if (local.screen) await client.stopScreen()
      else await client.shareScreen()
    } catch (error) {
      toast(problemText(error), 'danger')
    }
  }

  client.on('muted', ({ source, by }) => {
    if (source === 'screen') void client.stopScreen()
    else local.turnOff(source)
    const text = t(MUTED[source], { name: by })
    toast(text, 'attention')
    announce(text, true)
  })
  return { localVersion, sharing, screenKind, localState, localTrack, toggle, toggleScreen }
}

export type Trouble = Exclude<LocalState, 'off' | 'on' | 'starting'>

export const hasTrouble = (state: LocalState): state is Trouble =>
  state !== 'off' && state !== 'on' && state !== 'starting'

export const troubleText = (source: LocalSource, state: Trouble): string =>
  t(`device.trouble_${source}_${state}`, { how: t(`device.allow_${surroundingsOf(navigator.userAgent)}`) })

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
