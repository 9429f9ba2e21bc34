// Notices what no event of a socket or a peer connection tells: the machine slept, the page was frozen,
// another network is there. Phones and laptops do all of this in the middle of a meeting.

/** `seen`: somebody looks at the page again, all may be well. `moved`: it slept, or its network is another;
 * nothing of the way to the server can be relied on. */
export type Waking = 'seen' | 'moved'

const TICK_MS = 1000
/** Timers come late by a second or so on a busy machine and behind other windows; by more after a sleep. */
const SLEPT_MS = 5000

/** Calls back until the returned function is called. */
export function watchWaking(woke: (how: Waking) => void): () => void {
  const undo: (() => void)[] = []
  const on = (target: EventTarget, name: string, act: (event: Event) => void) => {
    target.addEventListener(name, act)
    undo.push(() => target.removeEventListener(name, act))
  }
  const hidden = () => document.visibilityState === 'hidden'

  let last = Date.now()
  // Behind other windows some browsers run timers seldom: then a gap proves nothing until it is seen again.
  let doubtful = false
  const timer = setInterval(() => {
    const gap = Date.now() - last
    last = Date.now()
    if (gap < TICK_MS + SLEPT_MS) return
    if (!hidden()) return woke('moved')
    doubtful = true
    woke('seen')
  }, TICK_MS)
  undo.push(() => clearInterval(timer))

  on(document, 'visibilitychange', () => {
    if (hidden()) return
    woke(doubtful ? 'moved' : 'seen')
    doubtful = false
  })
  on(document, 'resume', () => woke('moved')) // the page had been frozen (Page Lifecycle)
  on(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) woke('moved') // out of the back-forward cache
  })
  on(window, 'online', () => woke('moved'))
  const connection = (navigator as Navigator & { connection?: EventTarget & { type?: string } }).connection
  // It also fires when only the estimate of the speed changed.
  let type = connection?.type
  if (connection) {
    on(connection, 'change', () => {
      const same = connection.type === type
      type = connection.type
      woke(same ? 'seen' : 'moved')
    })
  }
  return () => undo.splice(0).forEach((act) => act())
}
