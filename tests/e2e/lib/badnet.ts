// tests/bench/badnet before a server's media port: what it is like between that server and those who join after `fromNow`.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { join } from 'node:path'
import { BUILD } from './server'

const ADDRESS = '10.99.0.1' // tests/lib/netns
const PORT = 7000

export class BadNet {
  /** For the Server: it is behind this network, and browsers are told the other side. */
  static readonly settings = { YISHI_MEDIA_ADDRESSES: '127.0.0.1', YISHI_MEDIA_ANNOUNCE: ADDRESS, YISHI_MEDIA_PORT: String(PORT), YISHI_MEDIA_TCP: 'no' }
  private readonly child: ChildProcess
  private readonly lines: Interface

  constructor() {
    this.child = spawn(join(BUILD, 'tests', 'bench', 'badnet'), [`${ADDRESS}:${PORT}`, `127.0.0.1:${PORT}`], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = createInterface({ input: this.child.stdout! })
  }

  private say(line: string): void {
    if (this.child.exitCode !== null) throw new Error(`badnet ended with ${this.child.exitCode}`)
    this.child.stdin!.write(`${line}\n`)
  }

  fromNow(): void {
    this.say('from-now')
  }

  /** Words of tests/bench/load/link.h. */
  both(words: string): void {
    this.say(`up ${words}`)
    this.say(`down ${words}`)
  }

  down(words: string): void {
    this.say(`down ${words}`)
  }

  /** The longest wait in the downward queue since the last call, ms. */
  async queueMs(): Promise<number> {
    const line = once(this.lines, 'line')
    this.say('queue')
    return Math.round(Number((await line)[0]) / 1000)
  }

  close(): void {
    this.child.stdin!.end()
  }
}
