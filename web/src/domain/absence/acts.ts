// What can be done to an absence.
import { CalendarX2, Pencil } from 'lucide-vue-next'
import { mt } from '@/i18n/member'
import type { Act } from '@/model/acts'
import type { Row } from '@/model/row'
import { verbWord } from '@/model/words'
import { spanState, type SpanStanding } from '../delegation/acts'
import { absence } from './gen'

export const absenceState = (row: Row): SpanStanding => spanState(row, row['is_cancelled'] === true)
const open: Act['when'] = (row) => row['is_cancelled'] !== true

export const absenceActs: readonly Act[] = [
  { name: 'edit', verb: 'edit', form: 'edit', label: () => verbWord(absence, 'edit'), icon: Pencil, when: open, undo: ['starts_on', 'ends_on', 'reason'] },
  {
    name: 'cancel', verb: 'cancel', form: 'cancel', label: () => verbWord(absence, 'cancel'), icon: CalendarX2, danger: true, when: open,
    question: () => ({ title: mt('away.cancel_title'), text: mt('away.cancel_text') }),
  },
]
