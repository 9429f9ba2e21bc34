/* A tap: every track of a room, each as one stream, as messages (wire/tapwire.h) on a
 * SOCK_SEQPACKET socket.
 *
 * Nothing here blocks and nothing queues: what does not fit into the socket's buffer is dropped and
 * counted if it is media; announcements are sent again before the next media. Owned by its Router;
 * media thread. The public part is in router.h.
 */
#pragma once

#include "router/rewrite.h"
#include "router/router.h"

#define TAPS_MAX 64 /* bits of Track.tapped */

Tap *tap_new(unsigned index, int fd);
/* Closes the socket. */
void tap_free(Tap *tap);

/* A packet of a track, out of its layers and epochs; announces the track first if need be. */
void tap_send(Tap *tap, Track *track, const Packet *packet, const Rewritten *rewritten);
/* So that the other end knows a track before its next packet, if it has had one. */
void tap_announce(Tap *tap, Track *track);
void tap_end_track(Tap *tap, Track *track);
/* Says what is still to be said: ends that did not fit before, the program's picture if it changed.
 */
void tap_tick(Tap *tap);
