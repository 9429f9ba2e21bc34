// What can be done to a term and to a session of it.
import { CalendarClock, Pencil } from 'lucide-vue-next'
import type { Act } from '@/model/acts'
import type { SubjectMeta } from '@/model/meta'
import { verbWord } from '@/model/words'
import { term_session } from '../term_session/gen'
import { term } from './gen'

/** An edit, which another one puts back. */
const edit = (of: SubjectMeta, form: string, icon: Act['icon']): Act => ({
  name: form,
  verb: form,
  form,
  label: () => verbWord(of, form),
  icon,
  undo: of.forms[form]!.fields.map(({ name }) => name),
})

export const termActs: readonly Act[] = [edit(term, 'edit', Pencil)]

export const sessionActs: readonly Act[] = [
  edit(term_session, 'edit', Pencil),
  {
    ...edit(term_session, 'window', CalendarClock),
    // Where none was said before, none can be said again.
    lasting: (before) => before['proposal_open_at'] === null,
  },
]

export type TermTime = 'past' | 'current' | 'to_come'

/** Where a term stands on that day, YYYY-MM-DD. */
export const timeOf = ({ starts_on, ends_on }: { starts_on: string; ends_on: string }, day: string): TermTime =>
  ends_on < day ? 'past' : starts_on > day ? 'to_come' : 'current'
