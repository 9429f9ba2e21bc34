/* What the way to one receiver carries, by the best of what the receiver tells.
 *
 * - Transport-wide feedback (bandwidth.h), unless it is not to be believed (witness.h) or has
 *   ceased while reports go on; REMB (draft-alvestrand-rmcat-remb-03) besides only lowers it.
 * - REMB alone: it is what the receiver says, until it ceases while reports go on, too.
 * - Neither: the receiver reports that every receiver sends (reported.h).
 *
 * To offer a way of telling is no limit: who offers feedback or REMB and sends none is judged by
 * his reports, as who offers nothing is. Only where it begins differs. Who offers to tell begins at
 * BANDWIDTH_FIRST_BPS, because it takes him a moment to tell more; who does not begins without a
 * limit, and meets his own. Where nothing is sent at all, because the smallest picture does not
 * fit, there is nothing to tell of: more is let in until something is, unless probes find out.
 *
 *   feedback ─▶ Witness ─▶ Bandwidth ─┐
 *   REMB ─────────────────────────────┼─▶ capacity_bps, _pace_bps, _loss
 *   receiver reports ────▶ Reported ──┘
 *
 * Embedded in a Downlink; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "router/bandwidth.h"
#include "router/reported.h"
#include "router/witness.h"

#define CAPACITY_WAIT_US 2000000 /* so long what was offered is waited for */
#define CAPACITY_GONE_US 3000000 /* feedback that stays away for so long has ceased */
/* So has REMB, which browsers send about as often as reports. */
#define CAPACITY_REMB_GONE_US 5000000

typedef enum {
  CAPACITY_UNTOLD,
  CAPACITY_BY_FEEDBACK,
  CAPACITY_BY_REMB,
  CAPACITY_BY_REPORTS
} CapacitySource;

typedef struct {
  uint64_t sent_bytes;  /* to this receiver, on the wire */
  int64_t sent_us;      /* the newest packet; 0: none yet */
  int64_t numbered_us;  /* the newest that is numbered */
  Bandwidth *bandwidth; /* owned; NULL: the receiver never offered to tell */
  CapacitySource source;
  bool numbered;      /* it offers transport-wide feedback, … */
  bool remb;          /* … REMB */
  int64_t begun_us;   /* the first tick; 0: none yet */
  int64_t first_us;   /* the first packet; 0: none yet */
  int64_t wanted_bps; /* as told last */
  int64_t fed_us;     /* feedback with news came last; 0: never */
  int64_t remb_bps;   /* 0: none */
  int64_t remb_us;    /* when it came last */
  Witness witness;
  Reported reported;
} Capacity;

void capacity_init(Capacity *capacity);
void capacity_clear(Capacity *capacity);
/* What the receiver offers now: feedback (numbered: what is sent is to have capacity->bandwidth's
 * numbers), REMB. What it offers no more does not count any more. */
void capacity_offered(Capacity *capacity, bool numbered, bool remb);
/* The way is another one, or was cut for a while. What was doubted stays so. */
void capacity_restart(Capacity *capacity);

/* A packet was sent, numbered or not. */
static inline void capacity_sent(Capacity *capacity, unsigned bytes, bool numbered,
                                 int64_t now_us) {
  capacity->sent_bytes += bytes;
  capacity->sent_us = now_us;
  if (numbered)
    capacity->numbered_us = now_us;
}
/* Transport-wide feedback; NULL: it could not be read. missing: as bandwidth_feedback, none where
 * it is not believed. True when something else may be sent than before, and at once. */
bool capacity_feedback(Capacity *capacity, const RtcpTwcc *twcc, BandwidthMissing *missing,
                       int64_t now_us);
/* bps 0: no limit. Nothing when it was not offered. */
void capacity_remb(Capacity *capacity, uint64_t bps, int64_t now_us);
/* A block of a receiver report, as reported_block; then the report's end. True as above. */
void capacity_block(Capacity *capacity, unsigned expected, unsigned lost, int64_t rtt_us);
bool capacity_report(Capacity *capacity, int64_t now_us);
/* Every 50 ms or so. wanted_bps: what one would send if it were certain to fit. */
void capacity_tick(Capacity *capacity, int64_t wanted_bps, int64_t now_us);

/* What may be sent, media, repairs and padding together; INT64_MAX: no limit is known. */
int64_t capacity_bps(const Capacity *capacity);
/* As bandwidth_pace_bps; INT64_MAX without a limit. */
int64_t capacity_pace_bps(const Capacity *capacity);
/* As bandwidth_full. */
bool capacity_full(const Capacity *capacity);
/* Share of packets that is lost, over the last second or so: 0…1. */
double capacity_loss(const Capacity *capacity);
/* The receiver has told something, and there is a figure. */
bool capacity_known(const Capacity *capacity);

/* As bandwidth_padding; none where nobody would tell what became of it. */
unsigned capacity_padding(Capacity *capacity, int64_t wanted_bps, int64_t now_us);
bool capacity_probes(const Capacity *capacity);
