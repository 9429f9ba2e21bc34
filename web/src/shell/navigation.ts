// Where people go, as one table: a new system adds a line. An entry stands in the rail of whoever may use one of its pages,
// and leads to the first of them; the server checks every right again.
import { Award, CircleUserRound, House, Inbox, LayoutDashboard, Settings, UsersRound, Video } from 'lucide-vue-next'
import type { Component } from 'vue'
import type { ShellKey } from '@/i18n/shell'
import type { PersonRole } from '@/domain/person/gen'
import { BUSINESS, CALENDAR, isOneOf, KEEPERS, READERS, SECURITY, SYSTEM, TERMS } from './readers'

export interface NavPage {
  word: ShellKey
  path: string
  /** Whom it is offered, where that is not everybody who may use it (readers.ts). */
  who?: readonly PersonRole[]
  /** Nothing for who came by a link. */
  account?: true
}

export interface NavEntry {
  word: ShellKey
  icon: Component
  pages: readonly NavPage[]
  /** Entries of one group stand together; absent: not in the rail. */
  group?: number
  /** Its place at the bottom of a phone, where it may be called otherwise. */
  bar?: { word: ShellKey; icon: Component }
  /** Says that a meeting is live. */
  live?: true
  /** Says how many messages are unread. */
  unread?: true
}

/** What somebody may make: ＋. */
export interface NavMake {
  word: ShellKey
  path: string
  who?: readonly PersonRole[]
}

export const NAVIGATION: readonly NavEntry[] = [
  {
    word: 'rail.home',
    icon: LayoutDashboard,
    group: 1,
    bar: { word: 'rail.today', icon: House },
    pages: [{ word: 'rail.home', path: '/' }],
  },
  {
    word: 'rail.meetings',
    icon: Video,
    group: 2,
    bar: { word: 'rail.meetings', icon: Video },
    live: true,
    pages: [
      { word: 'rail.manage', path: '/staff/meetings' },
      { word: 'rail.my_meetings', path: '/meetings' },
      { word: 'rail.recordings', path: '/recordings' },
    ],
  },
  {
    word: 'rail.duty',
    icon: Award,
    group: 2,
    bar: { word: 'rail.duty', icon: Award },
    pages: [
      { word: 'rail.my_files', path: '/duty', account: true },
      { word: 'rail.files', path: '/duty/files' },
    ],
  },
  {
    word: 'rail.members',
    icon: UsersRound,
    group: 2,
    pages: [
      { word: 'rail.register', path: '/members', account: true },
      { word: 'rail.linked', path: '/members/linked', account: true },
      { word: 'rail.requests', path: '/members/requests' },
      { word: 'rail.standing', path: '/members/standing' },
      { word: 'rail.merges', path: '/members/merges' },
      { word: 'rail.absences', path: '/members/absences' },
      { word: 'rail.people', path: '/people', who: KEEPERS },
      { word: 'rail.orgs', path: '/orgs', who: KEEPERS },
      { word: 'rail.terms', path: '/terms', who: TERMS },
    ],
  },
  {
    word: 'rail.system',
    icon: Settings,
    group: 3,
    pages: [
      { word: 'rail.accounts', path: '/people', who: [...SYSTEM, ...SECURITY] },
      { word: 'rail.orgs', path: '/orgs', who: [...SYSTEM, ...SECURITY] },
      { word: 'rail.terms', path: '/terms', who: SYSTEM },
      { word: 'rail.audit', path: '/staff/audit' },
      { word: 'rail.health', path: '/system/health' },
      { word: 'rail.lines', path: '/system/lines' },
      { word: 'rail.dicts', path: '/system/dicts' },
      { word: 'rail.calendar', path: '/system/calendar', who: CALENDAR },
      { word: 'rail.deadlines', path: '/system/deadlines', who: CALENDAR },
      { word: 'rail.settings', path: '/system/settings' },
      { word: 'rail.jobs', path: '/system/jobs' },
      { word: 'rail.deliveries', path: '/system/deliveries' },
      { word: 'rail.integrations', path: '/system/integrations' },
      { word: 'rail.delegations', path: '/system/delegations' },
      { word: 'rail.sessions', path: '/system/sessions' },
      { word: 'rail.failures', path: '/system/login-failures' },
      { word: 'rail.papers', path: '/system/papers' },
      { word: 'rail.rights', path: '/system/rights' },
      { word: 'rail.roles', path: '/roles' },
    ],
  },
  {
    word: 'rail.messages',
    icon: Inbox,
    bar: { word: 'rail.messages', icon: Inbox },
    unread: true,
    pages: [{ word: 'rail.messages', path: '/messages', account: true }],
  },
  {
    word: 'rail.me',
    icon: CircleUserRound,
    bar: { word: 'rail.me', icon: CircleUserRound },
    pages: [{ word: 'rail.me', path: '/me' }],
  },
]

export const MAKES: readonly NavMake[] = [
  { word: 'new.meeting', path: '/staff/meetings/new' },
  { word: 'new.member', path: '/members/new' },
  { word: 'new.change', path: '/me/card?new' },
  { word: 'new.absence', path: '/me/away?new=absence', who: BUSINESS },
  { word: 'new.delegation', path: '/me/away?new=delegation', who: BUSINESS },
]

export const mayUse = (roles: readonly PersonRole[], { path, who }: Pick<NavPage, 'path' | 'who'>): boolean =>
  isOneOf(roles, who ?? READERS[path.replace(/\?.*/, '')])

/** An entry with the pages that are open to these roles. */
export type OpenEntry = NavEntry & { path: string }

export function entriesFor(roles: readonly PersonRole[], hasAccount = true, table: readonly NavEntry[] = NAVIGATION): OpenEntry[] {
  return table.flatMap((entry) => {
    const pages = entry.pages.filter((page) => mayUse(roles, page) && (hasAccount || !page.account))
    return pages[0] ? [{ ...entry, pages, path: pages[0].path }] : []
  })
}

/** How much of an address a page of the table is: 0, none of it. */
function covers(page: string, address: string): number {
  if (page === address) return page.length
  return page !== '/' && address.startsWith(`${page}/`) ? page.length : 0
}

/** The entry and the page that this address belongs to: the one that says most of it. */
export function placeOf(
  address: string,
  entries: readonly OpenEntry[],
): { entry: OpenEntry; page: NavPage } | null {
  let most = 0
  let found: { entry: OpenEntry; page: NavPage } | null = null
  for (const entry of entries) {
    for (const page of entry.pages) {
      const length = covers(page.path, address)
      if (length > most) [most, found] = [length, { entry, page }]
    }
  }
  return found
}
