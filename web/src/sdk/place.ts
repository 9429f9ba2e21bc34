// A page's place in a meeting across a reload, and whom the window was opened for. Both live as long as the
// window (sessionStorage): another window of the same browser has its own.

/** How the server finds the participant again (`resume`), and until when it keeps the place. */
export interface Place {
  session: string
  /** By this machine's clock. */
  until: number
}

export interface KeptPlace extends Place {
  person: string
  /** Where the WebSocket and the relays are, as the last join token said: no other is asked for. */
  socket: string
  iceServers: RTCIceServer[]
  mic: boolean
  camera: boolean
}

const placeKey = (meeting: string) => `yishi.place.${meeting}`
const OWNER_KEY = 'yishi.opened-for'

/** Storage may be forbidden, or full: then a reload begins at the device check, as it always could. */
function write(key: string, value: object | null): void {
  try {
    if (value) sessionStorage.setItem(key, JSON.stringify(value))
    else sessionStorage.removeItem(key)
  } catch {
    // Nothing is kept.
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

/** While the page is hidden or going. null: it is there again, or has left: a copy of the window must not find it. */
export function keepPlace(meeting: string, place: KeptPlace | null): void {
  write(placeKey(meeting), place)
}

/** The place that this window had before it was loaded anew, once. Never somebody else's. */
export function takePlace(meeting: string, person: string, now = Date.now()): KeptPlace | null {
  const place = read(placeKey(meeting)) as KeptPlace | null
  write(placeKey(meeting), null)
  // A page of an earlier version kept a place without the way to it.
  const usable = place && place.person === person && place.until > now && typeof place.socket === 'string'
  return usable ? place : null
}

export interface Owner {
  id: string
  /** With what tells the person from another of that name. */
  name: string
}

interface SignedIn {
  id: string
  shown: string
}

/** Somebody signed in here, opened a link here, or said that the window is his. */
export function openFor(now: SignedIn): Owner {
  const owner: Owner = { id: now.id, name: now.shown }
  write(OWNER_KEY, owner)
  return owner
}

/** Whom this window was opened for; who is signed in now takes a window that nobody had. */
export function openedFor(now: SignedIn): Owner {
  return (read(OWNER_KEY) as Owner | null) ?? openFor(now)
}
