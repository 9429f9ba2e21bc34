// What is kept: kill -9 under writes and uploads, a database of the oldest schema with five years in it, and a backup that
// is made while people write and put back on an empty machine.
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Api } from '../lib/api'
import { finish } from '../lib/load'
import { pause } from '../lib/meeting'
import { Server, TOP } from '../lib/server'

const KILLS = Number(process.argv[2] ?? 20)
const AUDIT_ROWS = Number(process.argv[3] ?? 2_000_000)
const BARS = { migrate_s: 60, serve_ms: 3000 }
const WRITERS = 4
const SWEPT_MS = 60_000
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n')

const short: string[] = []
const figures: Record<string, unknown> = {}

// ---- kill -9 ----

interface Said {
  /** Name of somebody who was made, whole. */
  people: string[]
  /** Id and digest of files that were taken. */
  files: Map<string, string>
  asked: Set<string>
}

/** Writes until the server is gone; what it acknowledged is noted, what it did not is only known to have been asked. */
async function write(api: Api, said: Said, stop: () => boolean): Promise<void> {
  while (!stop()) {
    const name = `写${randomBytes(8).toString('hex')}`
    said.asked.add(name)
    try {
      const made = await api.request('POST', '/api/v1/people', { name, kind: 'member', sector: name, organisation: name })
      if (made.ok) said.people.push(name)
      await made.arrayBuffer()
    } catch {
      return // it was killed
    }
  }
}

async function upload(api: Api, said: Said, stop: () => boolean): Promise<void> {
  while (!stop()) {
    const bytes = Buffer.concat([PDF, randomBytes(300_000), PDF])
    try {
      const response = await fetch(`${api.url}/api/v1/attachments?name=${randomBytes(4).toString('hex')}.pdf`, {
        method: 'POST', body: bytes,
        headers: { origin: api.url, cookie: api.cookie, 'x-csrf-token': api.csrf, 'content-type': 'application/octet-stream' },
      })
      const text = await response.text()
      if (response.ok) said.files.set((JSON.parse(text) as { id: string }).id, createHash('sha256').update(bytes).digest('hex'))
      else if (response.status !== 429 && response.status < 500) throw new Error(`an upload: ${response.status} ${text.slice(0, 200)}`)
      else await pause(200)
    } catch (error) {
      if (String(error).includes('an upload')) throw error
      return
    }
  }
}

/** Every file below a folder, by its path. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => join(one.path, one.name))
}

/** Files that no row names: what was not acknowledged, on its way when the server died. */
function orphansOf(server: Server): string[] {
  const named = new Set(server.query<{ sha256: string }>('select sha256 from attachment').map(({ sha256 }) => sha256))
  return filesIn(join(server.data, 'var', 'attachments')).filter((path) => !named.has(basename(path)))
}

/** They stay for an hour, as somebody may be about to name them: after it, a start finds and removes them. */
async function sweepsOrphans(server: Server): Promise<number> {
  const orphans = orphansOf(server)
  const old = new Date(Date.now() - 2 * 3600_000)
  for (const path of orphans) utimesSync(path, old, old)
  await server.stop()
  await server.start()
  for (const end = Date.now() + SWEPT_MS; orphansOf(server).length > 0; await pause(1000)) {
    if (Date.now() > end) {
      short.push(`${orphansOf(server).length} files of no row stay, such as ${orphansOf(server)[0]}`)
      break
    }
  }
  return orphans.length
}

function compare(server: Server, said: Said, at: string): void {
  const rows = server.query<{ name: string; sector: string; organisation: string; roles: number }>(`select p.name, p.sector, p.organisation,
    (select count(*) from role_holder h where h.person = p.id) roles from person p where p.name glob '写*'`)
  const there = new Set(rows.map(({ name }) => name))
  for (const name of said.people) if (!there.has(name)) short.push(`${at}: ${name} was acknowledged and is gone`)
  for (const row of rows) {
    if (!said.asked.has(row.name)) short.push(`${at}: ${row.name} was never asked for`)
    if (row.sector !== row.name || row.organisation !== row.name || row.roles !== 1) short.push(`${at}: half of ${row.name} is there`)
  }
  const events = server.query<{ n: number }>(`select count(*) n from person p where p.name glob '写*' and not exists (select 1 from case_event e where e.subject = 'person' and e.id = p.id)`)[0]!.n
  if (events > 0) short.push(`${at}: ${events} rows without an event`)
  const kept = new Map(server.query<{ id: string; sha256: string }>('select id, sha256 from attachment').map(({ id, sha256 }) => [id, sha256]))
  for (const [id, digest] of said.files) if (kept.get(id) !== digest) short.push(`${at}: file ${id} was acknowledged and is gone`)
  const paths = filesIn(join(server.data, 'var', 'attachments'))
  const digests = new Set(kept.values())
  for (const digest of digests) if (!paths.some((path) => path.includes(digest))) short.push(`${at}: no bytes of ${digest}`)
}

async function killed(): Promise<void> {
  const server = new Server(8080)
  const said: Said = { people: [], files: new Map(), asked: new Set() }
  const serving: number[] = []
  try {
    await server.start()
    const demo = server.demo()
    for (let i = 0; i < KILLS; i++) {
      const api = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
      let stopped = false
      const stop = () => stopped
      const all = [...Array.from({ length: WRITERS }, () => write(api, said, stop)), upload(api, said, stop), upload(api, said, stop)]
      await pause(600 + ((i * 137) % 900))
      await server.kill9()
      stopped = true
      await Promise.all(all)
      serving.push(Math.round(await server.start()))
      compare(server, said, `kill ${i + 1}`)
    }
    const swept = await sweepsOrphans(server)
    const whole = server.ctl('verify')
    if (!whole.includes('everything fits')) short.push(`verify: ${whole.slice(0, 300)}`)
    // The bytes themselves, once at the end.
    for (const path of filesIn(join(server.data, 'var', 'attachments'))) {
      const name = basename(path)
      if (createHash('sha256').update(readFileSync(path)).digest('hex') !== name) short.push(`${path} is not what its name says`)
    }
    figures.killed = { kills: KILLS, people: said.people.length, files: said.files.size, swept, serving_ms: Math.max(...serving) }
    if (said.people.length < 10 * KILLS || said.files.size < KILLS) short.push(`only ${said.people.length} people and ${said.files.size} files were written`)
    for (const ms of serving) if (ms > BARS.serve_ms) short.push(`serving ${ms} ms after a kill`)
  } finally {
    await server.dispose()
  }
}

// ---- a database of the oldest schema ----

/** Five years: people, a meeting each workday with its presence, and the audit record as a chain that anybody can follow. */
function fillOld(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  execFileSync('sqlite3', [path], { input: `${readFileSync(join(TOP, 'tests', 'data', 'schema', '0009.sql'), 'utf8')}\npragma user_version = 9;` })
  const from = Date.now() - 5 * 365 * 86_400_000
  const triggers = JSON.parse(execFileSync('sqlite3', ['-json', path, `select name, sql from sqlite_schema where type = 'trigger' and tbl_name in ('meeting_event', 'presence_segment', 'audit_record')`], { encoding: 'utf8' })) as { name: string; sql: string }[]
  const sql = `
    pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; begin;
    ${triggers.map(({ name }) => `drop trigger ${name};`).join('\n')}
    create temp table n as with recursive c (i) as (select 1 union all select i + 1 from c where i < ${AUDIT_ROWS}) select i from c;
    insert into person (id, name, kind, sector, organisation, created_at)
      select printf('old%013d', i), '委员' || i, 'member', '界别' || (i % 34), '单位' || i, ${from} from n where i <= 3000;
    insert into meeting (id, title, state, planned_start, planned_end, opened_at, opened_mono_us, opened_boot, ended_at, ended_mono_us, ended_boot, host, created_at)
      select printf('oldmeet%09d', i), '第' || i || '次协商会', 'ended', ${from} + i * 86400000, ${from} + i * 86400000 + 7200000,
        ${from} + i * 86400000, 1, 'old', ${from} + i * 86400000 + 7200000, 7200000001, 'old', 'old0000000000001', ${from} from n where i <= 1250;
    insert into invitation (id, meeting, person, capacity, created_at)
      select printf('oldinv%010d', i), printf('oldmeet%09d', 1 + i % 1250), printf('old%013d', 1 + i / 1250), 'attend', ${from} from n where i <= 125000;
    insert into presence_segment (id, meeting, person, participant, device, address, boot, joined_at, joined_mono_us, last_seen_at, last_seen_mono_us, left_at, left_mono_us, ended_by)
      select printf('oldseg%010d', i), printf('oldmeet%09d', 1 + i % 1250), printf('old%013d', 1 + i / 1250), 'p', 'desktop', '10.0.0.1', 'old',
        ${from} + (1 + i % 1250) * 86400000, 1, ${from} + (1 + i % 1250) * 86400000 + 7000000, 7000000001, ${from} + (1 + i % 1250) * 86400000 + 7000000, 7000000001, 'left'
      from n where i <= 125000;
    insert into meeting_event (meeting, seq, at, mono_us, kind, person)
      select printf('oldmeet%09d', 1 + i % 1250), 1 + i / 1250, ${from} + (1 + i % 1250) * 86400000, i, 'joined', printf('old%013d', 1 + i / 1250) from n where i <= 125000;
    insert into audit_record (seq, at, kind, subject, object, result, address, detail, hash)
      select (select coalesce(max(seq), 0) from audit_record) + i, ${from} + i * 70000, 'person.edit', printf('old%013d', 1 + i % 3000), printf('old%013d', 1 + i % 3000), 'ok', '10.0.0.1', '{"sector":["甲","乙"]}', printf('%064d', i)
      from n;
    ${triggers.map(({ sql: text }) => `${text};`).join('\n')}
    commit; pragma journal_mode = wal;`
  execFileSync('sqlite3', [path], { input: sql })
}

async function migrated(): Promise<void> {
  const server = new Server(8080)
  try {
    fillOld(server.database)
    const before = server.query<{ n: number }>('select count(*) n from audit_record')[0]!.n
    const begun = performance.now()
    // A command migrates as the server does, and has all the time that it needs.
    server.ctl('admin', 'list')
    const migrate_s = Math.round((performance.now() - begun) / 100) / 10
    const first_ms = Math.round(await server.start())
    await server.stop()
    const serve_ms = Math.round(await server.start())
    const after = server.query<{ n: number }>(`select count(*) n from audit_record where kind = 'person.edit'`)[0]!.n
    const version = server.query<{ user_version: number }>('pragma user_version')[0]!.user_version
    figures.migrated = { audit_rows: before, schema: version, migrate_s, first_ms, serve_ms }
    if (after < AUDIT_ROWS) short.push(`${after} of ${AUDIT_ROWS} audit rows are left`)
    if (!(migrate_s <= BARS.migrate_s)) short.push(`migrating took ${migrate_s} s`)
    if (!(serve_ms <= BARS.serve_ms)) short.push(`serving after ${serve_ms} ms`)
  } finally {
    await server.dispose()
  }
}

// ---- backup and restore ----

/** Everything that counts on: the next number must be one that was never given. */
const counters = (server: Server) => ({
  audit: server.query<{ n: number }>('select max(seq) n from audit_record')[0]!.n,
  sequences: Object.fromEntries(server.query<{ name: string; seq: number }>('select name, seq from sqlite_sequence').map(({ name, seq }) => [name, seq])),
  numbers: Object.fromEntries(server.query<{ k: string; value: number }>(`select subject || field || series k, value from counter`).map(({ k, value }) => [k, value])),
})

async function restored(): Promise<void> {
  const server = new Server(8080)
  const other = new Server(8081)
  try {
    await server.start()
    const demo = server.demo()
    const api = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
    const said: Said = { people: [], files: new Map(), asked: new Set() }
    let stopped = false
    const stop = () => stopped
    const all = [...Array.from({ length: WRITERS }, () => write(api, said, stop)), upload(api, said, stop)]
    await pause(1500)
    const before = { people: [...said.people], files: new Map(said.files) }
    const file = join(server.data, 'backup.db')
    server.ctl('backup', file)
    // What README says: that folder after it.
    cpSync(join(server.data, 'var', 'attachments'), join(other.data, 'var', 'attachments'), { recursive: true })
    stopped = true
    await Promise.all(all)
    await server.stop() // the machine is gone
    other.ctl('restore', file)
    await other.start()
    const then = counters(other)
    if (Object.keys(then.numbers).length === 0) short.push('nothing was numbered')
    const names = new Set(other.query<{ name: string }>(`select name from person where name glob '写*'`).map(({ name }) => name))
    for (const name of before.people) if (!names.has(name)) short.push(`restored without ${name}, who was there before the backup`)
    const kept = new Set(other.query<{ id: string }>('select id from attachment').map(({ id }) => id))
    for (const id of before.files.keys()) if (!kept.has(id)) short.push(`restored without the file ${id}`)
    const there = filesIn(join(other.data, 'var', 'attachments'))
    for (const { sha256 } of other.query<{ sha256: string }>('select sha256 from attachment')) if (!there.some((path) => path.includes(sha256))) short.push(`restored without the bytes of ${sha256}`)
    const again = await new Api(other.url).signIn(demo.staff.login, demo.staff.password)
    await again.call('POST', '/api/v1/people', { name: '恢复以后', kind: 'member' })
    const now = counters(other)
    if (!(now.audit > then.audit)) short.push('the audit record does not go on')
    for (const [name, seq] of Object.entries(then.sequences)) if ((now.sequences[name] ?? 0) < seq) short.push(`${name} counts from the beginning`)
    for (const [name, value] of Object.entries(then.numbers)) if ((now.numbers[name] ?? 0) < value) short.push(`${name} counts from the beginning`)
    const whole = other.ctl('verify')
    if (!whole.includes('everything fits')) short.push(`after the restore: ${whole.slice(0, 300)}`)
    figures.restored = { people: names.size, files: kept.size, audit: now.audit }
    if (before.people.length === 0 || before.files.size === 0) short.push('nothing was written before the backup')
  } finally {
    await server.dispose()
    await other.dispose()
  }
}

for (const part of [killed, migrated, restored]) {
  await part().catch((error: unknown) => short.push(`${part.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.slice(0, 800)))
}
finish('kept', { ...figures, bars: BARS, short_count: short.length }, short.slice(0, 20))
