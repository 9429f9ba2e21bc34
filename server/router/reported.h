/* What the way to a receiver carries, by its receiver reports alone (RFC 3550 §6.4): for those who
 * send neither transport-wide feedback nor REMB, whatever they offered to send.
 *
 * A report comes about once a second and tells how many packets were lost and, by the round trip,
 * whether they wait on the way. As long as nothing is lost and nothing waits more is tried: half as
 * much again each time, until a limit was met once, and a twelfth from then on. Losses are judged
 * as those of transport-wide feedback are (loss.h). A queue takes the estimate below what came
 * through.
 *
 * Embedded in a Capacity; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "router/loss.h"

#define REPORTED_FIRST_TIMES 1.5  /* a report, until the first limit */
#define REPORTED_TIMES 1.08       /* later */
#define REPORTED_QUEUE_US 120000  /* what the round trip is longer than its least: a queue */
#define REPORTED_SPAN_US 500000   /* reports that come more often count as one */
#define REPORTED_BASE_US 20000000 /* the round trip's least is that of about so long */

typedef struct {
  int64_t bps; /* by the queue; INT64_MAX: no limit was met and none is known */
  Loss loss;
  bool met;                                 /* a limit */
  int64_t told_us;                          /* when the newest report came; 0: none did */
  int64_t rtt_us, span_rtt_us;              /* of the newest report; the least of this span */
  int64_t least_us, next_least_us, base_us; /* the least, of this window and the last, begun then */
  int64_t span_us;                          /* when this span began; 0: none yet */
  uint64_t span_bytes;                      /* sent until then */
  unsigned expected, lost;                  /* packets, in this span */
} Reported;

/* It decides from now on. bps: where it begins; INT64_MAX: without a limit. Keeps what is known of
 * the round trip. */
void reported_begin(Reported *reported, int64_t bps);
/* One block of a report: packets since the one before it, and those of them that were lost. rtt_us:
 * 0 when it does not tell. */
void reported_block(Reported *reported, unsigned expected, unsigned lost, int64_t rtt_us);
/* The report ended. sent_bytes: all that was sent to this receiver so far. True when less may be
 * sent than before. */
bool reported_end(Reported *reported, uint64_t sent_bytes, int64_t now_us);
int64_t reported_bps(const Reported *reported);
