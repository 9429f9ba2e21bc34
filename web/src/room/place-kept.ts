// Whether the server still keeps this page's place: for a while after the connection is lost only, and what is promised
// must be so. By the machine's own clock, as everything about the connection itself.
import type { MeetingClient } from '@/sdk/meeting'

export const placeIsKept = (client: Pick<MeetingClient, 'signal'>, now: number): boolean =>
  (client.signal?.place?.until ?? 0) > now
