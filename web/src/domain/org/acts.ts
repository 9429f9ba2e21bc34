// What can be done to an organisation: it is renamed and ends, and every name that it had stays.
import { CalendarX2, Pencil, Tag } from 'lucide-vue-next'
import type { Act } from '@/model/acts'
import { isSame } from '@/model/row'
import { verbWord } from '@/model/words'
import { org } from './gen'

const label = (verb: string) => () => verbWord(org, verb)

export const orgActs: readonly Act[] = [
  {
    name: 'edit',
    verb: 'edit',
    form: 'edit',
    label: label('edit'),
    icon: Pencil,
    undo: ['code', 'parent', 'sort'],
    // A file that was taken out cannot be put back from here.
    lasting: (before, now) => !isSame(before['documents'], now['documents']),
  },
  { name: 'rename', verb: 'rename', form: 'rename', label: label('rename'), icon: Tag },
  {
    name: 'close',
    verb: 'close',
    form: 'close',
    label: label('close'),
    icon: CalendarX2,
    danger: true,
    when: (row) => row['valid_to'] === null,
  },
]
