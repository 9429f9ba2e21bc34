/* The newest packets of one layer, shared by all who get it: for retransmission (RFC 4585 NACK
 * answered by RFC 4588 RTX) and for those who begin now with a key frame that just came.
 *
 * By sequence number, with references and not copies; who sent them on under which numbers is the
 * business of each Rewriter, so that a receiver costs no memory here. It forgets by number and by
 * age, so that it cannot hold a pool's packets for ever. Embedded in a Layer; its places are
 * allocated with the first packet. Media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "router/packet.h"

#define RING_PACKETS 512 /* over a second of 4 Mbit/s; a power of two */
#define RING_US 1000000  /* what is older comes too late for any jitter buffer */

typedef struct {
  Packet **at;          /* by sequence modulo RING_PACKETS; NULL: missing */
  uint64_t first, next; /* sequences held are in [first, next) */
  uint64_t keyframe;    /* where the newest key frame begins, if it is held */
} PacketRing;

void ring_clear(PacketRing *ring);
/* Takes a reference. What is too old to fit is not kept. */
void ring_put(PacketRing *ring, Packet *packet);
/* The packet with this sequence, or NULL. Borrowed. */
Packet *ring_get(const PacketRing *ring, uint64_t sequence);
/* The first packet of the newest key frame, if it came after since_us; else NULL. Borrowed. */
Packet *ring_keyframe(const PacketRing *ring, int64_t since_us);
/* Gives up what is older than RING_US. */
void ring_expire(PacketRing *ring, int64_t now_us);
