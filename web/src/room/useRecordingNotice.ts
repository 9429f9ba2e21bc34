// Whether the meeting is recorded, since when, and whether this person has been told.
import { reactive, ref } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { toast } from '@/composables/useToasts'
import { t, type TextKey } from '@/i18n'
import type { MeetingClient } from '@/sdk/meeting'

const STOPPED: Record<string, TextKey> = {
  disk: 'room.recording_disk',
  failed: 'room.recording_failed',
}

export function useRecordingNotice(client: MeetingClient) {
  const recording = reactive({ on: false, since: 0, elapsedBefore_ms: 0, at: 0 })
  const consentPending = ref(false)

  function set(on: boolean, elapsed_ms: number, since: number): void {
    const began = on && (!recording.on || recording.since !== since)
    recording.on = on
    recording.since = since
    recording.elapsedBefore_ms = elapsed_ms
    recording.at = performance.now()
    if (began) consentPending.value = true
    if (!on) consentPending.value = false
  }

  client.on('welcome', ({ recording: now }) => {
    const was = consentPending.value
    set(now.on, now.elapsed_ms ?? 0, now.since ?? 0)
    if (consentPending.value && !was) announce(t('room.said_recording'), true)
  })
  client.on('recording', (now) => {
    const was = recording.on
    set(now.on, now.elapsed_ms ?? 0, now.since ?? 0)
    if (now.on && !was) announce(t('room.said_recording'), true)
    if (now.on || !was) return
    const bad = STOPPED[now.reason ?? '']
    const text = t(bad ?? 'room.recording_stopped')
    toast(text, bad ? 'danger' : 'plain')
    announce(text)
  })
  return { recording, consentPending }
}
