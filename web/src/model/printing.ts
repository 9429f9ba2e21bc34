// Forms on their way: whether this server makes PDFs, asked once, as it is the same for all forms of a page; and one after
// the other, as the server makes them for a person.
import { api } from '@/composables/useSession'
import { ApiError } from '@/sdk/api'

let asked: Promise<boolean> | null = null

export function canConvert(): Promise<boolean> {
  asked ??= api
    .inBackground(() => api.call('getPrinting'))
    .then(({ pdf }) => pdf)
    .catch(() => {
      asked = null
      return false
    })
  return asked
}

/** So long somebody waits whose others are made elsewhere, in another tab or on another device. */
const WAIT_MOST_S = 120
/** Where the server says nothing. */
const WAIT_USUAL_S = 5

export type Turn = 'waiting' | 'making'
type Pause = (for_ms: number) => Promise<unknown>

let line: Promise<unknown> = Promise.resolve()
const sleep: Pause = (for_ms) => new Promise((later) => setTimeout(later, for_ms))

/** How long until it is asked again; 0: it is not. */
const pauseAfter = (error: unknown): number => (error instanceof ApiError && error.status === 429 ? error.retryAfter_s || WAIT_USUAL_S : 0)

async function untilTaken<Made>(make: () => Promise<Made>, told: (now: Turn) => void, pause: Pause): Promise<Made> {
  for (let waited_s = 0; ; ) {
    told('making')
    try {
      return await make()
    } catch (error) {
      const pause_s = pauseAfter(error)
      if (pause_s === 0 || waited_s + pause_s > WAIT_MOST_S) throw error
      waited_s += pause_s
      told('waiting')
      await pause(pause_s * 1000)
    }
  }
}

/** Makes it when those asked for before are made. */
export function inTurn<Made>(make: () => Promise<Made>, told: (now: Turn) => void, pause: Pause = sleep): Promise<Made> {
  told('waiting')
  const mine = line.then(() => untilTaken(make, told, pause))
  line = mine.catch(() => undefined)
  return mine
}
