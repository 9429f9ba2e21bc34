/* See capacity.h. */
#include "router/capacity.h"

#include <glib.h>

#include "router/rate.h"

#define PACE_TIMES 2.5 /* libwebrtc's pacing factor */
#define IDLE_US 1000000

void capacity_init(Capacity *capacity) {
  *capacity = (Capacity){.reported.bps = INT64_MAX};
  reported_begin(&capacity->reported, INT64_MAX);
}

void capacity_clear(Capacity *capacity) {
  bandwidth_free(capacity->bandwidth);
  capacity->bandwidth = NULL;
}

void capacity_offered(Capacity *capacity) {
  if (!capacity->bandwidth)
    capacity->bandwidth = bandwidth_new();
}

static bool is_fed(const Capacity *capacity) {
  return capacity->fed_us && !capacity->witness.doubted;
}

/* Feedback stays away while packets are sent and reports come. */
static bool has_ceased(const Capacity *capacity, int64_t now_us) {
  return now_us - capacity->fed_us >= CAPACITY_GONE_US && capacity->sent_us > capacity->fed_us &&
         capacity->reported.told_us > capacity->fed_us;
}

static CapacitySource source_of(const Capacity *capacity, int64_t now_us) {
  bool fed = is_fed(capacity);
  if (fed && !has_ceased(capacity, now_us))
    return CAPACITY_BY_FEEDBACK;
  if (capacity->remb_bps > 0)
    return CAPACITY_BY_REMB;
  bool waited = !capacity->bandwidth || capacity->witness.doubted || fed ||
                (capacity->begun_us && now_us - capacity->begun_us >= CAPACITY_WAIT_US);
  bool told = capacity->reported.told_us || !capacity->sent_us;
  return waited && told ? CAPACITY_BY_REPORTS : CAPACITY_UNTOLD;
}

/* Reports go on from where others left it; from the beginning where nobody told anything before. */
static void decide(Capacity *capacity, int64_t now_us) {
  CapacitySource source = source_of(capacity, now_us);
  if (source == capacity->source)
    return;
  if (source == CAPACITY_BY_REPORTS) {
    bool known = capacity->source != CAPACITY_UNTOLD && !capacity->witness.doubted;
    int64_t first_bps = capacity->bandwidth ? BANDWIDTH_FIRST_BPS : INT64_MAX;
    reported_begin(&capacity->reported, known ? capacity_bps(capacity) : first_bps);
  }
  capacity->source = source;
}

void capacity_restart(Capacity *capacity) {
  Witness witness = capacity->witness;
  Bandwidth *bandwidth = capacity->bandwidth;
  uint64_t sent_bytes = capacity->sent_bytes;
  if (bandwidth)
    bandwidth_restart(bandwidth);
  capacity_init(capacity);
  capacity->bandwidth = bandwidth;
  capacity->sent_bytes = sent_bytes;
  capacity->witness = witness;
}

bool capacity_feedback(Capacity *capacity, const RtcpTwcc *twcc, BandwidthMissing *missing,
                       int64_t now_us) {
  Witness *witness = &capacity->witness;
  missing->count = 0;
  if (!capacity->bandwidth || witness->doubted)
    return false;
  int64_t before_bps = capacity_bps(capacity);
  bool changed = false;
  witness_feedback(witness, twcc != NULL);
  if (twcc) {
    changed = bandwidth_feedback(capacity->bandwidth, twcc, missing, now_us);
    BandwidthClaims claims = bandwidth_claims(capacity->bandwidth);
    witness_packets(witness, claims.lost, claims.revived, claims.unsent);
    capacity->fed_us = now_us;
  }
  if (witness->doubted)
    missing->count = 0;
  decide(capacity, now_us);
  return changed || capacity_bps(capacity) < before_bps;
}

void capacity_remb(Capacity *capacity, uint64_t bps, int64_t now_us) {
  capacity->remb_bps = bps ? rate_within((double)bps) : 0;
  decide(capacity, now_us);
}

void capacity_block(Capacity *capacity, unsigned expected, unsigned lost, int64_t rtt_us) {
  reported_block(&capacity->reported, expected, lost, rtt_us);
}

bool capacity_report(Capacity *capacity, int64_t now_us) {
  bool less = reported_end(&capacity->reported, capacity->sent_bytes, now_us);
  decide(capacity, now_us);
  return less && capacity->source == CAPACITY_BY_REPORTS;
}

/* Nothing is sent: as good as a report that says so. */
static bool is_idle(const Capacity *capacity, int64_t now_us) {
  return capacity->source == CAPACITY_BY_REPORTS && now_us - capacity->sent_us >= IDLE_US &&
         now_us - capacity->reported.span_us >= IDLE_US;
}

void capacity_tick(Capacity *capacity, int64_t now_us) {
  if (!capacity->begun_us)
    capacity->begun_us = now_us;
  decide(capacity, now_us);
  if (is_idle(capacity, now_us))
    reported_end(&capacity->reported, capacity->sent_bytes, now_us);
  bool feedback = capacity->source == CAPACITY_BY_FEEDBACK || capacity->source == CAPACITY_UNTOLD;
  if (capacity->bandwidth && feedback)
    bandwidth_tick(capacity->bandwidth, now_us);
}

int64_t capacity_bps(const Capacity *capacity) {
  int64_t bps = INT64_MAX;
  switch (capacity->source) {
  case CAPACITY_UNTOLD:
  case CAPACITY_BY_FEEDBACK:
    if (capacity->bandwidth)
      bps = bandwidth_target_bps(capacity->bandwidth);
    return capacity->remb_bps > 0 ? MIN(bps, capacity->remb_bps) : bps;
  case CAPACITY_BY_REMB:
    return capacity->remb_bps;
  case CAPACITY_BY_REPORTS:
    return reported_bps(&capacity->reported);
  }
  g_assert_not_reached();
}

/* Its own estimate decides, and nothing lowers it. */
static bool by_bandwidth(const Capacity *capacity) {
  return capacity->bandwidth && capacity->remb_bps == 0 &&
         (capacity->source == CAPACITY_UNTOLD || capacity->source == CAPACITY_BY_FEEDBACK);
}

int64_t capacity_pace_bps(const Capacity *capacity) {
  if (by_bandwidth(capacity))
    return bandwidth_pace_bps(capacity->bandwidth);
  int64_t bps = capacity_bps(capacity);
  return bps == INT64_MAX ? bps : (int64_t)(PACE_TIMES * (double)bps);
}

bool capacity_full(const Capacity *capacity) {
  return by_bandwidth(capacity) && bandwidth_full(capacity->bandwidth);
}

double capacity_loss(const Capacity *capacity) {
  return capacity->source == CAPACITY_BY_FEEDBACK ? bandwidth_loss(capacity->bandwidth)
                                                  : capacity->reported.loss.smooth;
}

bool capacity_known(const Capacity *capacity) {
  return capacity->source != CAPACITY_UNTOLD && capacity_bps(capacity) != INT64_MAX;
}

unsigned capacity_padding(Capacity *capacity, int64_t wanted_bps, int64_t now_us) {
  return by_bandwidth(capacity) ? bandwidth_padding(capacity->bandwidth, wanted_bps, now_us) : 0;
}

bool capacity_probes(const Capacity *capacity) {
  return capacity->bandwidth && bandwidth_probes(capacity->bandwidth);
}
