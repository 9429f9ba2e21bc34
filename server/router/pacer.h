/* Spreads one receiver's pictures over time: a key frame sent at once fills the queue of a narrow
 * way, and everybody's sound waits behind it.
 *
 * What fits into the credit goes out at once, in the burst it came in (bursts are cheap to send,
 * platform.md); the rest waits and goes in order, at the pace that is set. Sound and what is sent
 * again never wait, but use credit. A queue that would last too long is emptied faster: choosing
 * smaller layers is share.h's business, and packets with numbers are not thrown away.
 *
 * A way that was seen full carries what the estimate says and no more. There it is better to wait
 * here, where sound passes, than on the way: bursts are short, the pace is hardly more than the
 * estimate, and a queue may last longer.
 *
 * Embedded in a Subscriber; its queue is allocated when something first waits. Media thread; time
 * is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "router/rewrite.h"

#define PACER_QUEUE_US 250000
#define PACER_FULL_QUEUE_US 800000 /* on a way that was seen full */
#define PACER_FULL_BURST_US 30000
#define PACER_BURST_BYTES 24000 /* a small picture's key frame goes at once */

/* One packet that waits. */
typedef struct {
  Packet *packet;
  Rewritten sent;
  unsigned slot;
} Paced;

typedef struct {
  int64_t rate_bps; /* INT64_MAX: nothing waits; 0: everything */
  int64_t burst_bytes, queue_us;
  int64_t credit_bytes, filled_us;
  Paced *queue; /* a ring of `room` places, a power of two */
  size_t first, count, room;
  size_t queued_bytes;
} Pacer;

void pacer_init(Pacer *pacer);
/* Forgets what waits. */
void pacer_clear(Pacer *pacer);
/* At which pace what waits goes, in bits per second; INT64_MAX: nothing waits; 0: everything does,
 * however long the queue. full: the way was seen full. */
void pacer_set(Pacer *pacer, int64_t bps, bool full);

/* Set to 0. */
bool pacer_stopped(const Pacer *pacer);

/* May a packet of so many bytes be sent now? Uses credit if so; otherwise give it to pacer_put. */
bool pacer_take(Pacer *pacer, size_t bytes, int64_t now_us);
/* It was sent whatever the credit. */
void pacer_spend(Pacer *pacer, size_t bytes, int64_t now_us);
/* Takes a reference. */
void pacer_put(Pacer *pacer, const Paced *paced);
/* Forgets what waits of a slot. */
void pacer_forget(Pacer *pacer, unsigned slot);
/* The next that may go now: its reference is the caller's. False when none is, or may. */
bool pacer_next(Pacer *pacer, int64_t now_us, Paced *out);
