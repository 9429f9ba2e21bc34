/* What a media thread sends in one turn of its loop, kept until the flush.
 *
 * Datagrams are written where they will be sent from, chained per destination (a flow) and sent
 * with sendmmsg; equal-size neighbours of one flow go as one UDP GSO message, which halves the cost
 * of a packet (platform.md: 3.6 → 2.0 µs). Where the path refuses GSO (no checksum offload: EIO or
 * EINVAL), the rest goes one by one. A full socket buffer drops and counts: a media thread never
 * waits. What a flow has for a TCP connection goes to it as a whole (tcp.h). Owned by one media
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/path.h"

#define EGRESS_DATAGRAM_MAX 1600 /* a rewritten PACKET_MAX_BYTES with RTX and SRTP overhead */

typedef struct Egress Egress;
typedef struct Tcp Tcp;

/* One destination. Zero it and set its path; embedded in the peer. */
typedef struct EgressFlow {
  Path path;
  struct EgressFlow *next; /* the rest is egress.c's */
  unsigned first, last;
  bool queued;
  int64_t left_us; /* when what was queued last left, on the clock of egress_set_now; 0: never */
} EgressFlow;

typedef struct {
  uint64_t packets, bytes; /* TCP's too; what it drops and calls, tcp_stats tells */
  uint64_t dropped, calls;
} EgressStats;

/* fds: the port's sockets, indexed by path.socket, -1 for none; borrowed. tcp: borrowed, NULL for
 * none. */
Egress *egress_new(const int *fds, unsigned count, Tcp *tcp, bool gso);
void egress_free(Egress *egress);

/* What time it is: set at each turn of the loop. */
void egress_set_now(Egress *egress, int64_t now_us);
int64_t egress_now(const Egress *egress);

/* Room for one datagram of up to size ≤ EGRESS_DATAGRAM_MAX bytes, never NULL; good until the next
 * call. May flush. */
uint8_t *egress_reserve(Egress *egress, size_t size);
/* Queues len bytes of what was reserved. The flow must live until the flush. */
void egress_commit(Egress *egress, EgressFlow *flow, size_t len);
/* Copies one datagram for a destination without a flow: answers to strangers, handshakes. */
void egress_send(Egress *egress, const Path *path, const void *data, size_t len);
void egress_flush(Egress *egress);
const EgressStats *egress_stats(const Egress *egress);
