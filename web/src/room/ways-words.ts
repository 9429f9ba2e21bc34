// What was tried to get picture and sound through, in words: for the person a list and one thing to do, for whoever runs
// the network a note that can be copied.
import { t } from '@/i18n'
import { dateTime } from '@/i18n/format'
import type { Outcome, Place, Way, WayKind } from '@/sdk/ways'

export interface WayRow {
  kind: string
  name: string
  where: string
  what: string
  tried: boolean
}

const isRelay = (way: Way) => way.kind.startsWith('turn')
const wasTried = (outcome: Outcome) => outcome !== 'absent' && outcome !== 'untried'
const address = ({ host, port }: Place) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
const addresses = (way: Way) => way.places.map(address).join(t('common.comma'))

/** One row each; the relay one row in all when there is none. */
export function wayRows(ways: Way[]): WayRow[] {
  const noRelay = ways.every((way) => !isRelay(way) || way.outcome === 'absent')
  return ways
    .filter((way) => !noRelay || !isRelay(way) || way.kind === 'turn_udp')
    .map((way) => ({
      kind: way.kind,
      name: noRelay && isRelay(way) ? t('ways.turn') : t(`ways.${way.kind}`),
      where: addresses(way),
      what: t(`ways.is_${way.outcome}`),
      tried: wasTried(way.outcome),
    }))
}

/** What is most likely wrong, by what was found out. */
export type Advice = 'network' | 'browser' | 'relay' | 'inspection'

export function adviceFor(ways: Way[]): Advice {
  const offered = ways.filter((way) => way.outcome !== 'absent')
  if (offered.some((way) => way.outcome === 'answered')) return 'inspection'
  if (offered.some((way) => way.outcome === 'beyond')) return 'relay'
  if (offered.length > 0 && offered.every((way) => way.outcome === 'untried')) return 'browser'
  return 'network'
}

/** As a firewall's rule needs it. */
const RULE: Record<WayKind, string> = {
  udp: 'UDP',
  tcp: 'TCP',
  turn_udp: 'UDP',
  turn_tcp: 'TCP',
  turn_tls: 'TCP',
}
const REMARK: Record<WayKind, string> = {
  udp: '',
  tcp: '',
  turn_udp: ' (TURN)',
  turn_tcp: ' (TURN)',
  turn_tls: ' (TURN, TLS)',
}

/** For the IT department: where it happened, what to open, what was tried. */
export function waysNote(ways: Way[], server: string, at: number, agent: string): string {
  const rules = ways.flatMap((way) =>
    way.places.map((place) => `${RULE[way.kind]} ${address(place)}${REMARK[way.kind]}`),
  )
  const tried = wayRows(ways).map(
    ({ name, where, what }) => `- ${where ? `${name} ${where}` : name}${t('common.colon')}${what}`,
  )
  const lines = [
    t('ways.note_title'),
    t('ways.note_server', { server }),
    t('ways.note_time', { time: dateTime(at) }),
    '',
  ]
  if (rules.length > 0) lines.push(t('ways.note_open'), ...rules.map((rule, i) => `${i + 1}. ${rule}`))
  if (ways.every((way) => way.kind === 'udp' || way.outcome === 'absent')) lines.push(t('ways.note_operator'))
  return [...lines, '', t('ways.note_tried'), ...tried, '', agent].join('\n')
}
