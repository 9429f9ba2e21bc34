// What can be done to a post: it ends, and is never overwritten.
import { CalendarX2 } from 'lucide-vue-next'
import type { Act } from '@/model/acts'
import { verbWord } from '@/model/words'
import type { Session } from '@/sdk/api.gen'
import { post } from './gen'

/** As the server's grants have it (server/domain/post). */
export const mayExport = (session: Session | null): boolean =>
  session?.person.roles.some((role) => role === 'staff' || role === 'liaison') ?? false

export const postActs: readonly Act[] = [
  { name: 'end', verb: 'end', form: 'end', label: () => verbWord(post, 'end'), icon: CalendarX2, bulk: true },
]
