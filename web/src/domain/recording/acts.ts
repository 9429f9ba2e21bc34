// What can be done to a recording: held, so that nobody removes it, and removed for good.
import { Lock, LockOpen, Trash2 } from 'lucide-vue-next'
import { recording } from './gen'
import { t } from '@/i18n'
import { bytes, duration } from '@/i18n/format'
import { actsOf, type Act } from '@/model/acts'
import { formOf, type Row } from '@/model/row'
import { verbWord } from '@/model/words'
import { bytesOf, type Recording } from '@/recordings/recording'

const act = (name: string, more: Partial<Act>): Act => ({ name, verb: name, form: name, label: () => verbWord(recording, name), ...more })

export const recordingActs: Act[] = actsOf(recording, [
  act('hold', {
    icon: Lock,
    when: (row) => !row['held_at'] && !row['removed_at'],
    back: { form: 'release', said: () => ({ note: t('recordings.hold_undone') }) },
  }),
  // Held again for the reason that it was held for.
  act('release', {
    icon: LockOpen,
    when: (row) => Boolean(row['held_at']),
    back: { form: 'hold', said: (before) => ({ note: before['hold_reason'] }) },
  }),
  act('remove', {
    icon: Trash2,
    danger: true,
    when: (row) => !row['held_at'] && !row['removed_at'] && row['state'] !== 'recording',
    lasting: () => true,
    question: (what) => ({ title: t('player.remove_title', { what }), text: t('player.remove_text') }),
  }),
])

const sum = (rows: readonly Row[], of: (recording: Recording) => number): number =>
  rows.reduce((total, row) => total + of(row as unknown as Recording), 0)

/** Of many: with how much it is together, and of a removal with what stays. */
export const bulkActs: Act[] = recordingActs.filter(({ name }) => formOf(recording, name).bulk).map((one) => ({
  ...one,
  bulk: true,
  summary: (rows) => t('recordings.together', { time: duration(sum(rows, (row) => row.duration_ms)), size: bytes(sum(rows, bytesOf)) }),
  ...(one.name === 'remove' ? { hint: () => t('player.remove_text') } : {}),
}))
