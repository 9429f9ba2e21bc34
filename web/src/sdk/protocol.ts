// The signalling protocol's messages (server/PROTOCOL.md), version 1: their types are printed from
// what the server declares; the page's own names for parts of them stand here.

import type { Participant, RoomMeeting, ServerMessages, SlotContent } from './messages.gen'

export type { ChatEntry, Participant, RecordingState, Requests, RoomMeeting, RosterPage, ServerMessages, SlotContent } from './messages.gen'

export type DeviceKind = Participant['device']
export type Capacity = Participant['capacity']
export type PersonKind = Participant['kind']
export type Source = SlotContent['source']
export type MeetingState = RoomMeeting['state']
export type Welcome = ServerMessages['welcome']
export type RosterDelta = ServerMessages['roster_delta']
export type DownlinkEstimate = ServerMessages['downlink']
export type AnswerMessage = ServerMessages['answer']
export type ByeReason = ServerMessages['bye']['reason']
export type MediaClosed = NonNullable<ServerMessages['media_state']['reason']>

/** Where an offer that was refused is to be changed. */
export type OfferPlace = Pick<ServerMessages['error'], 'line' | 'attribute' | 'mid'>

/** An `error` reply, or a request that got no reply at all (code `timeout` or `offline`). */
export class SignalError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly place: OfferPlace = {},
  ) {
    super(message)
    this.name = 'SignalError'
  }
}
