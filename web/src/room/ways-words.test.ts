import { afterEach, describe, expect, it } from 'vitest'
import { locale } from '@/i18n'
import type { Outcome, Way, WayKind } from '@/sdk/ways'
import { adviceFor, wayRows, waysNote } from './ways-words'

const PORTS: Record<WayKind, number> = {
  udp: 7000,
  tcp: 7000,
  turn_udp: 3478,
  turn_tcp: 3478,
  turn_tls: 5349,
}

function ways(outcomes: Partial<Record<WayKind, Outcome>>): Way[] {
  return (Object.keys(PORTS) as WayKind[]).map((kind) => ({
    kind,
    outcome: outcomes[kind] ?? 'absent',
    places: outcomes[kind]
      ? [{ host: kind.startsWith('turn') ? 't.example' : '2001:db8::7', port: PORTS[kind] }]
      : [],
  }))
}

afterEach(() => {
  locale.value = 'zh'
})

describe('rows', () => {
  it('say the relay in one when there is none', () => {
    expect(wayRows(ways({ udp: 'silent' }))).toEqual([
      { kind: 'udp', name: 'UDP 直连', where: '[2001:db8::7]:7000', what: '已尝试，没有回应', tried: true },
      { kind: 'tcp', name: 'TCP 直连', where: '', what: '未尝试，服务器没有提供', tried: false },
      { kind: 'turn_udp', name: '中继（TURN）', where: '', what: '未尝试，服务器没有提供', tried: false },
    ])
  })
  it('say each relay where there are some', () => {
    const rows = wayRows(ways({ udp: 'silent', turn_tls: 'unreached' }))
    expect(rows.map((row) => row.kind)).toEqual(['udp', 'tcp', 'turn_udp', 'turn_tcp', 'turn_tls'])
    expect(rows[4]).toMatchObject({ name: '中继，TLS', where: 't.example:5349', what: '已尝试，连不上中继' })
  })
})

it('has one advice', () => {
  expect(adviceFor(ways({ udp: 'silent' }))).toBe('network')
  expect(adviceFor([])).toBe('network')
  expect(adviceFor(ways({ udp: 'silent', tcp: 'untried', turn_udp: 'unreached' }))).toBe('network')
  expect(adviceFor(ways({ udp: 'untried', turn_udp: 'untried' }))).toBe('browser')
  expect(adviceFor(ways({ udp: 'silent', turn_tcp: 'beyond' }))).toBe('relay')
  expect(adviceFor(ways({ udp: 'answered', turn_tcp: 'beyond' }))).toBe('inspection')
})

describe('the note', () => {
  const note = (of: Way[]) => waysNote(of, 'https://meet.example', 0, 'Agent/1')
  it('names what to open, best first, and what was tried', () => {
    const text = note(ways({ udp: 'silent', tcp: 'silent', turn_udp: 'unreached', turn_tls: 'unreached' }))
    expect(text).toContain(
      '1. UDP [2001:db8::7]:7000\n2. TCP [2001:db8::7]:7000\n3. UDP t.example:3478 (TURN)\n4. TCP t.example:5349 (TURN, TLS)\n',
    )
    expect(text).toContain('- UDP 直连 [2001:db8::7]:7000：已尝试，没有回应\n')
    expect(text).toContain('https://meet.example')
    expect(text).not.toContain('如不能放行 UDP')
    expect(text.endsWith('Agent/1')).toBe(true)
  })
  it('says what the server could do when it offers UDP only, in English too', () => {
    expect(note(ways({ udp: 'silent' }))).toContain('如不能放行 UDP')
    locale.value = 'en'
    expect(note(ways({ udp: 'silent' }))).toContain(
      '- Direct, TCP: Not tried: the server does not offer it\n',
    )
    expect(note([])).not.toContain('Please allow')
  })
})
