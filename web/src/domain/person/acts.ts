// What can be done to a person: the server's forms, and what this page knows of them.
import { KeyRound, LockOpen, LogOut, Pencil, ShieldCheck, UserRoundCheck, UserRoundX } from 'lucide-vue-next'
import { confirm } from '@/composables/useConfirm'
import { serverNow } from '@/composables/useNow'
import { api, useSession } from '@/composables/useSession'
import { st } from '@/i18n/staff'
import type { Act } from '@/model/acts'
import type { Row, Values } from '@/model/row'
import { verbWord } from '@/model/words'
import { person } from './gen'

export const isLocked = (row: Row): boolean => Number(row['locked_until'] ?? 0) > serverNow()

/** Whether somebody is out is an act of its own. */
const PLAIN = person.forms.edit.fields.map(({ name }) => name).filter((name) => name !== 'active')

/** The roles that a second person confirms before they are held (ROLES_CONFIRMED of the server). */
const CONFIRMED = ['liaison', 'proposals', 'opinions', 'supervisor', 'system_admin', 'audit_admin']
const rolesOf = ({ roles }: Readonly<Values>): readonly unknown[] => (Array.isArray(roles) ? roles : [])
const takesConfirmed = (before: Row, values: Readonly<Values>): boolean =>
  rolesOf(before).some((role) => CONFIRMED.includes(String(role)) && !rolesOf(values).includes(role))

/** shown: of whom a new password is to be told. */
export function personActs(shown: (name: string, password: string) => void): Act[] {
  const { session } = useSession()
  const isSystem = session.value?.person.roles.includes('system_admin') ?? false
  const isOther = (row: Row) => row.id !== session.value?.person.id

  async function resetPassword(row: Row): Promise<void> {
    const name = String(row['name'])
    const asked = { title: st('people.reset_title', { name }), text: st('people.reset_text') }
    if (!(await confirm({ ...asked, yes: st('people.reset'), danger: false }))) return
    shown(name, (await api.resetPassword(row.id)).password)
  }

  return [
    { name: 'edit', verb: 'edit', form: 'edit', fields: PLAIN, label: () => st('people.edit'), icon: Pencil, undo: PLAIN },
    {
      name: 'set_roles',
      verb: 'set_roles',
      form: 'set_roles',
      label: () => verbWord(person, 'set_roles'),
      icon: ShieldCheck,
      undo: ['roles'],
      question: (name) => ({ title: st('people.take_title', { name }), text: st('people.take_text') }),
      lasting: takesConfirmed,
      bulk: true,
    },
    {
      name: 'unlock',
      verb: 'unlock',
      form: 'unlock',
      label: () => verbWord(person, 'unlock'),
      icon: LockOpen,
      when: isLocked,
      bulk: true,
    },
    {
      name: 'sign_out',
      verb: 'sign_out',
      form: 'sign_out',
      label: () => verbWord(person, 'sign_out'),
      icon: LogOut,
      danger: true,
      question: (name) => ({ title: st('people.sign_out_title', { name }), text: st('people.sign_out_text') }),
    },
    {
      name: 'password',
      verb: '',
      label: () => st('people.reset'),
      icon: KeyRound,
      when: (row) => isSystem && isOther(row) && Boolean(row['login']) && row['kind'] !== 'admin',
      run: resetPassword,
    },
    {
      name: 'enable',
      verb: 'edit',
      form: 'edit',
      fields: [],
      said: { active: true },
      label: () => st('people.enable'),
      icon: UserRoundCheck,
      when: (row) => row['active'] === false,
      undo: ['active'],
      bulk: true,
    },
    {
      name: 'disable',
      verb: 'edit',
      form: 'edit',
      fields: [],
      said: { active: false },
      label: () => st('people.disable'),
      icon: UserRoundX,
      danger: true,
      question: (name) => ({ title: st('people.disable_title', { name }), text: st('people.disable_text') }),
      when: (row) => row['active'] === true && isOther(row),
      undo: ['active'],
      bulk: true,
    },
  ]
}

/** Of many at once what many can share. */
export const bulkActs = (acts: readonly Act[]): Act[] => [
  {
    name: 'edit',
    verb: 'edit',
    form: 'edit',
    fields: ['sector', 'organisation'],
    label: () => verbWord(person, 'edit'),
    icon: Pencil,
    undo: ['sector', 'organisation'],
    bulk: true,
  },
  ...acts.filter(({ bulk }) => bulk),
]
