// Requests over connections that stay open, many at once, and what they cost the server.
import { readFileSync } from 'node:fs'
import http from 'node:http'

export interface Wanted {
  path: string
  method?: string
  body?: string
  headers?: Record<string, string>
}

export interface Got {
  status: number
  bytes: Buffer
  ms: number
}

export function ask(agent: http.Agent, url: string, wanted: Wanted, tries = 3): Promise<Got> {
  const { path, method = 'GET', body, headers = {} } = wanted
  const begun = performance.now()
  return new Promise((done, fail) => {
    const request = http.request(url + path, { agent, method, headers: { ...headers, ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}) } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => done({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks), ms: performance.now() - begun }))
      response.on('error', fail)
    })
    // The server may close a connection that is used again at that very moment: nothing was done then. A page is asked for
    // again by a browser too, when its connection was not taken.
    request.on('error', (error) => (request.reusedSocket || (method === 'GET' && tries > 1) ? done(ask(agent, url, wanted, tries - 1)) : fail(error)))
    request.end(body)
  })
}

const TICKS_PER_S = 100

/** Processor seconds of a process until now, all its threads. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

/** So many requests, so many at once; processor µs of the server for each. */
export async function costOf(pid: number, url: string, wanted: Wanted, count: number, atOnce: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce })
  let left = count
  const one = async () => {
    while (left-- > 0) {
      const got = await ask(agent, url, wanted)
      if (got.status !== 200) throw new Error(`${wanted.path}: ${got.status} ${got.bytes.subarray(0, 200).toString()}`)
    }
  }
  const before = cpuOf(pid)
  await Promise.all(Array.from({ length: atOnce }, one))
  const after = cpuOf(pid)
  agent.destroy()
  return ((after - before) * 1e6) / count
}

/** Of a list that is sorted by this. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]! * 10) / 10
}
