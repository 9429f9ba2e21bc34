/* What was sent last on a slot of sound, to be sent again in what follows (RFC 2198): where single
 * packets are lost, nothing is heard of it.
 *
 * Packets are held only while copies are sent. Embedded in a downlink's slot; media thread.
 */
#pragma once

#include "router/packet.h"
#include "wire/red.h"

#define COPIES_MAX 2

/* Zero it. */
typedef struct {
  Packet *packets[COPIES_MAX]; /* newest first */
  uint32_t timestamps[COPIES_MAX];
} Copies;

/* How many go with each packet where this share of all is lost: 0…1. */
unsigned copies_for(double loss);
/* Those for a packet with this timestamp, at most `wanted`, oldest first; borrowed. What is too old
 * to be told of is left out. */
unsigned copies_list(const Copies *copies, unsigned wanted, uint32_t timestamp,
                     RedBlock blocks[COPIES_MAX]);
/* The packet was sent under this timestamp; it is referenced. */
void copies_keep(Copies *copies, Packet *packet, uint32_t timestamp);
void copies_clear(Copies *copies);
