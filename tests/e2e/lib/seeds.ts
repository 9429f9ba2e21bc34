// What a server has before its pages are looked at: nothing, what is as long as it may be, or hundreds of everything.
import { Api } from './api'
import { Server } from './server'

export type SeedName = 'empty' | 'long' | 'many'
export const SEEDS: readonly SeedName[] = ['empty', 'long', 'many']

const MANY = 600
const DAY_MS = 86_400_000

/** Half of it is one word that no line can end in. */
function long(chars: number): string {
  const word = 'Wirtschaftsförderungsgesellschaftsangelegenheiten'
  const half = Math.ceil(chars / 2)
  return ('关于进一步推进老旧小区改造和适老化加装电梯专题远程协商'.repeat(99).slice(0, half) + word.repeat(99)).slice(0, chars)
}

const fitted = (seed: SeedName, usual: string, most: number): string => (seed === 'long' ? long(most) : usual)

export class Seed {
  /** By a role that each of them has. */
  readonly sessions = new Map<string, Api>()
  meeting = ''
  private me = ''
  private org = ''
  private recording = ''
  private secret = ''
  private invited = '' // secret of a link to set up an account
  private made = false
  /** Of the register, by the paths of their pages. */
  private readonly register: Record<string, string> = {}

  constructor(
    readonly server: Server,
    readonly name: SeedName,
  ) {}

  get staff(): Api {
    return this.sessions.get('staff')!
  }

  /** People who look at the pages; of what they look at, `many` has all before the first page. */
  async begin(): Promise<void> {
    const { server, name } = this
    const admin = await this.account('root', 'system_admin')
    await this.account('auditor', 'audit_admin')
    const clerk = await admin.call<{ id: string }>('POST', '/api/v1/people', {
      name: fitted(name, '机关工作人员', 64), kind: 'staff', login: 'clerk', sector: fitted(name, '', 64), organisation: fitted(name, '', 128),
    })
    this.me = clerk.id
    this.sessions.set('staff', await this.signIn('clerk', server.ctl('admin', 'reset', '--login', 'clerk')))
    await this.beginMember()
    if (name === 'many') this.addMany()
    if (name !== 'empty') await this.records()
  }

  /** A member who signs in and also convenes a sector. */
  private async beginMember(): Promise<void> {
    const { server, name } = this
    const root = this.sessions.get('system_admin')!
    const sector = await this.staff.call<{ id: string }>('POST', '/api/v1/orgs', { kind: 'sector', code: 'seat', name: fitted(name, '医药卫生界', 100), valid_from: '2020-01-01' })
    const term = await root.call<{ id: string }>('POST', '/api/v1/terms', { no: 14, name: fitted(name, '第十四届', 60), starts_on: '2022-01-01', ends_on: '2026-12-31' })
    const person = await this.staff.call<{ id: string }>('POST', '/api/v1/people', { name: fitted(name, '在任委员', 64), kind: 'member', login: 'member' })
    server.query(`insert into role_holder (id, person, role, org, state, valid_from, created_at) values ('convenes00000001', '${person.id}', 'convener', '${sector.id}', 'held', ${Date.now()}, ${Date.now()})`)
    const api = await this.signIn('member', server.ctl('admin', 'reset', '--login', 'member'))
    for (const role of ['member', 'convener']) this.sessions.set(role, api)
    Object.assign(this.register, { person: person.id, sector: sector.id, term: term.id })
  }

  /** Of everything that the register keeps one; in `many` hundreds of members besides. */
  private async keepRegister(): Promise<void> {
    const { name, staff, register } = this
    const member = this.sessions.get('member')!
    const post = (path: string, body: unknown, by = staff) => by.call<{ id: string }>('POST', `/api/v1/${path}`, body)
    const known = { work_unit: fitted(name, '第一医院', 100), work_title: fitted(name, '主任医师', 60), phone: '13800000001', social_posts: fitted(name, '示例协会会长', 500), honours: fitted(name, '先进个人', 500) }
    const profile = await post('members', { person: register.person, code: fitted(name, '14-001', 20).replace(/[^A-Za-z0-9-]/g, 'x'), ...known })
    await post(`members/${profile.id}/admit`, { term: register.term, sector: register.sector, capacity: 'standing', since: '2022-01-01', document_no: fitted(name, '协〔2022〕1号', 60) })
    const entered = await post('members/enter', { name: fitted(name, '未开通委员', 64), code: '14-002', term: register.term, sector: register.sector, capacity: 'member', since: '2022-01-01', document_no: '协〔2022〕1号' })
    const { link } = await staff.call<{ link: string }>('POST', `/api/v1/members/${entered.id}/invite`, {})
    this.invited = link.slice(link.lastIndexOf('/') + 1)
    const request = await post('change_requests', { field: 'work_unit', new: fitted(name, '第二医院', 99), reason: fitted(name, '工作调动', 200) }, member)
    const change = await post('member_changes', { member_profile: profile.id, kind: 'suspend', day: '2022-02-01', reason: fitted(name, '因故不能履职', 500), document_no: '协〔2022〕2号' })
    const twins = await Promise.all([1, 2].map(() => post('people', { name: fitted(name, '重名委员', 64), kind: 'member' })))
    const merge = await post('person_merges', { duplicate: twins[0]!.id, survivor: twins[1]!.id, reason: fitted(name, '同一人', 200) })
    const files = await staff.call<{ items: { id: string }[] }>('GET', `/api/v1/members/${profile.id}/term_files`)
    Object.assign(register, { profile: profile.id, request: request.id, change: change.id, merge: merge.id, file: files.items[0]!.id })
    if (name !== 'many') return
    this.server.query(`begin immediate; insert into member_profile (id, person, code, state, created_at)
      select printf('profile%09d', cast(substr(id, 7) as int)), id, 'M' || substr(id, 7), 'active', created_at from person where id like 'person%'; commit;`)
  }

  private async account(login: string, role: string): Promise<Api> {
    const api = await this.signIn(login, this.server.ctl('admin', 'create', '--login', login, '--role', role))
    this.sessions.set(role, api)
    return api
  }

  private async signIn(login: string, told: string): Promise<Api> {
    const once = /^password: *(\S+)$/m.exec(told)?.[1]
    if (!once) throw new Error(`no password in: ${told}`)
    const password = `Nothing-is-lost-${login}`
    await (await new Api(this.server.url).signIn(login, once)).call('PUT', '/api/v1/session/password', { old: once, new: password })
    return new Api(this.server.url).signIn(login, password)
  }

  private addMany(): void {
    const now = Date.now()
    this.server.query(`pragma foreign_keys = on; begin immediate;
      create temp table n as with recursive c (i) as (select 1 union all select i + 1 from c where i < ${MANY}) select i from c;
      insert into person (id, name, kind, sector, organisation, created_at)
        select printf('person%010d', i), '委员' || i, 'member', '第' || (i % 34) || '界别', '单位' || i, ${now} from n;
      insert into role_holder (id, person, role, state, valid_from, created_at)
        select printf('holder%010d', i), printf('person%010d', i), 'member', 'held', ${now}, ${now} from n;
      insert into org (id, kind, code, valid_from, created_at) select printf('org%013d', i), 'unit', 'U' || i, '2020-01-01', ${now} from n;
      insert into org_name (org, valid_from, name) select printf('org%013d', i), '2020-01-01', '承办单位' || i from n;
      insert into post (id, person, org, role, valid_from, created_at)
        select printf('post%012d', i), printf('person%010d', i), 'org0000000000001', 'member', '2022-01-01', ${now} from n;
      insert into meeting (id, title, state, planned_start, planned_end, host, created_at)
        select printf('meeting%09d', i), '第' || i || '次专题协商会', 'scheduled', ${now} + i * ${DAY_MS / 24}, ${now} + (i + 2) * ${DAY_MS / 24}, '${this.me}', ${now} from n;
      commit;`)
  }

  /** One of each kind, so that there is a page of it. */
  async records(): Promise<void> {
    if (this.made) return
    this.made = true
    const { name, staff } = this
    const now = Date.now()
    const many = name === 'many'
    this.org = many ? 'org0000000000001' : (await staff.call<{ id: string }>('POST', '/api/v1/orgs', {
      kind: 'sector', code: fitted(name, '1', 20).replace(/[^A-Za-z]/g, 'x'), name: fitted(name, '测试界别', 100), valid_from: '2020-01-01',
    })).id
    const people = many ? this.server.query<{ id: string }>(`select id from person where kind = 'member'`) : []
    const meeting = await staff.call<{ id: string }>('POST', '/api/v1/meetings', {
      title: fitted(name, '空会议', 200), topic: name === 'long' ? long(2000) : '', planned_start: now, planned_end: now + 2 * 3600_000, host: this.me,
      invitations: people.map(({ id }) => ({ person: id, capacity: 'attend' })),
    })
    this.meeting = meeting.id
    const guest = await staff.call<{ link: string }>('POST', `/api/v1/meetings/${meeting.id}/invitations`, {
      guest_name: fitted(name, '来宾', 64), organisation: fitted(name, '', 128), capacity: 'invited',
    })
    this.secret = guest.link.slice(guest.link.lastIndexOf('/') + 1)
    await staff.call('POST', `/api/v1/meetings/${meeting.id}/open`, {})
    await this.keepRegister()
    // Nothing of it plays: what is played is another bar's.
    const ids = Array.from({ length: many ? MANY : 1 }, (_, i) => `record${String(i).padStart(10, '0')}`)
    this.recording = ids[0]!
    this.server.query(`begin immediate; ${ids.map((id, i) => `insert into recording (id, meeting, state, reason, folder, started_at, ended_at)
      values ('${id}', '${meeting.id}', 'failed', 'failed', '2026/01/${id}', ${now - i * 1000}, ${now - i * 1000 + 500});`).join('')} commit;`)
  }

  private first(table: string, where = 'true'): string {
    return this.server.query<{ id: string }>(`select id from ${table} where ${where} order by created_at limit 1`)[0]?.id ?? ''
  }

  /** What stands for a parameter of a page's path; undefined: nobody said. */
  address(path: string): string | undefined {
    const of: Record<string, string> = {
      '/j/:secret': `/j/${this.secret}`,
      '/a/:secret': `/a/${this.invited}`,
      '/meetings/:id': `/meetings/${this.meeting}`,
      '/recordings/:id': `/recordings/${this.recording}`,
      '/people/:id': `/people/${this.name === 'many' ? 'person0000000001' : this.me}`,
      '/people/import/:import?': '/people/import',
      '/members/import/:import?': '/members/import',
      '/orgs/:id': `/orgs/${this.org}`,
      '/terms/:id': `/terms/${this.register.term}`,
      '/roles/:id': `/roles/${this.first('role_holder', `person = '${this.me}'`)}`,
      '/system/calendar/:id': `/system/calendar/${this.first('calendar_year')}`,
      '/records/:subject/:id': `/records/role_holder/${this.first('role_holder', `person = '${this.me}'`)}`,
      '/members/:id': `/members/${this.register.profile}`,
      '/members/requests/:id': `/members/requests/${this.register.request}`,
      '/members/standing/:id': `/members/standing/${this.register.change}`,
      '/members/merges/:id': `/members/merges/${this.register.merge}`,
      '/duty/files/:id': `/duty/files/${this.register.file}`,
      '/:rest(.*)*': '/nowhere',
    }
    if (!path.includes(':')) return path
    return of[path] ?? (path.startsWith('/staff/meetings/:id') ? path.replace(':id', this.meeting) : undefined)
  }
}
