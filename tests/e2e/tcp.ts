// A network that lets no UDP through: two people meet all the same, over TCP to the media port.
import { execFileSync } from 'node:child_process'
import type { Person } from './lib/browsers'
import { enter, hears, pause, until, watches } from './lib/meeting'
import { Server } from './lib/server'

type Step = (name: string, act: () => Promise<void>, needed?: boolean) => Promise<void>

const PORT = 7002
const TABLE = 'inet yishi_tcp_test'

const nft = (rules: string): string => execFileSync('nft', ['-f', '-'], { input: rules, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] })

/** Packets that the firewall of this network namespace has dropped. */
const blocked = (): number => Number(/counter packets (\d+)/.exec(execFileSync('nft', ['list', 'table', ...TABLE.split(' ')], { encoding: 'utf8' }))?.[1])

interface Way {
  local: string
  remote: string
}

/** What the browser says about the candidate pair in use. */
export const way = (person: Person): Promise<Way> =>
  person.page.evaluate(async () => {
    for (const pc of (window as unknown as { yishiPcs: RTCPeerConnection[] }).yishiPcs) {
      if (pc.connectionState !== 'connected') continue
      const all = new Map<string, Record<string, unknown>>()
      ;(await pc.getStats()).forEach((entry: Record<string, unknown>) => all.set(String(entry.id), entry))
      const entries = [...all.values()]
      const named = entries.find((entry) => entry.type === 'transport' && entry.selectedCandidatePairId)?.selectedCandidatePairId
      const pair = named ? all.get(String(named)) : entries.find((entry) => entry.type === 'candidate-pair' && entry.selected === true)
      const told = (id: unknown): string => String(all.get(String(id))?.protocol)
      if (pair) return { local: told(pair.localCandidateId), remote: told(pair.remoteCandidateId) }
    }
    return { local: 'none', remote: 'none' }
  })

export async function meetOverTcp(step: Step, people: [Person, Person]): Promise<void> {
  const server = new Server(8090, { YISHI_MEDIA_PORT: String(PORT) })
  const [one, other] = people
  const seeEachOther = async (ms: number): Promise<void> => {
    await watches(one, [other.look], ms)
    await watches(other, [one.look], ms)
  }
  const areOverTcp = async (): Promise<void> => {
    for (const person of people) {
      let last: Way | undefined
      await until(`${person.kind} has a TCP pair in use`, async () => {
        last = await way(person)
        return last.local === 'tcp' && last.remote === 'tcp'
      }, 5000).catch((error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(last)}`)
      })
    }
  }
  try {
    await step('where UDP is blocked two people see and hear each other over TCP', async () => {
      nft(`table ${TABLE} {
        chain in { type filter hook input priority 0; udp dport ${PORT} counter drop; }
      }`)
      await server.start()
      const links = (({ host, members }) => [host, members[0]!])(server.demo())
      for (const [i, person] of people.entries()) await enter(person, links[i]!)
      await seeEachOther(40000)
      await areOverTcp()
      for (const [person, peer] of [[one, other], [other, one]] as const)
        await until(`${person.kind} hears the other`, async () => (await hears(person, 4000, [peer.look])).some((look) => look.name === peer.look.name), 20000)
      if (!(blocked() > 0)) throw new Error('the firewall saw no UDP: nothing was shown')
    }, true)
    await step('a TCP connection that breaks is made anew', async () => {
      const before = await server.metric('yishi_media_tcp_opened_total')
      nft(`add rule ${TABLE} in tcp dport ${PORT} reject with tcp reset`)
      await pause(1500)
      nft(`flush chain ${TABLE} in; add rule ${TABLE} in udp dport ${PORT} counter drop`)
      await until('there are new connections', async () => (await server.metric('yishi_media_tcp_opened_total')) >= before + 2)
      await seeEachOther(30000)
      await areOverTcp()
    })
    await step('when UDP is let through again the next restart takes it', async () => {
      nft(`flush chain ${TABLE} in`)
      for (const person of people) {
        await person.page.evaluate(() => window.dispatchEvent(new Event('online')))
        await until(`${person.kind} has a UDP pair in use`, async () => (await way(person)).remote === 'udp', 30000)
      }
      await seeEachOther(20000)
    })
  } finally {
    nft(`table ${TABLE} {}; delete table ${TABLE}`)
    await server.dispose()
  }
}
