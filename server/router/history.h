/* What a slot sent lately, for retransmission (RFC 4585 NACK answered by RFC 4588 RTX).
 *
 * A ring by outgoing sequence number that keeps a reference to the packet and the rewritten fields,
 * not bytes. It forgets by number and by age, so that it cannot hold a pool's packets for ever.
 * Embedded in a Slot; its entries are allocated with the first packet. Media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "router/packet.h"
#include "router/rewrite.h"

#define HISTORY_PACKETS 512         /* over a second of 4 Mbit/s; a power of two */
#define HISTORY_US 1000000          /* what is older comes too late for any jitter buffer */
#define HISTORY_RESEND_GAP_US 20000 /* a repeated NACK crossed our answer on its way */
#define HISTORY_RESENDS_MAX 10

typedef struct {
  Packet *packet; /* NULL: empty */
  Rewritten sent;
  int64_t resent_us;
  uint8_t resends;
} HistoryEntry;

typedef struct {
  HistoryEntry *entries; /* by sequence modulo capacity */
  size_t capacity;
  uint64_t first, next; /* sequences held are in [first, next) */
} History;

void history_init(History *history, size_t capacity);
void history_clear(History *history);

/* Keeps a reference. What is too old to fit is not kept. */
void history_put(History *history, Packet *packet, const Rewritten *sent);

/* The packet to resend now, or NULL: unknown, forgotten, just resent, or too often. Borrowed. */
const HistoryEntry *history_resend(History *history, uint16_t sequence, int64_t now_us);

/* Gives up what is older than HISTORY_US. */
void history_expire(History *history, int64_t now_us);
