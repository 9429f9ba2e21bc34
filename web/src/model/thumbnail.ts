// A small picture that did not come: the server makes them one after the other, and where too many wait it says that one
// may ask later (202).
import { backoffDelay } from '@/sdk/backoff'

const TRIES_MOST = 10
const WAITS = { first_ms: 2000, cap_ms: 60_000, factor: 2 }
const MADE = 200
const LATER = 202

type Pause = (for_ms: number) => Promise<unknown>
const sleep: Pause = (for_ms) => new Promise((later) => setTimeout(later, for_ms))

/** Asks later and later, as long as somebody wants it; false: there is none. */
export async function untilMade(url: string, isWanted: () => boolean, fetcher: typeof fetch = fetch, pause = sleep): Promise<boolean> {
  for (let tries = 1; tries <= TRIES_MOST; tries++) {
    await pause(backoffDelay(tries, Math.random, WAITS))
    if (!isWanted()) return false
    const status = await fetcher(url, { method: 'HEAD' }).then(
      ({ status }) => status,
      () => LATER,
    )
    if (status !== LATER) return status === MADE
  }
  return false
}
