// A recording as the server declares it, and what of it whoever watches may see.
import type { Recording } from '@/domain/recording/gen'

export type { Recording }
export type RecordingFile = NonNullable<Recording['files']>[number]
export type RecordingGap = Recording['gaps'][number]

/** How its state is marked. */
export const TONES = { recording: 'danger', ready: 'good', interrupted: 'attention', failed: 'danger', removed: 'attention' } as const

/** With the single tracks, for those who see them. */
export const bytesOf = (recording: Recording): number => recording.all_bytes ?? recording.bytes
