// coturn as server/turnserver.conf ships it: with the two replacements and the one line that its head asks for, and a
// certificate of this test's own.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from './meeting'
import { INSIDE, type Outside } from './outside'
import { TOP } from './server'

export interface Credentials {
  username: string
  credential: string
}

export class Relay {
  readonly folder = mkdtempSync(join(tmpdir(), 'yishi-turn-'))
  readonly secretFile = join(this.folder, 'turn.secret')
  readonly uris = [
    `turn:${INSIDE}:3478?transport=udp`,
    `turn:${INSIDE}:3478?transport=tcp`,
    `turns:${INSIDE}:5349?transport=tcp`,
  ]
  private readonly secret = randomBytes(32).toString('hex')
  private readonly log = join(this.folder, 'log')
  private child?: ChildProcess

  /** What the server is told of it. */
  get settings(): Record<string, string> {
    return { YISHI_TURN_URIS: this.uris.join(), YISHI_TURN_SECRET_FILE: this.secretFile }
  }

  constructor() {
    writeFileSync(this.secretFile, `${this.secret}\n`, { mode: 0o600 })
    const certificate = join(this.folder, 'cert.pem')
    const key = join(this.folder, 'key.pem')
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${INSIDE}`,
      '-addext', `subjectAltName=IP:${INSIDE}`, '-keyout', key, '-out', certificate,
    ], { stdio: 'ignore' })
    const shipped = readFileSync(join(TOP, 'server', 'turnserver.conf'), 'utf8')
    const filled = shipped
      .replaceAll('203.0.113.7', INSIDE)
      .replaceAll('meet.example.org', INSIDE)
      .replace('/etc/coturn/fullchain.pem', certificate)
      .replace('/etc/coturn/key.pem', key)
    writeFileSync(join(this.folder, 'turnserver.conf'), `${filled}static-auth-secret=${this.secret}\n`, { mode: 0o600 })
  }

  /** A home folder in which Chromium trusts the certificate: it verifies TURN servers, and heeds no switch about it. */
  trustingHome(): string {
    const home = join(this.folder, 'home')
    const database = join(home, '.pki', 'nssdb')
    mkdirSync(database, { recursive: true })
    const certutil = (...args: string[]) => execFileSync('certutil', ['-d', `sql:${database}`, ...args])
    certutil('-N', '--empty-password')
    certutil('-A', '-n', 'turn', '-t', 'C,,', '-i', join(this.folder, 'cert.pem'))
    return home
  }

  /** --userdb and --pidfile: this machine's own coturn, if it has one, is left alone. */
  async start(): Promise<void> {
    const log = openSync(this.log, 'a')
    this.child = spawn(
      'turnserver',
      ['-c', join(this.folder, 'turnserver.conf'), '--pidfile=', `--userdb=${join(this.folder, 'turndb')}`, '--log-file=stdout'],
      { stdio: ['ignore', log, log] },
    )
    for (let i = 0; ; i++) {
      if (this.child.exitCode !== null || i > 100) throw new Error(`turnserver does not serve:\n${readFileSync(this.log, 'utf8')}`)
      if (execFileSync('ss', ['-Hltn', `sport = :5349`], { encoding: 'utf8' }).trim()) return
      await pause(50)
    }
  }

  /** What the server would hand out with this expiry, seconds since 1970. */
  credentials(expiry: number): Credentials {
    const username = `${expiry}:0123456789abcdef`
    return { username, credential: createHmac('sha1', this.secret).update(username).digest('base64') }
  }

  /** Asks for a relay to a peer, as coturn's own client does; the client's words. */
  ask(outside: Outside, { username, credential }: Credentials, peer: string, port: number): string {
    const wrapped = outside.wrapper(join(this.folder, 'uclient'), 'turnutils_uclient')
    const args = ['-u', username, '-w', credential, '-e', peer, '-r', String(port), '-c', '-m', '1', '-n', '2', INSIDE]
    const { stdout, stderr } = spawnSync(wrapped, args, { encoding: 'utf8', timeout: 6000 })
    return stdout + stderr
  }

  wrote(): string {
    return readFileSync(this.log, 'utf8')
  }

  holdsSecret(text: string): boolean {
    return text.includes(this.secret)
  }

  dispose(): void {
    this.child?.kill('SIGTERM')
    if (!process.env.YISHI_KEEP) rmSync(this.folder, { recursive: true, force: true })
  }
}
