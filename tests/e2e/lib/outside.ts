// Another network: a namespace behind the one in which the test runs, connected by tests/lib/netns's second interface, and
// a firewall between them that the test closes port by port. The server is at INSIDE, browsers of that network at OUTSIDE.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { until } from './meeting'

export const INSIDE = '10.99.0.1'
export const OUTSIDE = '10.99.0.2'

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' })

export class Outside {
  private constructor(private readonly keeper: ChildProcess) {}

  static async open(): Promise<Outside> {
    // The namespace lives as long as a process in it.
    const keeper = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep infinity'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(keeper.stdout!, 'data')
    const outside = new Outside(keeper)
    try {
      await outside.connect()
      return outside
    } catch (error) {
      outside.close()
      throw error
    }
  }

  private async connect(): Promise<void> {
    run('ip', 'link', 'set', 'yishi1', 'netns', String(this.keeper.pid))
    this.run('ip', 'link', 'set', 'lo', 'up')
    this.run('ip', 'addr', 'add', `${OUTSIDE}/24`, 'dev', 'yishi1')
    this.run('ip', 'link', 'set', 'yishi1', 'up')
    this.run('ip', 'route', 'add', 'default', 'via', INSIDE)
    run('nft', 'add table inet firewall; add chain inet firewall in { type filter hook input priority 0; }')
    // Before the link is up, the first packets of a browser would be lost.
    await until('the link is up', async () => run('ip', '-o', 'link', 'show', 'yishi0').includes('state UP'))
  }

  private get enter(): string[] {
    return [`--net=/proc/${this.keeper.pid}/ns/net`]
  }

  /** Runs a program in the other network to its end. */
  run(command: string, ...args: string[]): string {
    return run('nsenter', ...this.enter, command, ...args)
  }

  /** From now on nothing from outside reaches this port; silently, as firewalls do. */
  block(protocol: 'udp' | 'tcp', port: number): void {
    run('nft', `add rule inet firewall in iifname yishi0 ${protocol} dport ${port} drop`)
  }

  unblock(): void {
    run('nft', 'flush chain inet firewall in')
  }

  /** A program that starts another one in the other network. */
  wrapper(path: string, program: string): string {
    writeFileSync(path, `#!/bin/sh\nexec nsenter ${this.enter.join(' ')} ${program} "$@"\n`)
    chmodSync(path, 0o755)
    return path
  }

  close(): void {
    this.keeper.kill('SIGKILL')
  }
}
