// What can be done to a post: it ends, and is never overwritten.
import { CalendarX2 } from 'lucide-vue-next'
import type { Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import { post } from './gen'

export const postActs: readonly Act[] = [
  { name: 'end', verb: 'end', form: 'end', label: () => verbWord(post, 'end'), icon: CalendarX2, bulk: true },
]
