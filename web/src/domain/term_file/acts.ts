// What can be done to a file of a term: the office writes it, a standing member hands in his reports.
import { FileUp, Pencil } from 'lucide-vue-next'
import { mt } from '@/i18n/member'
import type { Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import { term_file } from './gen'

export const fileActs: readonly Act[] = [
  { name: 'report', verb: 'report', form: 'report', label: () => mt('file.report'), icon: FileUp, when: ({ capacity }) => capacity === 'standing' },
  { name: 'edit', verb: 'edit', form: 'edit', label: () => verbWord(term_file, 'edit'), icon: Pencil },
]
