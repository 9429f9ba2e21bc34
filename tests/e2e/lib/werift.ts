// What werift (a WebRTC stack in JavaScript) does that a machine without internet must not wait for.
import type { RTCPeerConnection } from 'werift'

/** werift asks a public STUN server even when it is given none, and waits 5 s for a name that nobody resolves here. */
export function withoutStun(pc: RTCPeerConnection): void {
  for (const { connection } of pc.iceTransports) (connection as { stunServer?: unknown }).stunServer = undefined
}
