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

/* Reports go on from where it left off, if it decided. */
static void end_remb(Capacity *capacity) {
  if (capacity->source == CAPACITY_BY_REMB) {
    reported_begin(&capacity->reported, capacity->remb_bps);
    capacity->source = CAPACITY_BY_REPORTS;
  }
  capacity->remb_bps = 0;
}

void capacity_offered(Capacity *capacity, bool numbered, bool remb) {
  capacity->numbered = numbered;
  capacity->remb = remb;
  if (!remb)
    end_remb(capacity);
  if (!capacity->bandwidth && (numbered || remb))
    capacity->bandwidth = bandwidth_new();
}

static bool is_fed(const Capacity *capacity) {
  return capacity->numbered && capacity->fed_us && !capacity->witness.doubted;
}

/* Feedback stays away while what it would tell of is sent, and reports come. */
static bool has_ceased(const Capacity *capacity, int64_t now_us) {
  return now_us - capacity->fed_us >= CAPACITY_GONE_US &&
         capacity->numbered_us > capacity->fed_us && capacity->reported.told_us > capacity->fed_us;
}

/* Nothing is sent though something is wanted, and no probe tells whether it would fit. */
static bool is_stuck(const Capacity *capacity, int64_t now_us) {
  return capacity->bandwidth && !capacity->numbered && !capacity->sent_us && capacity->begun_us &&
         now_us - capacity->begun_us >= CAPACITY_WAIT_US &&
         capacity->wanted_bps > BANDWIDTH_FIRST_BPS;
}

static CapacitySource source_of(const Capacity *capacity, int64_t now_us) {
  bool fed = is_fed(capacity);
  if (fed && !has_ceased(capacity, now_us))
    return CAPACITY_BY_FEEDBACK;
  if (capacity->remb_bps > 0)
    return CAPACITY_BY_REMB;
  if (capacity->source == CAPACITY_BY_REPORTS)
    return CAPACITY_BY_REPORTS;
  bool waited = !capacity->bandwidth || capacity->witness.doubted || fed ||
                (capacity->first_us && now_us - capacity->first_us >= CAPACITY_WAIT_US);
  bool told = waited && capacity->reported.told_us;
  return told || is_stuck(capacity, now_us) ? CAPACITY_BY_REPORTS : CAPACITY_UNTOLD;
}

static bool has_own_estimate(CapacitySource source) {
  return source == CAPACITY_UNTOLD || source == CAPACITY_BY_FEEDBACK;
}

/* Reports go on from where others left it; from the beginning where nobody told anything before.
 * Where the bandwidth's own estimate does not decide, it does not probe, and is not ticked. */
static void decide(Capacity *capacity, int64_t now_us) {
  if (capacity->remb_bps > 0 &&
      capacity->reported.told_us - capacity->remb_us >= CAPACITY_REMB_GONE_US)
    end_remb(capacity);
  CapacitySource source = source_of(capacity, now_us);
  if (source == capacity->source)
    return;
  if (source == CAPACITY_BY_REPORTS) {
    bool known = capacity->source != CAPACITY_UNTOLD && !capacity->witness.doubted;
    int64_t first_bps = capacity->bandwidth ? BANDWIDTH_FIRST_BPS : INT64_MAX;
    reported_begin(&capacity->reported, known ? capacity_bps(capacity) : first_bps);
  }
  if (capacity->bandwidth && !has_own_estimate(source))
    bandwidth_end_probe(capacity->bandwidth);
  capacity->source = source;
}

void capacity_restart(Capacity *capacity) {
  const Capacity before = *capacity;
  if (before.bandwidth)
    bandwidth_restart(before.bandwidth);
  capacity_init(capacity);
  capacity->bandwidth = before.bandwidth;
  capacity->numbered = before.numbered;
  capacity->remb = before.remb;
  capacity->sent_bytes = before.sent_bytes;
  capacity->witness = before.witness;
}

bool capacity_feedback(Capacity *capacity, const RtcpTwcc *twcc, BandwidthMissing *missing,
                       int64_t now_us) {
  Witness *witness = &capacity->witness;
  missing->count = 0;
  if (!capacity->numbered || witness->doubted)
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
  if (!capacity->remb)
    return;
  capacity->remb_us = now_us;
  if (bps > 0)
    capacity->remb_bps = rate_within((double)bps);
  else
    end_remb(capacity);
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

/* Nothing is sent though more is wanted: as good as a report that says so. */
static bool is_idle(const Capacity *capacity, int64_t now_us) {
  return capacity->source == CAPACITY_BY_REPORTS &&
         capacity->wanted_bps > reported_bps(&capacity->reported) &&
         now_us - capacity->sent_us >= IDLE_US && now_us - capacity->reported.span_us >= IDLE_US;
}

void capacity_tick(Capacity *capacity, int64_t wanted_bps, int64_t now_us) {
  capacity->wanted_bps = wanted_bps;
  if (!capacity->begun_us)
    capacity->begun_us = now_us;
  if (!capacity->first_us)
    capacity->first_us = capacity->sent_us;
  decide(capacity, now_us);
  if (is_idle(capacity, now_us))
    reported_end(&capacity->reported, capacity->sent_bytes, now_us);
  if (capacity->bandwidth && has_own_estimate(capacity->source))
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
  return capacity->bandwidth && capacity->remb_bps == 0 && has_own_estimate(capacity->source);
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
