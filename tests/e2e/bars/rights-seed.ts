// Records of the kinds that a city's worth of samples has none of, so that the bar has something to ask for.
import type { Api } from '../lib/api'
import type { Server } from '../lib/server'

interface Person {
  id: string
  role: string
  api: Api
}

/** Days from today, as "2026-11-30". */
const day = (days: number): string => new Date(Date.now() + 86400_000 * days).toISOString().slice(0, 10)

export async function seed(server: Server, all: Person[]): Promise<void> {
  const of = (role: string): Person => all.find((person) => person.role === role)!
  const post = (person: Person, path: string, body: object) => person.api.call<{ id: string }>('POST', `/api/v1/${path}`, body)
  const org = await post(of('staff'), 'orgs', { kind: 'sector', code: 'bar', name: '科技界', valid_from: '2020-01-01' })
  await post(of('staff'), 'posts', { person: of('member').id, org: org.id, role: 'member', valid_from: '2022-01-01' })
  await post(of('security_admin'), 'role_holders/asked', { person: of('member').id, role: 'staff', reason: '工作需要' })
  for (const person of all) {
    await post(person, 'saved_views', { list: 'person.people', name: '我的', address: 'role=staff' })
    await post(person, 'absences', { starts_on: day(1), ends_on: day(2), reason: '出差' })
    const endpoint = `https://push.example/${person.role}`
    await post(person, 'push_devices', { endpoint, p256dh: 'B'.padEnd(87, 'A'), auth: 'A'.repeat(22) })
  }
  await post(of('system_admin'), 'integrations', { kind: 'webhook', name: '公文', url: 'https://office.example/hook', active: false })
  const [one, other] = server.query<{ id: string }>("select id from person where kind = 'member' and login is null order by id limit 2")
  await post(of('staff'), 'person_merges', { duplicate: one!.id, survivor: other!.id, reason: '同一人' })
  for (const person of [of('staff'), of('system_admin')]) await importPlan(person.api)
  written(server, of('system_admin').id)
}

async function importPlan(api: Api): Promise<void> {
  const response = await fetch(`${api.url}/api/v1/people/import?file=people.csv`, {
    method: 'POST',
    headers: { origin: api.url, cookie: api.cookie, 'x-csrf-token': api.csrf, 'content-type': 'text/csv' },
    body: '姓名\n杜若\n',
  })
  if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`)
}

/** What the server itself keeps: two recordings, a message on its way, a form in use. */
function written(server: Server, admin: string): void {
  const meetings = server.query<{ id: string }>("select id from meeting where state = 'ended' order by planned_start limit 2")
  meetings.forEach(({ id }, i) => {
    const recording = `rightsrecording${i}`
    server.query(`insert into recording (id, meeting, folder, started_at) values ('${recording}', '${id}', '2025/11/${recording}', 1762000000000);
      update recording set state = 'ready', reason = 'ended', ended_at = started_at + 60000, duration_ms = 60000 where id = '${recording}'`)
  })
  server.query(`insert into delivery (id, entry, channel, state, at, created_at)
    select 'rightsdelivery00', id, 'email', 'failed', 1762000000000, 1762000000000 from notice_entry limit 1`)
  server.query(`insert into paper_template (id, form, name, size, sha256, document, created_at, created_by)
    values ('rightstemplate00', 'person.roster', '名册.docx', 4, '${'0'.repeat(64)}', x'504b0304', 1762000000000, '${admin}')`)
}
