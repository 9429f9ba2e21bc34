// The table of rights that the server prints against what it answers over HTTP: somebody of each role asks for each
// record that there is, and for each thing that could be done to it. In which scopes a record is for somebody is asked of
// the database, by the declared SQL alone. Beside it cases that were written by hand, from what an office means, and what
// each may say in a room (rights-room.ts).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Api } from '../lib/api'
import { BUILD, Server, TOP } from '../lib/server'
import { judgeRooms } from './rights-room'
import { seed } from './rights-seed'

const PASSWORD = 'Lichtung-im-Wald-1868'
/** Of a subject and a state, the newest: 16 roles ask each of them everything. */
const ROWS_MOST = 3
const ADMINS = ['system_admin', 'security_admin', 'audit_admin']
const BY_HAND = join(TOP, 'tests', 'data', 'rights', 'by-hand.txt')
const CASES_LEAST = 200

interface Right {
  subject: string
  role: string
  scope: string
  state: string
  verb: string
  party: string
  method: string
  path: string
  /** "meeting.run": who may that comes so far at all; or empty. */
  on: string
}

interface Person {
  id: string
  role: string
  api: Api
}

interface Row {
  id: string
  state: string
  /** For whoever asks. */
  scopes: string[]
}

const problems: string[] = []
let checks = 0
function expect(right: boolean, what: string): void {
  checks++
  if (!right) problems.push(what)
}

// ---- what the server says of itself

function printed(): Right[] {
  const text = execFileSync(join(BUILD, 'server', 'yishid'), ['--print', 'rights'], { encoding: 'utf8' })
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [subject, role, scope, state, verb, , party, way] = line.trim().split(/\s{2,}/) as string[]
      const [method, path] = way!.split(' ')
      const on = /\(who may (\S+)\)/.exec(way!)?.[1] ?? ''
      return { subject, role, scope, state, verb, party, method: method!, path: path ?? '', on } as Right
    })
}

const rights = printed()
const subjects = [...new Set(rights.map(({ subject }) => subject))]
const rightsOf = (subject: string, role: string): Right[] =>
  rights.filter((right) => right.subject === subject && [role, 'signed_in'].includes(right.role))
const isOfRow = ({ subject, path }: Right): boolean => path.includes(`{${subject}}`)
/** "meeting.run": a right on another record, as a scope or of who may ask at all. */
const elsewhere = new Set(rights.flatMap(({ scope, on }) => [scope, on]).filter((name) => name.includes('.')))
/** Nothing that somebody does to a record, and so none of its buttons: looking at it. What is printed is done. */
const shows = ({ subject, verb, method, path }: Right): boolean =>
  verb === 'read' || (['-', 'GET'].includes(method) && !path.includes('/papers/') && !elsewhere.has(`${subject}.${verb}`))

/** From the `from` that stands in no parentheses. */
function fromOf(row: string): string {
  let depth = 0
  for (let i = 0; i < row.length; i++) {
    if (row[i] === '(') depth++
    else if (row[i] === ')') depth--
    else if (depth === 0 && /^\sfrom\s/.test(row.slice(i, i + 6))) return row.slice(i + 1)
  }
  return ''
}

/** Its scopes and what they are about, out of the declared SQL. */
function declared(subject: string): { from: string; alias: string; scopes: Map<string, string> } {
  const text = readFileSync(join(TOP, 'server', 'domain', subject, 'queries.sql'), 'utf8')
  const sections = new Map(
    text.split(/^--: /m).slice(1).map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end).trim(), section.slice(end + 1).trim().replace(/;$/, '')] as const
    }),
  )
  // What C computes is there in the server alone; which rows there are does not hang on it (model.c).
  const from = fromOf(sections.get('row') ?? '').split('\n-- of what is shown\n')[0]!
  const scopes = new Map([...sections].filter(([name]) => name.startsWith('scope ')).map(([name, sql]) => [name.slice(6), sql]))
  return { from, alias: from.split(/\s+/)[2] ?? '', scopes }
}

// ---- who is there, and what

function account(server: Server, role: string): string {
  const login = `bar.${role}`
  const made = ADMINS.includes(role) ? role : 'staff'
  execFileSync(join(BUILD, 'server', 'yishictl'), ['admin', 'create', '--login', login, '--name', role, '--role', made, '--password-stdin'], {
    env: { ...process.env, YISHI_DATA_DIR: join(server.data, 'var') },
    input: `${PASSWORD}\n`,
  })
  const id = server.query<{ id: string }>(`select id from person where login = '${login}'`)[0]!.id
  if (made !== role) {
    server.query(`update role_holder set state = 'ended', valid_to = valid_from + 1 where person = '${id}' and state = 'held'`)
    server.query(
      `insert into role_holder (id, person, role, state, valid_from, created_at)
       values (lower(hex(randomblob(8))), '${id}', '${role}', 'held', 1700000000000, 1700000000000)`,
    )
  }
  return id
}

async function people(server: Server): Promise<Person[]> {
  const roles = [...new Set(rights.map(({ role }) => role))].filter((role) => role !== 'signed_in')
  const list: Person[] = []
  for (const role of roles) {
    const id = account(server, role)
    list.push({ id, role, api: await new Api(server.url).signIn(`bar.${role}`, PASSWORD) })
  }
  return list
}

/** The verbs of a row of another subject, for whoever asks: by its grants and declared scopes. */
function holds(server: Server, subject: string, id: string, verb: string, person: Person): boolean {
  const row = rowsOf(server, subject, person, id)[0]
  return !!row && rightsOf(subject, person.role).some((right) => right.verb === verb && inScope(row, right) && ['-', row.state].includes(right.state))
}

/** Its scopes that are a right on another record, which it refers to by that one's name. */
const scopesElsewhere = (subject: string): string[] =>
  [...new Set(rights.filter((right) => right.subject === subject && right.scope.includes('.')).map(({ scope }) => scope))]

/** The newest of each state, or that one. */
function rowsOf(server: Server, subject: string, person: Person, id?: string): Row[] {
  const { from, alias, scopes } = declared(subject)
  const others = scopesElsewhere(subject)
  const stated = rights.some((right) => right.subject === subject && right.state !== '-')
  const columns = [
    ...[...scopes].map(([name, sql]) => `(${sql}) as "scope ${name}"`),
    ...others.map((name) => `${alias}.${name.split('.')[0]} as "other ${name}"`),
  ]
  const state = stated ? `${alias}.state` : "'-'"
  const newest = `row_number() over (partition by ${state} order by ${alias}.created_at desc) as newest`
  const text = `select * from (select ${alias}.id as id, ${state} as state, ${newest}${columns.map((column) => `, ${column}`).join('')} ${from})
    where ${id ? `id = '${id}'` : `newest <= ${ROWS_MOST}`}`
  const values: Record<string, string> = {
    me: `'${person.id}'`,
    now: String(Date.now()),
    on: "date('now')",
    today: "date('now')",
    day_from: "(unixepoch('now', 'start of day') * 1000)",
    link: 'null',
    deputy: 'null',
  }
  const bound = text.replace(/@(\w+)/g, (_, name: string) => {
    if (!(name in values)) throw new Error(`${subject}: no value for @${name}`)
    return values[name]!
  })
  return server.query<Record<string, unknown>>(bound).map((row) => ({
    id: String(row['id']),
    state: String(row['state']),
    scopes: [
      ...[...scopes.keys()].filter((name) => row[`scope ${name}`]),
      ...others.filter((name) => holds(server, name.split('.')[0]!, String(row[`other ${name}`]), name.split('.')[1]!, person)),
    ],
  }))
}

// ---- what is expected, and what is answered

const inScope = (row: Row, right: Right): boolean => right.scope === 'all' || row.scopes.includes(right.scope)
const isWithheld = (row: Row, right: Right): boolean => right.party === 'never' && row.scopes.includes('party')

const ask = async (person: Person, method: string, path: string): Promise<{ status: number; body: string }> => {
  const response = await person.api.request(method, `/api/v1${path}`, method === 'GET' ? undefined : { unknown: 1 })
  return { status: response.status, body: await response.text() }
}

/** Each verb of the subject that is asked of one record. */
const waysOf = (subject: string): Right[] => {
  const all = rights.filter((right) => right.subject === subject && isOfRow(right) && !right.path.includes('('))
  return [...new Map(all.map((right) => [right.verb, right])).values()].filter(
    ({ path }) => !path.replace(`{${subject}}`, '').includes('{'),
  )
}

function statuses(way: Right, own: Right[], row: Row): number[] {
  const fits = own.filter((right) => inScope(row, right) && !isWithheld(row, right))
  const here = fits.filter(({ state }) => state === '-' || state === row.state)
  const may = here.some(({ verb }) => verb === way.verb)
  const reads = here.some(({ verb }) => verb === 'read')
  const prints = way.path.includes('/papers/')
  if (way.method === 'GET') return [may ? 200 : reads && prints ? 403 : 404]
  if (!reads) return [404]
  if (may) return [422]
  return fits.some(({ verb }) => verb === way.verb) ? [409, 403] : [403]
}

async function judgeRow(subject: string, person: Person, row: Row): Promise<void> {
  const own = rightsOf(subject, person.role).filter(isOfRow).concat(rightsOf(subject, person.role).filter(({ method }) => method === '-'))
  for (const way of waysOf(subject)) {
    const { status } = await ask(person, way.method, way.path.replace(`{${subject}}`, row.id))
    const wanted = statuses(way, own, row)
    expect(wanted.includes(status), `${person.role} ${way.verb} ${subject} ${row.state} [${row.scopes.join(' ')}]: ${status}, not ${wanted.join(' or ')}`)
  }
  const one = waysOf(subject).find(({ verb, path }) => verb === 'read' && path.endsWith(`{${subject}}`))
  const answer = one && (await ask(person, 'GET', one.path.replace(`{${subject}}`, row.id)))
  if (answer?.status !== 200) return
  const may = (JSON.parse(answer.body) as { may: string[] }).may
  const wanted = own.filter((right) => !shows(right) && inScope(row, right) && !isWithheld(row, right) && ['-', row.state].includes(right.state))
  const verbs = [...new Set(wanted.map(({ verb }) => verb))].sort()
  expect(verbs.join(' ') === [...may].sort().join(' '), `${person.role} ${subject} ${row.state}: may ${may.join(' ')}, not ${verbs.join(' ')}`)
}

/** What makes a record, what lists them, and what is nobody's. */
async function judgeSubject(subject: string, person: Person): Promise<void> {
  const open = rights.filter((right) => right.subject === subject && !right.path.includes('{') && right.method !== '-')
  for (const way of new Map(open.map((right) => [right.verb, right])).values()) {
    const may = rightsOf(subject, person.role).some(({ verb }) => verb === way.verb)
    const { status } = await ask(person, way.method, way.path)
    const wanted = !may ? 403 : way.method === 'GET' ? 200 : 422
    expect(status === wanted, `${person.role} ${way.verb} ${subject}: ${status}, not ${wanted}`)
  }
  for (const way of waysOf(subject)) {
    const { status } = await ask(person, way.method, way.path.replace(`{${subject}}`, '0123456789abcdef'))
    expect(status === 404, `${person.role} ${way.verb} ${subject} that is not there: ${status}, not 404`)
  }
}

// ---- by hand

/** "subject verb relation: roles": whoever is not named may not. */
function byHand(): { subject: string; verb: string; relation: string; roles: string[] }[] {
  return readFileSync(BY_HAND, 'utf8')
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('#'))
    .map((line) => {
      const [head, roles] = line.split(':') as [string, string]
      const [subject, verb, relation] = head.trim().split(/\s+/) as [string, string, string]
      return { subject, verb, relation, roles: roles.trim().split(/\s+/).filter(Boolean) }
    })
}

/** A record that stands so to whoever asks; undefined: nothing does. */
function standing(server: Server, subject: string, relation: string, person: Person): string | undefined {
  const all: Record<string, string> = {
    'person member': `select id from person p where kind = 'member' and id <> '${person.id}' and not exists (select 1 from person_role r where r.person = p.id and r.role <> 'member') limit 1`,
    'person staff': `select person as id from person_role where role = 'staff' and person <> '${person.id}' and person not in (select person from person_role where role like '%admin') limit 1`,
    'person administrator': `select person as id from person_role where role like '%admin' and person <> '${person.id}' limit 1`,
    'person self': `select '${person.id}' as id`,
    'org any': 'select id from org limit 1',
    'post any': 'select id from post limit 1',
    'role_holder self': `select id from role_holder where person = '${person.id}' and state = 'held' limit 1`,
    'role_holder member': `select h.id from role_holder h join person p on p.id = h.person where p.kind = 'member' and h.role = 'member' and h.state = 'held' and h.person <> '${person.id}' limit 1`,
  }
  const sql = all[`${subject} ${relation}`]
  if (!sql) throw new Error(`nobody knows what ${subject} ${relation} is`)
  return server.query<{ id: string }>(sql)[0]?.id
}

async function judgeByHand(server: Server, all: Person[]): Promise<number> {
  let cases = 0
  for (const { subject, verb, relation, roles } of byHand()) {
    const way = rights.find((right) => right.subject === subject && right.verb === verb && right.method !== '-')
    if (!way) throw new Error(`${subject} has no ${verb}`)
    for (const person of all) {
      const id = relation === '-' ? '' : standing(server, subject, relation, person)
      if (id === undefined) continue
      cases++
      const { status } = await ask(person, way.method, way.path.replace(/\{\w+\}/, id))
      const may = roles.includes('everybody') || roles.includes(person.role)
      const fits = may ? [200, 422].includes(status) : [403, 404, 409].includes(status)
      expect(fits, `by hand: ${person.role} ${verb} ${subject} ${relation}: ${status}`)
    }
  }
  return cases
}

// ---- all of it

const server = new Server(8080)
server.ctl('demo', '--size', 'article', '--seed', '1')
await server.start()
const all = await people(server)
await seed(server, all)
const rows: Record<string, number> = {}
for (const subject of subjects) {
  for (const person of all) {
    await judgeSubject(subject, person)
    if (!waysOf(subject).length) continue
    const found = rowsOf(server, subject, person)
    rows[subject] = Math.max(rows[subject] ?? 0, found.length)
    for (const row of found) await judgeRow(subject, person, row)
  }
}
const cases = await judgeByHand(server, all)
if (cases < CASES_LEAST) problems.push(`${cases} cases by hand, not ${CASES_LEAST}`)
const rooms = await judgeRooms(server.port, all, expect)
for (const subject of Object.keys(rows)) if (!rows[subject]) problems.push(`no ${subject} to ask for`)
for (const problem of problems.slice(0, 40)) console.error('problem:', problem)
await server.dispose()
console.log(JSON.stringify({ bar: 'rights', rights: rights.length, roles: all.length, rows, checks, by_hand: cases, rooms, unexpected: problems.length }))
process.exit(problems.length === 0 ? 0 : 1)
