// What can be done to a role that was asked for or is held.
import { Check, CircleX, Undo2, X } from 'lucide-vue-next'
import { role_holder } from './gen'
import { st } from '@/i18n/staff'
import { actsOf, type Act } from '@/model/acts'
import { verbWord } from '@/model/words'

const act = (name: string, more: Partial<Act>): Act => ({ name, verb: name, form: name, label: () => verbWord(role_holder, name), ...more })

export const roleActs: Act[] = actsOf(role_holder, [
  act('confirm', {
    icon: Check,
    when: (row) => row['state'] === 'asked',
    question: () => ({ title: st('roles.confirm_title'), text: st('roles.confirm_text') }),
  }),
  act('refuse', { icon: X, danger: true, when: (row) => row['state'] === 'asked' }),
  act('withdraw', { icon: Undo2, when: (row) => row['state'] === 'asked' }),
  act('end', { icon: CircleX, danger: true, when: (row) => row['state'] === 'held' }),
])
