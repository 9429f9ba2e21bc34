// A real yishid of its own: own data folder, own ports, seeded with demo people.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TOP = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
export const BUILD = process.env.YISHI_BUILD ?? join(TOP, 'build')

export interface Demo {
  staff: { login: string; password: string }
  meeting: string
  host: string
  members: string[]
  guest: string
}

export class Server {
  readonly data = mkdtempSync(join(tmpdir(), 'yishi-e2e-'))
  readonly url: string
  readonly log = join(this.data, 'server.log')
  private child?: ChildProcess
  private readonly environment: NodeJS.ProcessEnv

  constructor(
    readonly port = 8080,
    settings: Record<string, string> = {},
    readonly build = BUILD,
  ) {
    this.url = settings.YISHI_PUBLIC_URL ?? `${settings.YISHI_TLS ? 'https' : 'http'}://localhost:${port}`
    this.environment = {
      ...process.env,
      YISHI_DATA_DIR: join(this.data, 'var'),
      YISHI_LISTEN_PORT: String(port),
      YISHI_WEB_DIR: join(TOP, 'web', 'dist'),
      YISHI_PUBLIC_URL: this.url,
      YISHI_SECOND_FACTOR_MUST: 'no', // a step of run.ts has it on
      ...settings,
    }
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  get database(): string {
    return join(this.data, 'var', 'yishi.db')
  }

  ctl(...args: string[]): string {
    return execFileSync(join(this.build, 'server', 'yishictl'), args, { env: this.environment, encoding: 'utf8' })
  }

  demo(): Demo {
    return JSON.parse(this.ctl('demo', '--json', '--url', this.url)) as Demo
  }

  /** Starts and waits until this very process serves, not another that has its port; returns how long that took, ms. */
  async start(): Promise<number> {
    if (await this.answers()) throw new Error(`another server answers on port ${this.port}`)
    const started = performance.now()
    const log = openSync(this.log, 'a')
    const before = fstatSync(log).size
    this.child = spawn(join(this.build, 'server', 'yishid'), [], {
      env: this.environment,
      cwd: TOP,
      stdio: ['ignore', log, log],
    })
    const child = this.child
    for (;;) {
      if (child.exitCode !== null) throw new Error(`yishid ended with ${child.exitCode}:\n${this.tail()}`)
      // Its own log says that the port is its own; /healthz, that it serves.
      if (readFileSync(this.log).subarray(before).includes(' main ready ') && (await this.answers())) return performance.now() - started
      if (performance.now() - started > 20000) throw new Error(`yishid does not answer:\n${this.tail()}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }

  /** Whatever its certificate. */
  private answers(): Promise<boolean> {
    const { get } = this.url.startsWith('https') ? https : http
    return new Promise((done) => {
      const request = get(`${this.url}/healthz`, { rejectUnauthorized: false }, (response) => {
        response.resume()
        done(response.statusCode === 200)
      })
      request.on('error', () => done(false))
    })
  }

  private ended(): Promise<number | null> {
    const child = this.child
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode ?? null)
    return new Promise((done) => child.once('exit', (code) => done(code)))
  }

  async stop(): Promise<number | null> {
    const ended = this.ended()
    this.child?.kill('SIGTERM')
    return ended
  }

  async kill9(): Promise<void> {
    const ended = this.ended()
    this.child?.kill('SIGKILL')
    await ended
  }

  /** The sum of a metric over its labels, as /metrics tells it now. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    return [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce((sum, line) => sum + Number(line[1]), 0)
  }

  /** Rows of a query on the server's database. */
  query<Row>(sql: string): Row[] {
    const out = execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', this.database, sql], { encoding: 'utf8', maxBuffer: 1 << 30 })
    return out.trim() ? (JSON.parse(out) as Row[]) : []
  }

  tail(lines = 40): string {
    try {
      return readFileSync(this.log, 'utf8').split('\n').slice(-lines).join('\n')
    } catch {
      return ''
    }
  }

  async dispose(): Promise<void> {
    await this.stop()
    if (!process.env.YISHI_KEEP) rmSync(this.data, { recursive: true, force: true })
  }
}
