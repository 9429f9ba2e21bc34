// What can be done to a recording: held, so that nobody removes it, and removed for good.
import { Lock, LockOpen, Trash2 } from 'lucide-vue-next'
import { recording } from './gen'
import { t } from '@/i18n'
import { actsOf, type Act } from '@/model/acts'
import { verbWord } from '@/model/words'

const act = (name: string, more: Partial<Act>): Act => ({ name, verb: name, form: name, label: () => verbWord(recording, name), ...more })

export const recordingActs: Act[] = actsOf(recording, [
  act('hold', { icon: Lock, when: (row) => !row['held_at'] && !row['removed_at'] }),
  act('release', { icon: LockOpen, when: (row) => Boolean(row['held_at']) }),
  act('remove', {
    icon: Trash2,
    danger: true,
    when: (row) => !row['held_at'] && !row['removed_at'] && row['state'] !== 'recording',
    lasting: () => true,
    question: (what) => ({ title: t('player.remove_title', { what }), text: t('player.remove_text') }),
  }),
])
