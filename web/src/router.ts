// Pages and who may see them. What a member needs to join is in the first chunks; staff pages, with
// Element Plus, load on their own. The server checks every right again: this only leads the way.
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteMeta } from 'vue-router'
import { api, useSession } from './composables/useSession'
import type { TextKey } from './i18n'
import type { PersonRole } from '@/domain/person/gen'
import type { Session } from '@/sdk/api.gen'
import { reader } from './model/subjects'
import { before, nextPath } from './pages/next'
import { isOneOf, READERS } from './shell/readers'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    /** Of those who may open it (shell/readers.ts). */
    roles?: readonly PersonRole[]
    /** What the window is called, unless the page knows better. */
    title?: TextKey
    /** A page of its own without the shell. */
    bare?: boolean
  }
}


export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', component: () => import('./home/HomePage.vue'), meta: { title: 'nav.home' } },
    { path: '/me', component: () => import('./shell/MePage.vue'), meta: { title: 'nav.me' } },
    { path: '/messages', component: () => import('./domain/notice/MessagesPage.vue'), meta: { title: 'nav.messages' } },
    {
      path: '/login',
      component: () => import('./pages/LoginPage.vue'),
      meta: { open: true, bare: true, title: 'login.title' },
    },
    {
      path: '/password',
      component: () => import('./pages/PasswordPage.vue'),
      meta: { bare: true, title: 'password.title' },
    },
    {
      path: '/second-factor',
      component: () => import('./pages/SecondFactorPage.vue'),
      meta: { bare: true, title: 'factor.title' },
    },
    { path: '/j/:secret', component: () => import('./pages/LinkPage.vue'), meta: { open: true, bare: true } },
    { path: '/a/:secret', component: () => import('./pages/AccountPage.vue'), meta: { open: true, bare: true, title: 'account.page' } },
    { path: '/meetings', component: () => import('./pages/MeetingsPage.vue'), meta: { title: 'nav.meetings' } },
    { path: '/meetings/:id', component: () => import('./room/MeetingPage.vue'), meta: { bare: true } },
    {
      path: '/recordings',
      component: () => import('./recordings/RecordingsPage.vue'),
      meta: { title: 'nav.recordings' },
    },
    {
      path: '/recordings/:id',
      component: () => import('./recordings/PlayerPage.vue'),
      meta: { title: 'nav.recordings' },
    },
    {
      path: '/staff/meetings',
      component: () => import('./staff/MeetingsTablePage.vue'),
      meta: { title: 'nav.manage' },
    },
    {
      path: '/staff/meetings/new',
      component: () => import('./staff/NewMeetingPage.vue'),
      meta: { title: 'home.new' },
    },
    {
      path: '/staff/meetings/:id',
      component: () => import('./staff/meeting/MeetingRecord.vue'),
      meta: { title: 'nav.manage' },
      children: [
        { path: '', component: () => import('./staff/meeting/OverviewTab.vue') },
        { path: 'people', component: () => import('./staff/meeting/PeopleTab.vue') },
        { path: 'live', component: () => import('./staff/meeting/LiveTab.vue') },
        { path: 'recordings', component: () => import('./staff/meeting/RecordingsTab.vue') },
        { path: 'attendance', component: () => import('./staff/meeting/AttendanceTab.vue') },
      ],
    },
    { path: '/me/card', component: () => import('./domain/member_profile/MyCardPage.vue'), meta: { title: 'nav.card' } },
    { path: '/me/away', component: () => import('./domain/delegation/AwayPage.vue'), meta: { title: 'nav.away' } },
    { path: '/duty', component: () => import('./domain/term_file/MyFilesPage.vue'), meta: { title: 'nav.duty' } },
    { path: '/duty/files', component: () => import('./domain/term_file/FilesPage.vue'), meta: { title: 'nav.duty' } },
    { path: '/duty/files/:id', component: () => import('./domain/term_file/FilePage.vue'), meta: { title: 'nav.duty' } },
    { path: '/members', component: () => import('./domain/member_profile/MembersPage.vue'), meta: { title: 'nav.members' } },
    {
      path: '/members/linked',
      component: () => import('./domain/member_profile/MembersPage.vue'),
      props: { linked: true },
      meta: { title: 'nav.members' },
    },
    { path: '/members/new', component: () => import('./domain/member_profile/NewMemberPage.vue'), meta: { title: 'nav.members' } },
    // Before what is one of them by its id.
    { path: '/members/import/:import?', component: () => import('./domain/member_profile/MembersImportPage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/requests', component: () => import('./domain/change_request/ChangesPage.vue'), meta: { title: 'nav.members' } },
    // Also whose request it is reads it.
    { path: '/members/requests/:id', component: () => import('./domain/change_request/ChangePage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/standing', component: () => import('./domain/member_change/StandingsPage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/standing/:id', component: () => import('./domain/member_change/StandingPage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/absences', component: () => import('./domain/absence/AbsencesPage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/merges', component: () => import('./domain/person_merge/MergesPage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/merges/new', component: () => import('./domain/person_merge/NewMergePage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/merges/:id', component: () => import('./domain/person_merge/MergePage.vue'), meta: { title: 'nav.members' } },
    { path: '/members/:id', component: () => import('./domain/member_profile/MemberPage.vue'), meta: { title: 'nav.members' } },
    { path: '/staff/people', redirect: '/people' },
    {
      path: '/people',
      component: () => import('./domain/person/PeoplePage.vue'),
      meta: { title: 'nav.people' },
    },
    {
      path: '/people/import/:import?',
      component: () => import('./domain/person/PeopleImportPage.vue'),
      meta: { title: 'nav.people' },
    },
    {
      path: '/people/:id',
      component: () => import('./domain/person/PersonPage.vue'),
      meta: { title: 'nav.people' },
    },
    {
      path: '/orgs',
      component: () => import('./domain/org/OrgsPage.vue'),
      meta: { title: 'nav.people' },
    },
    {
      path: '/orgs/:id',
      component: () => import('./domain/org/OrgPage.vue'),
      meta: { title: 'nav.people' },
    },
    { path: '/terms', component: () => import('./domain/term/TermsPage.vue'), meta: { title: 'nav.terms' } },
    { path: '/terms/:id', component: () => import('./domain/term/TermPage.vue'), meta: { title: 'nav.terms' } },
    {
      path: '/roles',
      component: () => import('./domain/role_holder/RolesPage.vue'),
      meta: { title: 'nav.roles' },
    },
    // Also whose role it is reads it.
    { path: '/roles/:id', component: () => import('./domain/role_holder/RolePage.vue'), meta: { title: 'nav.roles' } },
    { path: '/system', redirect: '/system/health' },
    {
      path: '/system/health',
      component: () => import('./system/HealthPage.vue'),
      meta: { title: 'nav.system' },
    },
    {
      path: '/system/lines',
      component: () => import('./system/LinesPage.vue'),
      meta: { title: 'nav.system' },
    },
    {
      path: '/system/dicts',
      component: () => import('./system/DictsPage.vue'),
      meta: { title: 'nav.system' },
    },
    {
      path: '/system/calendar',
      component: () => import('./system/CalendarPage.vue'),
      meta: { title: 'nav.system' },
    },
    {
      path: '/system/calendar/:id',
      component: () => import('./system/CalendarYearPage.vue'),
      meta: { title: 'nav.system' },
    },
    { path: '/system/deadlines', component: () => import('./domain/deadline_rule/DeadlinesPage.vue'), meta: { title: 'nav.system' } },
    { path: '/system/deadlines/all', component: () => import('./domain/deadline_rule/DeadlinesPage.vue'), props: { every: true }, meta: { title: 'nav.system' } },
    {
      path: '/system/papers',
      component: () => import('./system/PapersPage.vue'),
      meta: { title: 'nav.system' },
    },
    {
      path: '/system/rights',
      component: () => import('./system/RightsPage.vue'),
      meta: { title: 'nav.system' },
    },
    ...(['settings', 'settings/all', 'jobs', 'deliveries', 'integrations', 'delegations', 'sessions', 'login-failures'] as const).map((path) => ({
      path: `/system/${path}`,
      component: () => import('./system/TablePage.vue'),
      props: { name: path.replace('/', '-') },
      meta: { title: 'nav.system' as const },
    })),
    { path: '/records/:subject/:id', component: () => import('./components/records/AnyRecordPage.vue') },
    {
      path: '/staff/audit',
      component: () => import('./staff/AuditPage.vue'),
      meta: { title: 'nav.audit' },
    },
    // What the components look like, for who builds pages; not in what is built for people.
    ...(import.meta.env.DEV ? [{ path: '/gallery', component: () => import('./gallery/GalleryPage.vue'), meta: { open: true } }] : []),
    {
      path: '/:rest(.*)*',
      component: () => import('./pages/NotFoundPage.vue'),
      meta: { open: true, title: 'not_found.title' },
    },
  ],
})

/** The pages that some have to go through before all others. */
const FIRST: readonly string[] = ['/password', '/second-factor']

/** The one that somebody has to go through now. */
function firstOf({ must_change_password, second_factor }: Session): string | null {
  if (must_change_password) return '/password'
  return second_factor.must && !second_factor.on ? '/second-factor' : null
}

for (const { path, meta } of router.getRoutes()) if (READERS[path]) meta.roles = READERS[path]

const admits = ({ roles }: RouteMeta, { person }: Session): boolean => isOneOf(person.roles, roles)

async function admit(to: RouteLocationNormalized) {
  if (to.meta.open) return true
  const { load } = useSession()
  let session
  try {
    session = await load()
  } catch {
    return true // the server cannot be reached: the page says so itself
  }
  if (!session) return before('/login', to.fullPath)
  const first = firstOf(session)
  if (first && to.path !== first) return before(first, FIRST.includes(to.path) ? nextPath(to.query) : to.fullPath)
  return admits(to.meta, session) || '/'
}

router.beforeEach(admit)

// What leads to pages leads only where it is open.
reader.id = () => useSession().session.value?.person.id ?? null
reader.mayOpen = (path) => {
  const session = useSession().session.value
  return session !== null && admits(router.resolve(path).meta, session)
}

let shell: Promise<typeof import('./shell/AppShell.vue')> | null = null

/** What stands around the pages, once. */
export const loadShell = () => (shell ??= import('./shell/AppShell.vue'))

// The shell comes together with its page, not after it.
router.beforeResolve(async (to) => {
  if (!to.meta.bare) await loadShell()
})

// A new version was put on the server while the page was open: its chunks have other names.
router.onError((error, to) => {
  if (/dynamically imported module|Importing a module script/.test(String(error))) {
    location.assign(to.fullPath)
  }
})

// A right that was given meanwhile may want a second factor, and a new password a change.
api.onHeldUp = async () => {
  const session = await useSession()
    .reload()
    .catch(() => null)
  const first = session && firstOf(session)
  if (first) await router.push(before(first, router.currentRoute.value.fullPath))
}

api.onSignedOut = () => {
  useSession().set(null)
  const now = router.currentRoute.value
  if (!now.meta.open) void router.push(before('/login', now.fullPath))
}
