// The connection's figures as people read them: in the panel, and as plain text for whoever looks
// after the network.
import { computed } from 'vue'
import { serverNow, useNow } from '@/composables/useNow'
import { t, type TextKey } from '@/i18n'
import { bitrate, dateTime } from '@/i18n/format'
import { timeZone } from '@/i18n/zone'
import type { Slot } from '@/sdk/slots'
import type { ConnectionStats } from '@/sdk/stats'
import type { SentPicture } from '@/sdk/stats-details'
import { placeIsKept } from './place-kept'
import type { Room } from './useRoom'

export type NetworkQuality = 'good' | 'fair' | 'poor' | 'lost' | 'unknown'
export interface Row {
  name: string
  value: string
}

/** So much less than wanted is seen. */
const NARROW = 0.9

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
const milliseconds = (ms: number | null) => (ms === null ? t('network.not_known') : `${Math.round(ms)} ms`)
const size = (one: { width: number; height: number; fps: number }) =>
  t('network.picture', { size: `${one.width}×${one.height}`, fps: one.fps })

export function useConnectionReport(room: Room) {
  const now = useNow(1000, Date.now)
  const quality = computed<NetworkQuality>(() => {
    if (!room.joined.value) return 'unknown'
    if (room.signal.value.kind !== 'ready' || room.media.value === 'interrupted' || room.blocked.value)
      return 'lost'
    return room.stats.value?.quality ?? 'unknown'
  })

  /** What one notices, and why it is so. */
  const notes = computed(() => {
    if (quality.value === 'lost') return []
    const notes: string[] = []
    const { estimate, stats } = room
    const limits = new Set(stats.value?.details?.sent.map((one) => one.limit))
    if (estimate.value && estimate.value.bps < estimate.value.wanted_bps * NARROW) notes.push(t('network.note_narrow'))
    if (limits.has('cpu')) notes.push(t('network.note_cpu'))
    else if (limits.has('bandwidth')) notes.push(t('network.note_bandwidth'))
    return notes
  })

  /** What to do; `''` where all is well but for what the notes tell. */
  const advice = computed(() => {
    if (room.blocked.value) return t('connection.blocked_text')
    if (quality.value === 'lost' && !placeIsKept(room.client, now.value)) return t('network.advice_lost_place')
    if (quality.value === 'good' && notes.value.length > 0) return ''
    return t(`network.advice_${quality.value}`)
  })

  function wayText(stats: ConnectionStats): string {
    if (!stats.way) return t('network.not_known')
    const relay = stats.details?.relayProtocol
    const text = t(`network.way_${stats.way}`)
    return stats.way === 'relay' && relay ? t('network.way_by', { way: text, protocol: relay.toUpperCase() }) : text
  }

  const rows = computed<Row[]>(() => {
    const s = room.stats.value
    if (!s) return []
    const estimate = room.estimate.value
    const row = (key: TextKey, value: string): Row => ({ name: t(key), value })
    return [
      row('network.up', bitrate(s.up_bps)),
      row('network.down', bitrate(s.down_bps)),
      row('network.estimate', estimate ? bitrate(estimate.bps) : t('network.not_known')),
      row('network.wanted', estimate ? bitrate(estimate.wanted_bps) : t('network.not_known')),
      row('network.loss_up', percent(s.loss_up)),
      row('network.loss_down', percent(s.loss_down)),
      row('network.rtt', milliseconds(s.rtt_ms)),
      row('network.jitter', milliseconds(s.jitter_ms)),
      row('network.way', wayText(s)),
    ]
  })

  function received(slot: Slot): Row {
    const mid = room.client.media?.slots.midOf(slot.name)
    const one = room.stats.value?.details?.received.find((picture) => picture.mid === mid)
    const who = room.participant(slot.pid)?.name ?? t('network.not_known')
    const name = slot.source === 'screen' ? t('room.screen_of', { name: who }) : who
    if (!one || one.fps === 0) return { name, value: t('network.no_frames') }
    return { name, value: slot.source === 'screen' ? size(one) : `${size(one)} · ${t(`network.size_${one.size}`)}` }
  }

  /** Of everybody whose picture is on its way here. */
  const pictures = computed<Row[]>(() => {
    void room.slotsVersion.value
    if (!room.stats.value?.details) return []
    const slots = room.client.media?.slots.all() ?? []
    return slots.filter((slot) => slot.source === 'camera' || slot.source === 'screen').map(received)
  })

  function sentRow(name: string, one: SentPicture): Row {
    const limit = one.limit === 'none' ? '' : ` · ${t(`network.limit_${one.limit}`)}`
    return { name, value: `${size(one)}${limit}` }
  }

  const layerName = (rid: string | null) =>
    rid === 'l' || rid === 'm' || rid === 'h' ? t(`network.layer_${rid}`) : t('network.layer_one')

  const sent = computed<Row[]>(() => {
    const details = room.stats.value?.details
    const media = room.client.media
    if (!details || !media) return []
    const of = (source: 'camera' | 'screen') => details.sent.filter(({ mid }) => mid === media.midOf(source))
    const camera = of('camera').map((one) => sentRow(layerName(one.rid), one))
    if (camera.length === 0) {
      const on = room.localState('camera') === 'on'
      camera.push({ name: t('network.layer_one'), value: t(on ? 'network.nobody_looks' : 'network.no_picture') })
    }
    const screen = room.sharing.value ? of('screen').map((one) => sentRow(t('network.my_screen'), one)) : []
    return [...camera, ...screen]
  })

  /** Names of people are left out: it goes to somebody outside the meeting. */
  function text(): string {
    const lines = (all: Row[]) => all.map(({ name, value }) => `  ${name}: ${value}`)
    const anonymous = pictures.value.map((row, i) => ({ name: `#${i + 1}`, value: row.value }))
    return [
      `${t('network.report')} · ${location.host}`,
      `${dateTime(serverNow())} (${timeZone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone})`,
      `${t('network.title', { quality: t(`network.${quality.value}`) })} · ${t(`quality.${room.view.quality}`)}`,
      ...notes.value,
      '',
      ...lines(rows.value),
      `  ${t('network.remote')}: ${room.stats.value?.details?.remote ?? t('network.not_known')}`,
      `  ${t('network.state')}: ${room.signal.value.kind} / ${room.media.value}`,
      '',
      `${t('network.received')}:`,
      ...lines(anonymous),
      `${t('network.sent')}:`,
      ...lines(sent.value),
      '',
      navigator.userAgent,
    ].join('\n')
  }

  return { quality, advice, notes, rows, pictures, sent, text }
}
