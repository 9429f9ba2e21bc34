/* See bandwidth.h. */
#include "router/bandwidth.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/prefetch.h"
#include "router/backlog.h"
#include "router/loss.h"
#include "router/probe.h"
#include "router/queued.h"
#include "router/rate.h"
#include "router/stall.h"
#include "router/trend.h"

#define ACKED_STEP_US 50000
#define ACKED_STEPS 10         /* half a second */
#define ACKED_LEAST_US 100000  /* less says little */
#define ACKED_NEWEST 3         /* steps: long enough … */
#define NEWEST_BYTES 4000      /* … with so many bytes, and for no less than this share of … */
#define NEWEST_LEAST 0.35      /* … the half second's: a way that leaps is silent for a moment */
#define DECREASE 0.85          /* draft §5.5: beta */
#define DECREASE_PLAINLY 0.75  /* less than YIELDED: a queue that is not ours shows by staying */
#define INCREASE_A_SECOND 1.08 /* draft §5.5: eta */
#define RESPONSE_US 100000     /* draft §5.5: estimator's delay on top of the round trip */
#define PACKET_BITS (1200 * 8) /* near convergence one packet is added a response time */
#define CONVERGED_DEVIATIONS 3.0 /* draft §5.5 */
#define CAPACITY_SMOOTHING 0.95  /* draft §5.5: R_hat's average and variance */
#define ABOVE_ACKED 1.5          /* draft §5.5: A_hat stays below 1.5 R_hat */
#define PASSED_US 60000      /* sent so much later and there already: by now it would have come */
#define YIELDED 0.8          /* with this share of what was sent before, its effect should show */
#define QUEUE_LEAST_US 10000 /* and the jitter: shorter ones are none */
#define QUEUE_LONG_US 80000
#define QUEUE_BEGINS_US 200000 /* the half second's mean is of before for so long */
#define QUEUE_DRAIN_US 1000000 /* a queue is let out within about this */
#define DRAIN_MOST 0.5
#define LITTLE_SENT 0.6 /* of the estimate: then what came through is what was there to send */
#define STALL_SURE_US 80000
#define FULL_US 30000000
#define PACE_TIMES 2.5 /* libwebrtc's pacing factor */
#define PACE_FULL_TIMES 1.2
#define PACE_QUEUE_TIMES 0.9
#define RIVAL_US 2000000 /* a queue that stays for so long while we yield is another's */
#define RIVAL_GONE_US 1000000
#define RIVAL_INCREASE_A_SECOND 1.2
#define SILENT_US 1000000 /* without feedback while packets are sent */
#define SILENT_AGAIN_US 500000
#define SILENT_DECREASE 0.7
#define PROBE_FIRST_TIMES 3   /* cold start: the target as often */
#define PROBE_TIMES 2         /* later */
#define PROBE_WAIT_US 1000000 /* between two; doubled when one found nothing … */
#define PROBE_WAIT_MOST_US 5000000
#define PROBE_NEXT_US 300000 /* … and short when one found much more: there may be still more */
#define PROBE_MUCH 1.2       /* times what was known */
#define PROBE_AFTER_DECREASE_US 2000000
#define ROOM_FIRST 256     /* packets; a power of two */
#define AWAITED_US 2000000 /* later what was not told of may be forgotten */
#define REFERENCE_PERIOD_US (INT64_C(64000) << 24)

typedef struct {
  int64_t sent_us; /* 0: not sent, or told of */
  uint32_t sequence;
  uint16_t bytes;
  uint16_t number;            /* label's */
  uint8_t slot;               /* label's */
  bool probe : 1, missed : 1; /* told of as missing: it may come yet */
  bool lost : 1;              /* … and is judged lost; sent_us is 0 */
} Sent;

struct Bandwidth {
  /* First what each packet touches. */
  uint32_t next; /* sequence */
  uint32_t left; /* all before it left at the time that is noted */
  Sent *sent;    /* a ring: of the newest `room` packets */
  uint32_t room;
  int64_t sent_us, told_us;
  Probe probe;

  uint32_t judged;                  /* all before it came, are lost or were never told of */
  int64_t reference_us, arrived_us; /* unwrapped, the receiver's clock */
  bool reference_known;

  Trend trend;
  Backlog backlog;
  Stall stall;
  Queued queued;
  int64_t waits_from_us;                 /* a packet that takes longer waits in a queue */
  int64_t queue_since_us, queue_seen_us; /* a queue has stood since; 0: there is none; seen last */
  int64_t queue_before_bps;              /* what came through before it began … */
  int64_t queue_acked_bps;               /* … and while it began */
  bool rival;                            /* it is another's */
  Burst burst;
  int64_t delay_bps;
  int64_t increased_us, decreased_us;
  int64_t yielded_to_us;           /* the queue for which it was decreased last; 0: it is gone */
  double capacity_kbps, deviation; /* of what came through when the way was full; 0: unknown */
  bool hold;
  bool full; /* decreased for a queue, not long ago */
  int64_t full_us;

  int64_t step_us; /* when the newest step of the acknowledged bytes began */
  uint32_t acked[ACKED_STEPS];
  unsigned acked_at;
  int64_t acked_since_us;

  Loss loss;
  int64_t rtt_us;

  BandwidthClaims claims;

  int64_t probe_wait_us, probe_us;
  bool probed;
};

static void begin(Bandwidth *bandwidth) {
  bandwidth->room = ROOM_FIRST;
  bandwidth->sent = g_new0(Sent, bandwidth->room);
  trend_init(&bandwidth->trend);
  backlog_init(&bandwidth->backlog);
  bandwidth->delay_bps = BANDWIDTH_FIRST_BPS;
  loss_init(&bandwidth->loss, RATE_MOST_BPS);
  bandwidth->probe_wait_us = PROBE_WAIT_US;
}

Bandwidth *bandwidth_new(void) {
  Bandwidth *bandwidth = g_new0(Bandwidth, 1);
  begin(bandwidth);
  return bandwidth;
}

void bandwidth_restart(Bandwidth *bandwidth) {
  uint32_t next = bandwidth->next; /* the receiver counts on */
  g_free(bandwidth->sent);
  *bandwidth = (Bandwidth){.next = next, .left = next, .judged = next};
  begin(bandwidth);
}

void bandwidth_free(Bandwidth *bandwidth) {
  if (!bandwidth)
    return;
  g_free(bandwidth->sent);
  g_free(bandwidth);
}

int64_t bandwidth_target_bps(const Bandwidth *bandwidth) {
  return MIN(bandwidth->delay_bps, bandwidth->loss.bps);
}

bool bandwidth_full(const Bandwidth *bandwidth) {
  return bandwidth->full;
}

int64_t bandwidth_pace_bps(const Bandwidth *bandwidth) {
  if (bandwidth->stall.on)
    return 0;
  double target = (double)bandwidth_target_bps(bandwidth);
  if (bandwidth->full && !bandwidth->rival && backlog_us(&bandwidth->backlog) >= QUEUE_LONG_US)
    return (int64_t)(PACE_QUEUE_TIMES * target);
  if (bandwidth->full)
    return (int64_t)(PACE_FULL_TIMES * target);
  return MAX((int64_t)(PACE_TIMES * target), bandwidth->burst.bps / 2);
}

int64_t bandwidth_rtt_us(const Bandwidth *bandwidth) {
  return bandwidth->rtt_us;
}

double bandwidth_loss(const Bandwidth *bandwidth) {
  return bandwidth->loss.smooth;
}

static Sent *place_of(const Bandwidth *bandwidth, uint32_t sequence) {
  return &bandwidth->sent[sequence & (bandwidth->room - 1)];
}

void bandwidth_prefetch(const Bandwidth *bandwidth, unsigned step) {
  if (step == 0)
    prefetch(bandwidth, offsetof(Bandwidth, probe) + sizeof bandwidth->probe);
  else
    prefetch(place_of(bandwidth, bandwidth->next), sizeof(Sent));
}

bool bandwidth_probes(const Bandwidth *bandwidth) {
  return bandwidth->probe.running;
}

uint16_t bandwidth_sequence(const Bandwidth *bandwidth) {
  return (uint16_t)bandwidth->next;
}

/* Few packets are on their way to most receivers: a ring that holds no more stays in the cache. Up
 * to three times in a connection's life. */
static void grow(Bandwidth *bandwidth) {
  Sent *before = bandwidth->sent;
  unsigned count = bandwidth->room;
  bandwidth->room *= 2;
  bandwidth->sent = g_new0(Sent, bandwidth->room);
  for (unsigned i = 0; i < count; i++)
    *place_of(bandwidth, before[i].sequence) = before[i];
  g_free(before);
}

void bandwidth_sent(Bandwidth *bandwidth, unsigned bytes, BandwidthLabel label, int64_t now_us) {
  bool probe = probe_sends(&bandwidth->probe, now_us);
  const Sent *oldest = place_of(bandwidth, bandwidth->next);
  if (oldest->sent_us && now_us - oldest->sent_us < AWAITED_US &&
      bandwidth->room < BANDWIDTH_PACKETS)
    grow(bandwidth);
  *place_of(bandwidth, bandwidth->next) = (Sent){.sent_us = now_us,
                                                 .sequence = bandwidth->next,
                                                 .bytes = (uint16_t)MIN(bytes, UINT16_MAX),
                                                 .number = label.number,
                                                 .slot = label.slot,
                                                 .probe = probe};
  if (probe)
    probe_sent(&bandwidth->probe, bytes);
  bandwidth->next++;
  bandwidth->sent_us = now_us;
  if (!bandwidth->told_us)
    bandwidth->told_us = now_us; /* silence counts from the first packet */
}

void bandwidth_left(Bandwidth *bandwidth, int64_t left_us) {
  if (bandwidth->next - bandwidth->left > bandwidth->room)
    bandwidth->left = bandwidth->next - bandwidth->room;
  for (; bandwidth->left != bandwidth->next; bandwidth->left++) {
    Sent *sent = place_of(bandwidth, bandwidth->left);
    if (sent->sent_us)
      sent->sent_us = MAX(sent->sent_us, left_us);
  }
}

/* What came through, in steps of the receiver's clock. */

static void acked_add(Bandwidth *bandwidth, unsigned bytes, int64_t arrived_us) {
  if (!bandwidth->acked_since_us || arrived_us - bandwidth->step_us > ACKED_STEPS * ACKED_STEP_US) {
    memset(bandwidth->acked, 0, sizeof bandwidth->acked);
    bandwidth->acked_since_us = bandwidth->step_us = arrived_us;
  }
  while (arrived_us - bandwidth->step_us >= ACKED_STEP_US) {
    bandwidth->acked_at = (bandwidth->acked_at + 1) % ACKED_STEPS;
    bandwidth->acked[bandwidth->acked_at] = 0;
    bandwidth->step_us += ACKED_STEP_US;
  }
  bandwidth->acked[bandwidth->acked_at] += bytes;
}

/* 0: too little to go by. */
static int64_t acked_of(const Bandwidth *bandwidth, unsigned steps, unsigned least_bytes) {
  int64_t begin_us = bandwidth->step_us - (steps - 1) * ACKED_STEP_US;
  int64_t span_us = bandwidth->arrived_us - MAX(begin_us, bandwidth->acked_since_us);
  if (!bandwidth->acked_since_us || span_us < ACKED_LEAST_US)
    return 0;
  uint64_t bytes = 0;
  for (unsigned i = 0; i < steps; i++)
    bytes += bandwidth->acked[(bandwidth->acked_at + ACKED_STEPS - i) % ACKED_STEPS];
  if (bytes < least_bytes)
    return 0;
  return (int64_t)(bytes * 8 * 1000000 / (uint64_t)span_us);
}

int64_t bandwidth_acked_bps(const Bandwidth *bandwidth) {
  return acked_of(bandwidth, ACKED_STEPS, 0);
}

/* The delay-based estimate: draft §5.5. */

static void capacity_seen(Bandwidth *bandwidth, int64_t acked_bps) {
  double kbps = (double)acked_bps / 1000;
  if (bandwidth->capacity_kbps <= 0) {
    bandwidth->capacity_kbps = kbps;
    bandwidth->deviation = kbps * 0.05;
    return;
  }
  double off = kbps - bandwidth->capacity_kbps;
  bandwidth->capacity_kbps += (1 - CAPACITY_SMOOTHING) * off;
  bandwidth->deviation = sqrt(CAPACITY_SMOOTHING * bandwidth->deviation * bandwidth->deviation +
                              (1 - CAPACITY_SMOOTHING) * off * off);
  bandwidth->deviation = fmax(bandwidth->deviation, bandwidth->capacity_kbps * 0.02);
}

static int64_t response_us(const Bandwidth *bandwidth) {
  return RESPONSE_US + bandwidth->rtt_us;
}

static void decrease(Bandwidth *bandwidth, int64_t acked_bps, int64_t now_us) {
  if (now_us - bandwidth->decreased_us < response_us(bandwidth))
    return; /* the last one has not shown yet */
  if (bandwidth->probed && now_us - bandwidth->probe_us < PROBE_US + response_us(bandwidth))
    return; /* a probe's own queue, gone in a moment: its result says more */
  if (bandwidth->stall.on && bandwidth->decreased_us >= bandwidth->stall.since_us)
    return; /* what comes through is little because little is sent */
  int64_t queue_us = backlog_us(&bandwidth->backlog);
  int64_t grown_us = QUEUE_LEAST_US + bandwidth->backlog.jitter_us;
  if (!bandwidth->stall.on && now_us - bandwidth->decreased_us < RIVAL_US &&
      queue_us < bandwidth->yielded_to_us + grown_us)
    return; /* it does not grow any more: if it is ours it empties now */
  int64_t carried_bps = MIN(queued_bps(&bandwidth->queued), bandwidth->delay_bps);
  int64_t before_bps = bandwidth->queue_since_us ? bandwidth->queue_before_bps : acked_bps;
  bool little = (double)before_bps < LITTLE_SENT * (double)bandwidth->delay_bps;
  if (little && !carried_bps && queue_us < QUEUE_LONG_US && !bandwidth->stall.on)
    return; /* something large begins to come: how fast is soon known */
  bool now_and_then = little && carried_bps > acked_bps;
  if (now_and_then)
    acked_bps = carried_bps;
  double kbps = (double)acked_bps / 1000;
  if (acked_bps > 0) {
    if (bandwidth->capacity_kbps > 0 &&
        kbps < bandwidth->capacity_kbps - CONVERGED_DEVIATIONS * bandwidth->deviation)
      bandwidth->capacity_kbps = 0; /* another way, or another guest on it */
    capacity_seen(bandwidth, acked_bps);
  }
  /* With a queue on the way what comes through is what the way carries, and the half second's mean
   * is still of before; what waits has to go besides what is sent. */
  int64_t newest_bps = acked_of(bandwidth, ACKED_NEWEST, NEWEST_BYTES);
  bool queued = queue_us >= QUEUE_LONG_US || bandwidth->stall.on;
  if (queued && !now_and_then && newest_bps > 0 && newest_bps < acked_bps)
    acked_bps = MAX(newest_bps, (int64_t)(NEWEST_LEAST * (double)acked_bps));
  double drain = fmin((double)queue_us / QUEUE_DRAIN_US, DRAIN_MOST);
  double next = fmin(now_and_then ? DECREASE_PLAINLY : DECREASE, 1 - drain) *
                (double)(acked_bps > 0 ? acked_bps : bandwidth->delay_bps);
  bandwidth->delay_bps = rate_within(fmin(next, (double)bandwidth->delay_bps));
  bandwidth->decreased_us = bandwidth->increased_us = now_us;
  bandwidth->yielded_to_us = queue_us;
  bandwidth->hold = bandwidth->full = true;
  bandwidth->full_us = now_us;
}

static void increase(Bandwidth *bandwidth, int64_t acked_bps, int64_t now_us) {
  double seconds = (double)(now_us - bandwidth->increased_us) / 1e6;
  double now_bps = (double)bandwidth->delay_bps;
  double most = acked_bps > 0 ? ABOVE_ACKED * (double)acked_bps + 10000 : now_bps;
  bandwidth->increased_us = now_us;
  if (now_bps >= most)
    return; /* more than that was not tried: what is unused is not known to be there */
  double kbps = (double)acked_bps / 1000;
  if (bandwidth->capacity_kbps > 0 &&
      kbps > bandwidth->capacity_kbps + CONVERGED_DEVIATIONS * bandwidth->deviation)
    bandwidth->capacity_kbps = 0;
  seconds = fmin(seconds, 1);
  if (bandwidth->rival)
    now_bps *= pow(RIVAL_INCREASE_A_SECOND, seconds);
  else if (bandwidth->capacity_kbps > 0)
    now_bps += seconds * 1e6 / (double)response_us(bandwidth) * PACKET_BITS;
  else
    now_bps *= pow(INCREASE_A_SECOND, seconds);
  bandwidth->delay_bps = rate_within(fmin(now_bps, most));
}

/* Is there a queue, and whose? */
static void watch_queue(Bandwidth *bandwidth, int64_t acked_bps, int64_t now_us) {
  if (backlog_us(&bandwidth->backlog) > QUEUE_LEAST_US + bandwidth->backlog.jitter_us)
    bandwidth->queue_seen_us = now_us;
  bool stands = bandwidth->queue_seen_us == now_us;
  if (!stands)
    bandwidth->yielded_to_us = 0; /* the next one is another */
  if (bandwidth->rival) {
    bandwidth->rival = now_us - bandwidth->queue_seen_us < RIVAL_GONE_US;
  } else if (!stands) {
    bandwidth->queue_since_us = 0;
  } else if (!bandwidth->queue_since_us) {
    bandwidth->queue_since_us = now_us;
    bandwidth->queue_before_bps = bandwidth->queue_acked_bps = acked_bps;
  } else if (now_us - bandwidth->queue_since_us < QUEUE_BEGINS_US) {
    bandwidth->queue_acked_bps = MAX(bandwidth->queue_acked_bps, queued_bps(&bandwidth->queued));
  } else if (!bandwidth->stall.on && /* then less comes through because less is sent */
             now_us - bandwidth->queue_since_us >= RIVAL_US &&
             (double)acked_bps < YIELDED * (double)bandwidth->queue_acked_bps) {
    bandwidth->rival = true;
    loss_beside_tcp(&bandwidth->loss);
  }
}

/* What came through lately is what the way carries: all of it waited in its queue. */
static bool is_sure(const Bandwidth *bandwidth, int64_t now_us) {
  const Stall *stall = &bandwidth->stall;
  return stall_grows(stall) && now_us - stall->since_us >= STALL_SURE_US;
}

static TrendUse use_of(const Bandwidth *bandwidth, int64_t now_us) {
  if (bandwidth->rival)
    return TREND_NORMAL;
  if (bandwidth->stall.on)
    return is_sure(bandwidth, now_us) ? TREND_OVERUSE : TREND_NORMAL;
  if (backlog_us(&bandwidth->backlog) >= QUEUE_LONG_US + bandwidth->backlog.jitter_us)
    return TREND_OVERUSE;
  if (bandwidth->trend.use == TREND_OVERUSE && bandwidth->queue_seen_us != now_us)
    return TREND_NORMAL;
  return bandwidth->trend.use;
}

static void control_delay(Bandwidth *bandwidth, int64_t now_us) {
  int64_t acked_bps = bandwidth_acked_bps(bandwidth);
  watch_queue(bandwidth, acked_bps, now_us);
  switch (use_of(bandwidth, now_us)) {
  case TREND_OVERUSE:
    decrease(bandwidth, acked_bps, now_us);
    break;
  case TREND_UNDERUSE: /* queues run empty: wait for it */
    bandwidth->hold = false;
    bandwidth->increased_us = now_us;
    break;
  case TREND_NORMAL:
    if (bandwidth->hold && now_us - bandwidth->decreased_us < response_us(bandwidth))
      break;
    bandwidth->hold = false;
    increase(bandwidth, acked_bps, now_us);
  }
}

/* Probes. */

static void probe_end(Bandwidth *bandwidth, int64_t now_us) {
  Probe *probe = &bandwidth->probe;
  double found = probe_result(probe);
  int64_t before_bps = bandwidth_target_bps(bandwidth);
  probe->running = false;
  if (found > (double)before_bps) {
    bandwidth->delay_bps = MAX(bandwidth->delay_bps, rate_within(found));
    if (!loss_much(&bandwidth->loss))
      bandwidth->loss.bps = MAX(bandwidth->loss.bps, rate_within(found));
    bool much = found > PROBE_MUCH * (double)before_bps;
    bandwidth->probe_wait_us = much ? PROBE_NEXT_US : PROBE_WAIT_US;
    bandwidth->increased_us = now_us;
    bandwidth->capacity_kbps = 0;
  } else {
    bandwidth->probe_wait_us =
        CLAMP(bandwidth->probe_wait_us * 2, PROBE_WAIT_US, PROBE_WAIT_MOST_US);
  }
}

void bandwidth_end_probe(Bandwidth *bandwidth) {
  if (!bandwidth->probe.running)
    return;
  bandwidth->probe.running = false;
  bandwidth->probe_wait_us = MAX(bandwidth->probe_wait_us, PROBE_WAIT_US);
}

static bool probe_wanted(const Bandwidth *bandwidth, int64_t wanted_bps, int64_t now_us) {
  if (bandwidth->probe.running || bandwidth->stall.on || bandwidth->rival ||
      wanted_bps <= bandwidth_target_bps(bandwidth))
    return false;
  if (bandwidth->probed && now_us - bandwidth->probe_us < bandwidth->probe_wait_us)
    return false;
  return !bandwidth->decreased_us || now_us - bandwidth->decreased_us >= PROBE_AFTER_DECREASE_US;
}

unsigned bandwidth_padding(Bandwidth *bandwidth, int64_t wanted_bps, int64_t now_us) {
  Probe *probe = &bandwidth->probe;
  if (probe_wanted(bandwidth, wanted_bps, now_us)) {
    int64_t times = bandwidth->probed ? PROBE_TIMES : PROBE_FIRST_TIMES;
    int64_t rate_bps = bandwidth_target_bps(bandwidth) * times;
    probe_begin(probe, MIN(rate_bps, wanted_bps + wanted_bps / 4), now_us);
    bandwidth->probed = true;
    bandwidth->probe_us = now_us;
  }
  return probe_due(probe, now_us);
}

/* Feedback. */

static int64_t unwrap_reference(Bandwidth *bandwidth, int64_t reference_us) {
  if (!bandwidth->reference_known) {
    bandwidth->reference_known = true;
    return bandwidth->reference_us = reference_us;
  }
  int64_t step = (reference_us - bandwidth->reference_us) % REFERENCE_PERIOD_US;
  if (step > REFERENCE_PERIOD_US / 2)
    step -= REFERENCE_PERIOD_US;
  else if (step < -REFERENCE_PERIOD_US / 2)
    step += REFERENCE_PERIOD_US;
  return bandwidth->reference_us += step;
}

/* Of the probe that runs, and not told of yet. */
static bool is_awaited(const Bandwidth *bandwidth, const Sent *sent) {
  const Probe *probe = &bandwidth->probe;
  return sent->probe && !sent->missed && probe->running && sent->sent_us >= probe->begun_us;
}

static void packet_came(Bandwidth *bandwidth, Sent *sent, int64_t arrived_us) {
  loss_told(&bandwidth->loss, 1, 0);
  bandwidth->arrived_us = MAX(bandwidth->arrived_us, arrived_us);
  trend_arrived(&bandwidth->trend, sent->sent_us, arrived_us);
  backlog_arrived(&bandwidth->backlog, sent->sent_us, arrived_us);
  stall_arrived(&bandwidth->stall, sent->bytes, sent->sent_us, arrived_us);
  queued_arrived(&bandwidth->queued, sent->bytes, arrived_us,
                 arrived_us - sent->sent_us > bandwidth->waits_from_us);
  acked_add(bandwidth, sent->bytes, arrived_us);
  burst_arrived(&bandwidth->burst, sent->bytes, sent->sent_us, arrived_us);
  if (is_awaited(bandwidth, sent))
    probe_arrived(&bandwidth->probe, sent->bytes, sent->sent_us, arrived_us);
  sent->sent_us = 0;
}

/* What is missing is lost when what was sent long enough after it came: others were only passed. */
static void judge_missing(Bandwidth *bandwidth, int64_t newest_us) {
  if (bandwidth->next - bandwidth->judged > bandwidth->room)
    bandwidth->judged = bandwidth->next - bandwidth->room;
  for (; bandwidth->judged != bandwidth->next; bandwidth->judged++) {
    Sent *sent = place_of(bandwidth, bandwidth->judged);
    if (!sent->sent_us)
      continue;
    if (sent->sent_us > newest_us - PASSED_US)
      break;
    if (!sent->missed)
      continue;
    loss_told(&bandwidth->loss, 1, 1);
    bandwidth->claims.lost++;
    sent->sent_us = 0;
    sent->lost = true;
  }
}

static void tell_missing(BandwidthMissing *missing, const Sent *sent) {
  if (missing && sent->slot != BANDWIDTH_NO_SLOT && missing->count < BANDWIDTH_MISSING_MAX)
    missing->labels[missing->count++] = (BandwidthLabel){sent->slot, sent->number};
}

/* It is said to have come, and is not awaited. */
static void note_claim(Bandwidth *bandwidth, Sent *sent, uint16_t number, uint32_t sequence) {
  bool ahead = (uint16_t)(number - (uint16_t)bandwidth->next) < UINT16_MAX / 2;
  if (ahead) {
    bandwidth->claims.unsent++;
  } else if (sent->lost && sent->sequence == sequence) {
    bandwidth->claims.revived++;
    sent->lost = false;
  }
}

BandwidthClaims bandwidth_claims(const Bandwidth *bandwidth) {
  return bandwidth->claims;
}

bool bandwidth_feedback(Bandwidth *bandwidth, const RtcpTwcc *twcc, BandwidthMissing *missing,
                        int64_t now_us) {
  int64_t arrived_us = unwrap_reference(bandwidth, twcc->reference_us);
  int64_t newest_us = 0;
  int64_t before_bps = bandwidth_target_bps(bandwidth);
  int64_t acked_bps = bandwidth_acked_bps(bandwidth);
  int64_t jitter_us = bandwidth->backlog.jitter_us; /* a queue that grows looks like more */
  bool news = false;
  bandwidth->waits_from_us = bandwidth->backlog.base.count
                                 ? backlog_base_us(&bandwidth->backlog) + QUEUE_LEAST_US + jitter_us
                                 : INT64_MAX;
  for (unsigned i = 0; i < twcc->count; i++) {
    uint16_t number = (uint16_t)(twcc->base_sequence + i);
    uint32_t sequence = bandwidth->next - (uint16_t)((uint16_t)bandwidth->next - number);
    if (twcc->received[i])
      arrived_us += twcc->delta_us[i];
    Sent *sent = place_of(bandwidth, sequence);
    if (!sent->sent_us || sent->sequence != sequence) {
      if (twcc->received[i])
        note_claim(bandwidth, sent, number, sequence);
      continue; /* never sent, told of already, or long ago */
    }
    if (twcc->received[i]) {
      newest_us = MAX(newest_us, sent->sent_us);
      packet_came(bandwidth, sent, arrived_us);
      news = true;
    } else if (!sent->missed) {
      if (is_awaited(bandwidth, sent))
        probe_missed(&bandwidth->probe);
      sent->missed = news = true;
      tell_missing(missing, sent);
    }
  }
  if (!news)
    return false;
  judge_missing(bandwidth, newest_us);
  if (newest_us > 0) {
    int64_t rtt_us = MAX(now_us - newest_us, 1);
    bandwidth->rtt_us = bandwidth->rtt_us ? (bandwidth->rtt_us * 7 + rtt_us) / 8 : rtt_us;
  }
  bandwidth->told_us = now_us;
  if (probe_over(&bandwidth->probe, now_us))
    probe_end(bandwidth, now_us);
  bool stall_changed = newest_us > 0 && !bandwidth->rival &&
                       stall_judge(&bandwidth->stall, backlog_base_us(&bandwidth->backlog),
                                   jitter_us, acked_bps, now_us);
  if (bandwidth->stall.on) /* nothing is added to the queue */
    bandwidth_end_probe(bandwidth);
  control_delay(bandwidth, now_us);
  loss_control(&bandwidth->loss, bandwidth->delay_bps, bandwidth_acked_bps(bandwidth),
               bandwidth->rival, bandwidth->rtt_us, now_us);
  return stall_changed || bandwidth_target_bps(bandwidth) < before_bps;
}

void bandwidth_tick(Bandwidth *bandwidth, int64_t now_us) {
  if (probe_over(&bandwidth->probe, now_us))
    probe_end(bandwidth, now_us);
  stall_tick(&bandwidth->stall, bandwidth->sent_us, now_us);
  bandwidth->full = bandwidth->full && now_us - bandwidth->full_us < FULL_US;
  if (!bandwidth->told_us || bandwidth->sent_us <= bandwidth->told_us)
    return;
  if (now_us - bandwidth->told_us < SILENT_US || now_us - bandwidth->decreased_us < SILENT_AGAIN_US)
    return;
  bandwidth->delay_bps = rate_within((double)bandwidth->delay_bps * SILENT_DECREASE);
  bandwidth->decreased_us = bandwidth->increased_us = now_us;
  bandwidth->yielded_to_us = 0; /* not for a queue */
  bandwidth->hold = true;
}
