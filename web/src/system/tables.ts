// The plain tables of the system (系统): which list of which kind each page shows, and what can be made there. All else
// follows from the declarations.
import { LockOpen, LogOut, RotateCw } from 'lucide-vue-next'
import { api, useSession } from '@/composables/useSession'
import { toast } from '@/composables/useToasts'
import { delegationActs } from '@/domain/delegation/acts'
import { delegation } from '@/domain/delegation/gen'
import { delivery } from '@/domain/delivery/gen'
import { integration } from '@/domain/integration/gen'
import { job } from '@/domain/job/gen'
import { login_failure } from '@/domain/login_failure/gen'
import { isLocked } from '@/domain/person/acts'
import { person } from '@/domain/person/gen'
import { session } from '@/domain/session/gen'
import { setting } from '@/domain/setting/gen'
import { st, type StaffKey } from '@/i18n/staff'
import { actsOf, type Act } from '@/model/acts'
import { holds } from '@/model/held'
import { addressOf } from '@/sdk/api'
import type { SubjectMeta } from '@/model/meta'
import { recordPage } from '@/model/subjects'
import { stateWord, verbWord, wordOf } from '@/model/words'
import type { Row } from '@/model/row'
import type { View } from '@/model/views'

export interface SystemTable {
  title: StaffKey
  text: StaffKey
  of: SubjectMeta
  list: string
  columns: readonly string[]
  lead: string
  /** The member that tells rows apart, where it is not `id`. */
  key?: string
  /** The form by which one is made, by who holds its verb. */
  make?: string
  views?: () => readonly View[]
  acts?: readonly Act[]
  to?: (row: Row) => string
}

/** What is done to the person whom the row is about, whose `may` it does not have: it is for others than oneself. */
const mayTo = (id: string, verb: string) => holds('person', verb) && id !== useSession().session.value?.person.id

async function tell(path: string, id: string, verb: string): Promise<void> {
  await api.request('POST', addressOf(path, { person: id }), {})
  toast(st('case.done', { what: verbWord(person, verb) }), 'good')
}

const signOut: Act = {
  name: 'sign_out',
  verb: '',
  label: () => verbWord(person, 'sign_out'),
  icon: LogOut,
  danger: true,
  when: (row) => mayTo((row['person'] as { id: string }).id, 'sign_out'),
  run: (row) => tell(person.forms.sign_out.path, (row['person'] as { id: string }).id, 'sign_out'),
  question: (name) => ({ title: st('people.sign_out_title', { name }), text: st('people.sign_out_text') }),
}

const unlock: Act = {
  name: 'unlock',
  verb: '',
  label: () => verbWord(person, 'unlock'),
  icon: LockOpen,
  when: (row) => isLocked(row) && mayTo(String(row['person']), 'unlock'),
  run: (row) => tell(person.forms.unlock.path, String(row['person']), 'unlock'),
}

const stateViews = (of: SubjectMeta, states: readonly string[]): View[] => [
  { id: 'all', name: st('roles.view_all'), address: '' },
  ...states.map((state) => ({ id: state, name: wordOf(of, `state.${state}`) ?? stateWord(of, state), address: `state=${state}` })),
]

export const TABLES: Readonly<Record<string, SystemTable>> = {
  settings: {
    title: 'system.settings', text: 'system.settings_text', of: setting, list: 'settings', lead: 'key',
    columns: ['key', 'value', 'set_by', 'set_at'],
    make: 'set',
  },
  'settings-all': {
    title: 'system.settings_all', text: 'system.settings_all_text', of: setting, list: 'all', lead: 'key',
    columns: ['key', 'value', 'set_by', 'set_at'],
  },
  jobs: { title: 'system.jobs', text: 'system.jobs_text', of: job, list: 'jobs', lead: 'name', key: 'name', columns: ['name', 'result', 'last_ended_at', 'next_at', 'failures', 'message'] },
  deliveries: {
    title: 'system.deliveries', text: 'system.deliveries_text', of: delivery, list: 'deliveries', lead: 'person',
    columns: ['person', 'channel', 'state', 'at', 'attempts', 'next_at', 'reason'],
    views: () => stateViews(delivery, ['failed', 'queued']),
    acts: actsOf(delivery, [
      { name: 'retry', verb: 'retry', form: 'retry', label: () => verbWord(delivery, 'retry'), icon: RotateCw, when: (row) => row['state'] === 'failed' },
    ]),
  },
  integrations: {
    title: 'system.integrations', text: 'system.integrations_text', of: integration, list: 'integrations', lead: 'name',
    columns: ['name', 'kind', 'url', 'active', 'last_sent_at', 'last_failed_at', 'failure'],
    make: 'create',
    acts: actsOf(integration),
    to: ({ id }) => recordPage('integration', id),
  },
  delegations: {
    title: 'system.delegations', text: 'system.delegations_text', of: delegation, list: 'delegations', lead: 'giver',
    columns: ['giver', 'deputy', 'starts_on', 'ends_on', 'verbs', 'reason', 'state'],
    acts: delegationActs,
    to: ({ id }) => recordPage('delegation', id),
  },
  sessions: {
    title: 'system.sessions', text: 'system.sessions_text', of: session, list: 'sessions', lead: 'person', key: 'digest',
    columns: ['person', 'created_at', 'last_seen_at', 'expires_at', 'address', 'by_link'],
    acts: [signOut],
  },
  'login-failures': {
    title: 'system.failures', text: 'system.failures_text', of: login_failure, list: 'login_failures', lead: 'name', key: 'person',
    columns: ['name', 'failures', 'last_at', 'locked_until'],
    views: () => [
      { id: 'all', name: st('roles.view_all'), address: '' },
      { id: 'locked', name: wordOf(login_failure, 'locked.true') ?? '', address: 'locked=true' },
    ],
    acts: [unlock],
  },
}
