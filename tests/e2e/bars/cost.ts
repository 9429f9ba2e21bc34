// What a kind of record costs its author: lines and files of each subject, beside the way that people were done before there
// was a kernel; and a field of the register that is added in a copy of the tree by three files, and is then everywhere.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api } from '../lib/api'
import { closeAll, openPerson } from '../lib/browsers'
import { LOOKS } from '../lib/camera'
import { finish } from '../lib/load'
import { until } from '../lib/meeting'
import { Server, TOP } from '../lib/server'

const BARS = { people_lines: 350, files: 3 }
const WIDTH = 100
const FIELD = 'nickname'
const MOST = 32
const TARGETS = ['server/yishid', 'server/yishictl', 'server/test-print', 'server/domain/test-domain-bounds', 'server/tables/yishi-table']

const short: string[] = []
const git = (...args: string[]): string => execFileSync('git', args, { cwd: TOP, encoding: 'utf8', maxBuffer: 1 << 26 })

// ---- lines ----

/** As the formatter would break them: nobody writes less by writing wide. */
const linesOf = (text: string): number =>
  text.replace(/\n$/, '').split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / WIDTH)), 0)

interface Tree {
  files: string[]
  read(path: string): string
}

const treeOf = (commit: string): Tree => ({
  files: git('ls-tree', '-r', '--name-only', commit).trim().split('\n'),
  read: (path) => git('show', `${commit}:${path}`),
})

/** The lines of a text from one that matches to where its brackets close. */
function block(text: string, begin: RegExp): string {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => begin.test(line))
  if (first < 0) return ''
  let depth = 0
  for (let i = first; i < lines.length; i++) {
    for (const one of lines[i]!) depth += '{['.includes(one) ? 1 : '}]'.includes(one) ? -1 : 0
    if (depth <= 0) return lines.slice(first, i + 1).join('\n')
  }
  return lines.slice(first).join('\n')
}

/** What is written of people by hand, in either way: code and SQL, and what describes their rows to pages and programs. */
function people(tree: Tree): { lines: number; parts: Record<string, number> } {
  const parts: Record<string, number> = {}
  const whole = tree.files.filter((path) => /^server\/(store|api)\/people\.c$|^server\/domain\/person\/.*\.(c|sql)$/.test(path))
  for (const path of whole) parts[path] = linesOf(tree.read(path))
  const types = 'web/src/sdk/api-types.ts'
  const written = tree.files.includes(types) ? tree.read(types) : ''
  const described = ['Person', 'NewPerson', 'PersonEdit'].map((name) => block(written, new RegExp(`^export interface ${name} {`))).filter(Boolean)
  if (described.length > 0) parts[types] = described.reduce((sum, text) => sum + linesOf(text), 0)
  const api = 'server/api/openapi.json'
  const document = tree.files.includes(api) ? tree.read(api) : ''
  const paths = document.split('\n').filter((line) => /^ +"\/(api\/v1\/)?people[^"]*": {/.test(line)).map((line) => block(document.slice(document.indexOf(line)), /people/))
  const schemas = ['Person', 'NewPerson', 'PersonEdit', 'PersonPage'].map((name) => block(document, new RegExp(`^ +"${name}": {`))).filter(Boolean)
  if (paths.length + schemas.length > 0) parts[api] = [...paths, ...schemas].reduce((sum, text) => sum + linesOf(text), 0)
  return { lines: Object.values(parts).reduce((a, b) => a + b, 0), parts }
}

/** Of each subject: lines of its declarations and SQL, of its words, of its pages; files. */
function subjects(tree: Tree): Record<string, { lines: number; words: number; pages: number; files: number }> {
  const all: Record<string, { lines: number; words: number; pages: number; files: number }> = {}
  for (const path of tree.files) {
    const [, name, file] = /^server\/domain\/([a-z_]+)\/([^/]+)$/.exec(path) ?? []
    if (!name || !file) continue
    const one = (all[name] ??= { lines: 0, words: 0, pages: 0, files: 0 })
    one.files++
    one[file === 'words.txt' ? 'words' : 'lines'] += linesOf(tree.read(path))
  }
  for (const path of tree.files) {
    const name = /^web\/src\/domain\/([a-z_]+)\/(?!gen\.ts|.*\.test\.ts)[^/]+$/.exec(path)?.[1]
    if (name && all[name]) {
      all[name].files++
      all[name].pages += linesOf(tree.read(path))
    }
  }
  return all
}

// ---- a field ----

interface Edit {
  path: string
  change(text: string): string
}

function replaced(text: string, what: RegExp, by: string): string {
  const out = text.replace(what, by)
  if (out === text) throw new Error(`${what} is not there any more`)
  return out
}

/** By hand: a column, the field and its name in the shapes and the list, its words. */
function edits(copy: string): Edit[] {
  const folder = join(copy, 'server', 'store', 'migrations')
  const next = String(Math.max(...readdirSync(folder).map((name) => Number(name.slice(0, 4)))) + 1).padStart(4, '0')
  return [
    { path: `server/store/migrations/${next}_nickname.sql`, change: () => `alter table person add column ${FIELD} text not null default '';\n` },
    {
      path: 'server/domain/person/person.c',
      change: (text) => {
        // Each shape of people's own: of making, of editing, and of a table that is brought.
        let out = replaced(text, /( +BOOL\("active"\),\n)/, `    TEXT("${FIELD}", 0, ${MOST}, .flags = PERSONAL),\n$1`)
        out = replaced(out, /(\.in = "name\??(?: login\?)[^"]*)"/g, `$1 ${FIELD}?"`)
        return replaced(out, /"(q role sector active [^"]*)"/, `"$1 ${FIELD}"`)
      },
    },
    { path: 'server/domain/person/words.txt', change: (text) => replaced(text, /(\n)/, `$1${FIELD}  昵称 | Nickname\n`) },
  ]
}

const run = (copy: string, program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] })

function build(copy: string): void {
  const tar = execFileSync('git', ['archive', 'HEAD'], { cwd: TOP, maxBuffer: 1 << 30 })
  execFileSync('tar', ['-x', '-C', copy], { input: tar })
  const hand = edits(copy)
  for (const { path, change } of hand) {
    let text = ''
    try {
      text = readFileSync(join(copy, path), 'utf8')
    } catch {
      // It is new.
    }
    writeFileSync(join(copy, path), change(text))
  }
  figures.files_by_hand = hand.length
  if (hand.length > BARS.files) short.push(`${hand.length} files were changed by hand`)
  run(copy, 'meson', 'setup', 'build')
  // What the tree beside it has compiled already need not be compiled again because its folder is another.
  process.env.CCACHE_NOHASHDIR = '1'
  run(copy, 'ninja', '-C', 'build', '-j', String(Math.max(1, cpus().length - 1)), ...TARGETS)
  try {
    run(copy, 'build/server/test-print', '--refresh')
  } catch {
    // It says that what was printed was not as it is now.
  }
  symlinkSync(join(TOP, 'web', 'node_modules'), join(copy, 'web', 'node_modules'))
  run(join(copy, 'web'), 'npm', 'run', '--silent', 'build')
}

interface Row {
  id: string
  [FIELD]?: string
}

/** What is asked of the copy, one by one, as it runs. */
async function ask(server: Server, copy: string): Promise<Record<string, boolean>> {
  const demo = server.demo()
  const api = await new Api(server.url).signIn(demo.staff.login, demo.staff.password)
  const seen: Record<string, boolean> = {}
  const check = async (name: string, act: () => Promise<boolean>) => {
    seen[name] = await act().catch((error: Error) => {
      console.error(`${name}: ${error.message}`)
      return false
    })
  }
  const made = await api.call<Row>('POST', '/api/v1/people', { name: '甲', kind: 'member', [FIELD]: '小甲' })
  await check('validated', async () => {
    const answer = await api.request('POST', '/api/v1/people', { name: '乙', [FIELD]: '长'.repeat(MOST + 1) })
    return answer.status === 422 && (await answer.text()).includes(`"${FIELD}"`)
  })
  await check('documented', async () => {
    const document = JSON.stringify(await (await fetch(`${server.url}/api/v1/openapi.json`)).json())
    return new RegExp(`"${FIELD}":\\{[^}]*"maxLength":${MOST}`).test(document)
  })
  const printed = readFileSync(join(copy, 'web/src/domain/person/gen.ts'), 'utf8')
  await check('typed', async () => new RegExp(`export interface Person {[^}]*${FIELD}: string`).test(printed))
  await check('listed', async () => (await api.call<{ items: Row[] }>('GET', '/api/v1/people?q=甲')).items.some((row) => row.id === made.id && row[FIELD] === '小甲'))
  await check('searched', async () => {
    const { items } = await api.call<{ items: Row[] }>('GET', `/api/v1/people?${FIELD}=${encodeURIComponent('小甲')}`)
    return items.length === 1 && items[0]!.id === made.id
  })
  await check('exported', async () => (await (await api.request('GET', `/api/v1/people.csv?columns=name,${FIELD}`)).text()).includes('小甲'))
  await check('audited', async () => {
    await api.call('PATCH', `/api/v1/people/${made.id}`, { [FIELD]: '老甲' })
    const told = JSON.stringify(await api.call('GET', `/api/v1/people/${made.id}/events`))
    const [{ detail }] = server.query<{ detail: string }>(`select detail from audit_record where object = '${made.id}' order by seq desc limit 1`) as [{ detail: string }]
    return told.includes('老甲') && told.includes('小甲') && detail.includes('老甲')
  })
  await check('imported', async () => {
    const document = await (await fetch(`${server.url}/api/v1/openapi.json`)).text()
    if (!document.includes('/people/import')) throw new Error('there is no import yet')
    return imports(api)
  })
  await check('in_the_form', async () => {
    const person = await openPerson({ kind: 'chromium', look: LOOKS[0]!, camera: 'canvas', viewport: { width: 1440, height: 900 } })
    const [name, value] = api.cookie.split(/=(.*)/s)
    await person.page.setCookie({ name: name!, value: value!, url: server.url })
    const there = (selector: string) => until(`there is ${selector}`, () => person.page.evaluate((one: string) => document.querySelector(one) !== null, selector))
    await person.page.goto(`${server.url}/people`, { waitUntil: 'domcontentloaded' })
    await there('[data-control=new-person]')
    await person.page.click('[data-control=new-person]')
    await there(`dialog [data-field=${FIELD}] input`)
    await person.page.goto(`${server.url}/people/${made.id}`, { waitUntil: 'domcontentloaded' })
    await there('[data-act=edit]')
    await person.page.click('[data-act=edit]')
    await there(`dialog [data-field=${FIELD}] input`)
    await person.close()
    return true
  })
  return seen
}

/** A table of one row with the new column: planned, and carried out as it was seen. */
async function imports(api: Api): Promise<boolean> {
  const response = await fetch(`${api.url}/api/v1/people/import?file=people.csv`, {
    method: 'POST', body: `name,${FIELD}\n丙,小丙\n`, headers: { origin: api.url, cookie: api.cookie, 'x-csrf-token': api.csrf, 'content-type': 'text/csv' },
  })
  if (response.status !== 201) throw new Error(`import: ${response.status} ${(await response.text()).slice(0, 200)}`)
  const plan = (await response.json()) as { id: string; digest: string }
  await api.call('POST', `/api/v1/imports/${plan.id}/commit`, { seen: plan.digest })
  return (await api.call<{ items: Row[] }>('GET', '/api/v1/people?q=丙')).items.some((row) => row[FIELD] === '小丙')
}

const figures: Record<string, unknown> = {}
const copy = mkdtempSync(join(tmpdir(), 'yishi-cost-'))
try {
  const first = git('log', '--reverse', '--diff-filter=A', '--format=%H', '--', 'server/model').split('\n')[0]!
  const before = people(treeOf(`${first}^`))
  const now = people(treeOf('HEAD'))
  Object.assign(figures, { before: git('rev-parse', '--short', `${first}^`).trim(), people_before: before, people_now: now, subjects: subjects(treeOf('HEAD')) })
  if (!(now.lines <= BARS.people_lines)) short.push(`people are ${now.lines} lines`)
  build(copy)
  const server = new Server(8080, { YISHI_WEB_DIR: join(copy, 'web', 'dist') }, join(copy, 'build'))
  try {
    await server.start()
    const seen = await ask(server, copy)
    figures.field = seen
    for (const [name, good] of Object.entries(seen)) if (!good) short.push(`the new field is not ${name.replaceAll('_', ' ')}`)
  } finally {
    await server.dispose()
  }
  // That no bound stands twice is this test's to say.
  run(copy, 'build/server/domain/test-domain-bounds')
  figures.bounds_once = true
} catch (error) {
  const failed = error as { stdout?: string; stderr?: string }
  short.push(`${String(error).slice(0, 300)} ${(failed.stderr ?? '').slice(-600)} ${(failed.stdout ?? '').slice(-600)}`)
} finally {
  await closeAll()
  rmSync(copy, { recursive: true, force: true })
}
finish('cost', { ...figures, bars: BARS }, short)
