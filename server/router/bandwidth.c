/* See bandwidth.h. */
#include "router/bandwidth.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define ACKED_STEP_US 50000
#define ACKED_STEPS 10           /* half a second */
#define ACKED_LEAST_US 100000    /* less says little */
#define ACKED_NEWEST 3           /* steps: long enough */
#define DECREASE 0.85            /* draft §5.5: beta */
#define INCREASE_A_SECOND 1.08   /* draft §5.5: eta */
#define RESPONSE_US 100000       /* draft §5.5: estimator's delay on top of the round trip */
#define PACKET_BITS (1200 * 8)   /* near convergence one packet is added a response time */
#define CONVERGED_DEVIATIONS 3.0 /* draft §5.5 */
#define CAPACITY_SMOOTHING 0.95  /* draft §5.5: R_hat's average and variance */
#define ABOVE_ACKED 1.5          /* draft §5.5: A_hat stays below 1.5 R_hat */
#define LOSS_WINDOW_US 300000    /* decided on at least so much … */
#define LOSS_PACKETS 20          /* … and so many packets */
#define LOSS_MUCH 0.10           /* draft §6 */
#define LOSS_LITTLE 0.02         /* draft §6 */
#define LOSS_INCREASE 1.05       /* draft §6 */
#define PASSED_US 60000 /* sent so much later and there already: by now it would have come */
#define LOSS_SMOOTHING 0.3
#define LOSS_SMOOTHING_RIVAL 0.02 /* TCP's losses are seconds apart */
#define LOSS_FIRST_RIVAL 0.002    /* until it is measured: TCP's own on a home's way */
#define YIELDED 0.8        /* with this share of what was sent before, its effect should show */
#define LOSS_STAYED 0.7    /* this share of the loss is left: it is not ours */
#define LOSS_OWN_MOST 0.25 /* that a way may have by itself and still carry pictures */
#define LOSS_OWN_FADES 0.03
#define QUEUE_LEAST_US 10000 /* and the jitter: shorter ones are none */
#define QUEUE_LONG_US 80000
#define QUEUE_DRAIN_US 1000000 /* a queue is let out within about this */
#define DRAIN_MOST 0.5
#define FULL_US 30000000
#define PACE_TIMES 2.5 /* libwebrtc's pacing factor */
#define PACE_FULL_TIMES 1.2
#define BURST_APART_US 2000 /* sent at once, from one packet to the next */
#define BURST_PACKETS 8     /* fewer say little */
#define BURST_LEAST_US 1000 /* arrival is told in steps of 250 us */
#define BURST_SMOOTHING 8
#define RIVAL_US 2000000 /* a queue that stays for so long while we yield is another's */
#define RIVAL_GONE_US 1000000
#define RIVAL_INCREASE_A_SECOND 1.2
#define RIVAL_DECREASE 0.8
#define TCP_PACKET_BITS (1448 * 8)
#define SILENT_US 1000000 /* without feedback while packets are sent */
#define SILENT_AGAIN_US 500000
#define SILENT_DECREASE 0.7
#define PROBE_US 40000        /* it lasts so long … */
#define PROBE_PACKETS 6       /* … and so many packets, or its spacing says little */
#define PROBE_STEP_US 5000    /* padding is asked for about as often */
#define PROBE_FIRST_TIMES 3   /* cold start: the target as often */
#define PROBE_TIMES 2         /* later */
#define PROBE_WAIT_US 1000000 /* between two; doubled when one found nothing … */
#define PROBE_WAIT_MOST_US 10000000
#define PROBE_AFTER_DECREASE_US 2000000
#define PROBE_LATE_US 1000000 /* what has not been told of by then is lost */
#define PROBE_SATURATED 0.9   /* arrived so much slower than sent: the way is full … */
#define PROBE_KEPT 0.95       /* … and carries a little less than arrived */
#define REFERENCE_PERIOD_US (INT64_C(64000) << 24)

typedef struct {
  int64_t sent_us; /* 0: not sent, or told of */
  uint32_t sequence;
  uint16_t bytes;
  bool probe, missed; /* told of as missing: it may come yet */
} Sent;

typedef struct {
  bool running;
  int64_t rate_bps, begun_us;
  unsigned sent, bytes, told, arrived, arrived_bytes;
  unsigned first_bytes, last_bytes; /* of those that arrived */
  int64_t first_sent_us, last_sent_us, first_arrived_us, last_arrived_us;
} Probe;

/* Packets that were sent at once, as they arrived. */
typedef struct {
  int64_t sent_us, first_us, last_us; /* the newest one's sending; arrivals */
  unsigned packets, bytes;            /* behind the first */
} Burst;

struct Bandwidth {
  Sent sent[BANDWIDTH_PACKETS];
  uint32_t next;   /* sequence */
  uint32_t judged; /* all before it came, are lost or were never told of */
  int64_t sent_us, told_us;
  int64_t reference_us, arrived_us; /* unwrapped, the receiver's clock */
  bool reference_known;

  Trend trend;
  Backlog backlog;
  int64_t queue_since_us, queue_seen_us; /* a queue has stood since; 0: there is none; seen last */
  int64_t queue_acked_bps;               /* what came through when it began */
  bool rival;                            /* it is another's */
  Burst burst;
  int64_t burst_bps; /* how fast bursts arrive; falls at once, rises slowly; 0: unknown */
  int64_t delay_bps, loss_bps, remb_bps;
  int64_t increased_us, decreased_us;
  double capacity_kbps, deviation; /* of what came through when the way was full; 0: unknown */
  bool hold;
  bool full; /* decreased for a queue, not long ago */
  int64_t full_us;

  int64_t step_us; /* when the newest step of the acknowledged bytes began */
  uint32_t acked[ACKED_STEPS];
  unsigned acked_at;
  int64_t acked_since_us;

  int64_t loss_us;
  unsigned lost, told;
  double loss, loss_smooth, loss_own; /* the last window's; smoothed; the way's own */
  double loss_events;                 /* beside a rival: smoothed for long */
  double loss_before;                 /* when we began to yield; 0: we do not */
  int64_t loss_before_bps, loss_acked_bps;
  int64_t rtt_us;

  Probe probe;
  int64_t probe_wait_us, probe_us;
  bool probed;
};

static void begin(Bandwidth *bandwidth) {
  trend_init(&bandwidth->trend);
  backlog_init(&bandwidth->backlog);
  bandwidth->delay_bps = BANDWIDTH_FIRST_BPS;
  bandwidth->loss_bps = BANDWIDTH_MOST_BPS;
  bandwidth->probe_wait_us = PROBE_WAIT_US;
}

Bandwidth *bandwidth_new(void) {
  Bandwidth *bandwidth = g_new0(Bandwidth, 1);
  begin(bandwidth);
  return bandwidth;
}

void bandwidth_restart(Bandwidth *bandwidth) {
  uint32_t next = bandwidth->next; /* the receiver counts on */
  memset(bandwidth, 0, sizeof *bandwidth);
  bandwidth->next = next;
  begin(bandwidth);
}

void bandwidth_free(Bandwidth *bandwidth) {
  g_free(bandwidth);
}

static int64_t within(double bps) {
  return (int64_t)fmin(fmax(bps, BANDWIDTH_LEAST_BPS), BANDWIDTH_MOST_BPS);
}

int64_t bandwidth_target_bps(const Bandwidth *bandwidth) {
  if (bandwidth->next == 0 && bandwidth->remb_bps > 0) /* nothing is numbered: it knows alone */
    return bandwidth->remb_bps;
  int64_t target = MIN(bandwidth->delay_bps, bandwidth->loss_bps);
  return bandwidth->remb_bps > 0 ? MIN(target, bandwidth->remb_bps) : target;
}

bool bandwidth_full(const Bandwidth *bandwidth) {
  return bandwidth->full;
}

int64_t bandwidth_pace_bps(const Bandwidth *bandwidth) {
  double target = (double)bandwidth_target_bps(bandwidth);
  if (bandwidth->full)
    return (int64_t)(PACE_FULL_TIMES * target);
  return MAX((int64_t)(PACE_TIMES * target), bandwidth->burst_bps / 2);
}

int64_t bandwidth_rtt_us(const Bandwidth *bandwidth) {
  return bandwidth->rtt_us;
}

double bandwidth_loss(const Bandwidth *bandwidth) {
  return bandwidth->loss_smooth;
}

uint16_t bandwidth_sequence(const Bandwidth *bandwidth) {
  return (uint16_t)bandwidth->next;
}

static bool probe_sends(const Probe *probe, int64_t now_us) {
  return probe->running && (now_us - probe->begun_us < PROBE_US || probe->sent < PROBE_PACKETS);
}

void bandwidth_sent(Bandwidth *bandwidth, unsigned bytes, int64_t now_us) {
  bool probe = probe_sends(&bandwidth->probe, now_us);
  bandwidth->sent[bandwidth->next % BANDWIDTH_PACKETS] =
      (Sent){now_us, bandwidth->next, (uint16_t)MIN(bytes, UINT16_MAX), probe, false};
  if (probe) {
    bandwidth->probe.sent++;
    bandwidth->probe.bytes += bytes;
  }
  bandwidth->next++;
  bandwidth->sent_us = now_us;
  if (!bandwidth->told_us)
    bandwidth->told_us = now_us; /* silence counts from the first packet */
}

void bandwidth_remb(Bandwidth *bandwidth, uint64_t bps) {
  bandwidth->remb_bps = bps ? within((double)bps) : 0;
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

static int64_t acked_of(const Bandwidth *bandwidth, unsigned steps) {
  int64_t begin_us = bandwidth->step_us - (steps - 1) * ACKED_STEP_US;
  int64_t span_us = bandwidth->arrived_us - MAX(begin_us, bandwidth->acked_since_us);
  if (!bandwidth->acked_since_us || span_us < ACKED_LEAST_US)
    return 0;
  uint64_t bytes = 0;
  for (unsigned i = 0; i < steps; i++)
    bytes += bandwidth->acked[(bandwidth->acked_at + ACKED_STEPS - i) % ACKED_STEPS];
  return (int64_t)(bytes * 8 * 1000000 / (uint64_t)span_us);
}

int64_t bandwidth_acked_bps(const Bandwidth *bandwidth) {
  return acked_of(bandwidth, ACKED_STEPS);
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
  double kbps = (double)acked_bps / 1000;
  if (acked_bps > 0) {
    if (bandwidth->capacity_kbps > 0 &&
        kbps < bandwidth->capacity_kbps - CONVERGED_DEVIATIONS * bandwidth->deviation)
      bandwidth->capacity_kbps = 0; /* another way, or another guest on it */
    capacity_seen(bandwidth, acked_bps);
  }
  /* With a queue on the way what comes through is what the way carries, and the half second's mean
   * is still of before; what waits has to go besides what is sent. */
  int64_t queue_us = backlog_us(&bandwidth->backlog);
  int64_t newest_bps = acked_of(bandwidth, ACKED_NEWEST);
  if (queue_us >= QUEUE_LONG_US && newest_bps > 0 && newest_bps < acked_bps)
    acked_bps = newest_bps;
  double drain = fmin((double)queue_us / QUEUE_DRAIN_US, DRAIN_MOST);
  double next =
      fmin(DECREASE, 1 - drain) * (double)(acked_bps > 0 ? acked_bps : bandwidth->delay_bps);
  bandwidth->delay_bps = within(fmin(next, (double)bandwidth->delay_bps));
  bandwidth->decreased_us = bandwidth->increased_us = now_us;
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
  bandwidth->delay_bps = within(fmin(now_bps, most));
}

/* Is there a queue, and whose? */
static void watch_queue(Bandwidth *bandwidth, int64_t acked_bps, int64_t now_us) {
  if (backlog_us(&bandwidth->backlog) > QUEUE_LEAST_US + bandwidth->backlog.jitter_us)
    bandwidth->queue_seen_us = now_us;
  bool stands = bandwidth->queue_seen_us == now_us;
  if (bandwidth->rival) {
    bandwidth->rival = now_us - bandwidth->queue_seen_us < RIVAL_GONE_US;
  } else if (!stands) {
    bandwidth->queue_since_us = 0;
  } else if (!bandwidth->queue_since_us) {
    bandwidth->queue_since_us = now_us;
    bandwidth->queue_acked_bps = acked_bps;
  } else if (now_us - bandwidth->queue_since_us >= RIVAL_US &&
             (double)acked_bps < YIELDED * (double)bandwidth->queue_acked_bps) {
    bandwidth->rival = true;
    bandwidth->loss_events = LOSS_FIRST_RIVAL;
  }
}

static TrendUse use_of(const Bandwidth *bandwidth, int64_t now_us) {
  if (bandwidth->rival)
    return TREND_NORMAL;
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

/* The loss-based estimate: draft §6. It begins where the other is, and only counts while lower. */

/* We yield, for loss. True when that has not helped: then there is no more reason to. */
static bool yielded_in_vain(Bandwidth *bandwidth, int64_t acked_bps) {
  if (bandwidth->loss_before <= 0) {
    bandwidth->loss_before = bandwidth->loss_smooth;
    bandwidth->loss_before_bps = MIN(bandwidth->loss_bps, bandwidth->delay_bps);
    bandwidth->loss_acked_bps = acked_bps;
    return false;
  }
  if ((double)acked_bps > YIELDED * (double)bandwidth->loss_acked_bps)
    return false;
  double before = bandwidth->loss_before;
  bandwidth->loss_before = 0;
  if (bandwidth->loss_smooth < LOSS_STAYED * before || bandwidth->loss_smooth > LOSS_OWN_MOST)
    return false;
  bandwidth->loss_own = bandwidth->loss_smooth;
  bandwidth->loss_bps = MAX(bandwidth->loss_bps, bandwidth->loss_before_bps);
  return true;
}

/* What TCP would get with these losses (Mathis et al. 1997; RFC 5348 §5 for what one is): no reason
 * to be content with less. */
static double tcp_bps(const Bandwidth *bandwidth) {
  double rtt = (double)MAX(bandwidth->rtt_us, 10000) / 1e6;
  return TCP_PACKET_BITS * sqrt(1.5 / fmax(bandwidth->loss_events, 0.0001)) / rtt;
}

static void control_loss(Bandwidth *bandwidth, int64_t now_us) {
  if (!bandwidth->loss_us)
    bandwidth->loss_us = now_us;
  if (now_us - bandwidth->loss_us < LOSS_WINDOW_US || bandwidth->told < LOSS_PACKETS)
    return;
  bandwidth->loss = (double)bandwidth->lost / bandwidth->told;
  double event = bandwidth->lost > 0 ? 1.0 / bandwidth->told : 0;
  bandwidth->loss_us = now_us;
  bandwidth->lost = bandwidth->told = 0;
  bandwidth->loss_smooth += LOSS_SMOOTHING * (bandwidth->loss - bandwidth->loss_smooth);
  bandwidth->loss_events += LOSS_SMOOTHING_RIVAL * (event - bandwidth->loss_events);
  if (bandwidth->loss_smooth < bandwidth->loss_own)
    bandwidth->loss_own += LOSS_OWN_FADES * (bandwidth->loss_smooth - bandwidth->loss_own);
  double loss = bandwidth->loss_smooth - bandwidth->loss_own;
  double from = (double)MIN(bandwidth->loss_bps, bandwidth->delay_bps);
  if (bandwidth->rival) {
    double fair_bps = tcp_bps(bandwidth);
    if (bandwidth->loss - bandwidth->loss_own > LOSS_LITTLE)
      bandwidth->loss_bps = within(fmax(from * RIVAL_DECREASE, fmin(from, fair_bps)));
    else
      bandwidth->loss_bps = within(fmax(from, fmin(from * LOSS_INCREASE + 1000, fair_bps)));
  } else if (loss > LOSS_MUCH) {
    /* From what is sent: to take away what is not used changes nothing. */
    int64_t acked_bps = bandwidth_acked_bps(bandwidth);
    double sent_bps = (double)acked_bps / (1 - fmin(bandwidth->loss_smooth, 0.9));
    if (acked_bps > 0 && bandwidth->loss_before <= 0)
      from = fmin(from, sent_bps);
    if (!yielded_in_vain(bandwidth, acked_bps))
      bandwidth->loss_bps = within(from * (1 - 0.5 * bandwidth->loss_smooth));
  } else if (loss < LOSS_LITTLE) {
    bandwidth->loss_bps = within((double)bandwidth->loss_bps * LOSS_INCREASE + 1000);
    bandwidth->loss_before = 0;
  }
}

/* Probes. */

static void probe_told(Probe *probe, const Sent *sent, bool arrived, int64_t arrived_us) {
  probe->told++;
  if (!arrived)
    return;
  if (probe->arrived++ == 0) {
    probe->first_sent_us = sent->sent_us;
    probe->first_arrived_us = arrived_us;
    probe->first_bytes = sent->bytes;
  }
  probe->arrived_bytes += sent->bytes;
  probe->last_bytes = sent->bytes;
  probe->last_sent_us = sent->sent_us;
  probe->last_arrived_us = MAX(probe->last_arrived_us, arrived_us);
}

/* What it found, 0 for nothing to go by. */
static double probe_result(const Probe *probe) {
  int64_t sent_us = probe->last_sent_us - probe->first_sent_us;
  int64_t arrived_us = probe->last_arrived_us - probe->first_arrived_us;
  if (probe->arrived < PROBE_PACKETS * 2 / 3 || sent_us <= 0 || arrived_us <= 0)
    return 0;
  /* n packets have n - 1 gaps: the first's bytes came before the first gap, the last's were not
   * sent within the last. */
  double sent_bps = (probe->arrived_bytes - probe->last_bytes) * 8e6 / (double)sent_us;
  double arrived_bps = (probe->arrived_bytes - probe->first_bytes) * 8e6 / (double)arrived_us;
  if (arrived_bps < PROBE_SATURATED * sent_bps)
    return PROBE_KEPT * arrived_bps;
  return fmin(sent_bps, arrived_bps);
}

static void probe_end(Bandwidth *bandwidth, int64_t now_us) {
  Probe *probe = &bandwidth->probe;
  double found = probe_result(probe);
  probe->running = false;
  if (found > (double)bandwidth_target_bps(bandwidth)) {
    bandwidth->delay_bps = MAX(bandwidth->delay_bps, within(found));
    if (bandwidth->loss_smooth - bandwidth->loss_own <= LOSS_MUCH)
      bandwidth->loss_bps = MAX(bandwidth->loss_bps, within(found));
    bandwidth->probe_wait_us = PROBE_WAIT_US;
    bandwidth->increased_us = now_us;
    bandwidth->capacity_kbps = 0;
  } else {
    bandwidth->probe_wait_us = MIN(bandwidth->probe_wait_us * 2, PROBE_WAIT_MOST_US);
  }
}

static bool probe_due(const Bandwidth *bandwidth, int64_t wanted_bps, int64_t now_us) {
  if (bandwidth->probe.running || bandwidth->remb_bps > 0 || bandwidth->rival ||
      wanted_bps <= bandwidth_target_bps(bandwidth))
    return false;
  if (bandwidth->probed && now_us - bandwidth->probe_us < bandwidth->probe_wait_us)
    return false;
  return !bandwidth->decreased_us || now_us - bandwidth->decreased_us >= PROBE_AFTER_DECREASE_US;
}

unsigned bandwidth_padding(Bandwidth *bandwidth, int64_t wanted_bps, int64_t now_us) {
  Probe *probe = &bandwidth->probe;
  if (probe_due(bandwidth, wanted_bps, now_us)) {
    int64_t times = bandwidth->probed ? PROBE_TIMES : PROBE_FIRST_TIMES;
    int64_t rate_bps = bandwidth_target_bps(bandwidth) * times;
    *probe = (Probe){.running = true,
                     .rate_bps = MIN(rate_bps, wanted_bps + wanted_bps / 4),
                     .begun_us = now_us};
    bandwidth->probed = true;
    bandwidth->probe_us = now_us;
  }
  if (!probe_sends(probe, now_us))
    return 0;
  int64_t due_us = now_us - probe->begun_us + PROBE_STEP_US;
  int64_t due = probe->rate_bps * due_us / 8000000 - probe->bytes;
  return due > 0 ? (unsigned)due : 0;
}

static void probe_check(Bandwidth *bandwidth, int64_t now_us) {
  const Probe *probe = &bandwidth->probe;
  if (!probe->running)
    return;
  bool all_told = !probe_sends(probe, now_us) && probe->told >= probe->sent;
  if (all_told || now_us - probe->begun_us > PROBE_LATE_US)
    probe_end(bandwidth, now_us);
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

static void burst_seen(Bandwidth *bandwidth, const Sent *sent, int64_t arrived_us) {
  Burst *burst = &bandwidth->burst;
  int64_t apart_us = sent->sent_us - burst->sent_us;
  if (burst->sent_us && apart_us >= 0 && apart_us < BURST_APART_US) {
    burst->sent_us = sent->sent_us;
    burst->last_us = MAX(burst->last_us, arrived_us);
    burst->bytes += sent->bytes;
    burst->packets++;
    return;
  }
  if (burst->packets >= BURST_PACKETS) {
    int64_t span_us = MAX(burst->last_us - burst->first_us, BURST_LEAST_US);
    int64_t bps = (int64_t)burst->bytes * 8 * 1000000 / span_us;
    if (bps < bandwidth->burst_bps || !bandwidth->burst_bps)
      bandwidth->burst_bps = bps;
    else
      bandwidth->burst_bps += (bps - bandwidth->burst_bps) / BURST_SMOOTHING;
  }
  *burst = (Burst){.sent_us = sent->sent_us, .first_us = arrived_us, .last_us = arrived_us};
}

static void packet_came(Bandwidth *bandwidth, Sent *sent, int64_t arrived_us) {
  bandwidth->told++;
  bandwidth->arrived_us = MAX(bandwidth->arrived_us, arrived_us);
  trend_arrived(&bandwidth->trend, sent->sent_us, arrived_us);
  backlog_arrived(&bandwidth->backlog, sent->sent_us, arrived_us);
  acked_add(bandwidth, sent->bytes, arrived_us);
  burst_seen(bandwidth, sent, arrived_us);
  if (sent->probe && bandwidth->probe.running && sent->sent_us >= bandwidth->probe.begun_us)
    probe_told(&bandwidth->probe, sent, true, arrived_us);
  sent->sent_us = 0;
}

/* What is missing is lost when what was sent long enough after it came: others were only passed. */
static void judge_missing(Bandwidth *bandwidth, int64_t newest_us) {
  if (bandwidth->next - bandwidth->judged > BANDWIDTH_PACKETS)
    bandwidth->judged = bandwidth->next - BANDWIDTH_PACKETS;
  for (; bandwidth->judged != bandwidth->next; bandwidth->judged++) {
    Sent *sent = &bandwidth->sent[bandwidth->judged % BANDWIDTH_PACKETS];
    if (!sent->sent_us)
      continue;
    if (sent->sent_us > newest_us - PASSED_US)
      break;
    if (!sent->missed)
      continue;
    bandwidth->told++;
    bandwidth->lost++;
    sent->sent_us = 0;
  }
}

bool bandwidth_feedback(Bandwidth *bandwidth, const RtcpTwcc *twcc, int64_t now_us) {
  int64_t arrived_us = unwrap_reference(bandwidth, twcc->reference_us);
  int64_t newest_us = 0;
  int64_t before_bps = bandwidth_target_bps(bandwidth);
  bool news = false;
  for (unsigned i = 0; i < twcc->count; i++) {
    uint16_t number = (uint16_t)(twcc->base_sequence + i);
    uint32_t sequence = bandwidth->next - (uint16_t)((uint16_t)bandwidth->next - number);
    if (twcc->received[i])
      arrived_us += twcc->delta_us[i];
    Sent *sent = &bandwidth->sent[sequence % BANDWIDTH_PACKETS];
    if (!sent->sent_us || sent->sequence != sequence)
      continue; /* never sent, told of already, or long ago */
    if (twcc->received[i]) {
      newest_us = MAX(newest_us, sent->sent_us);
      packet_came(bandwidth, sent, arrived_us);
      news = true;
    } else if (!sent->missed) {
      sent->missed = news = true;
      if (sent->probe && bandwidth->probe.running)
        probe_told(&bandwidth->probe, sent, false, 0);
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
  probe_check(bandwidth, now_us);
  control_delay(bandwidth, now_us);
  control_loss(bandwidth, now_us);
  return bandwidth_target_bps(bandwidth) < before_bps;
}

void bandwidth_tick(Bandwidth *bandwidth, int64_t now_us) {
  probe_check(bandwidth, now_us);
  bandwidth->full = bandwidth->full && now_us - bandwidth->full_us < FULL_US;
  if (bandwidth->remb_bps > 0 || !bandwidth->told_us || bandwidth->sent_us <= bandwidth->told_us)
    return;
  if (now_us - bandwidth->told_us < SILENT_US || now_us - bandwidth->decreased_us < SILENT_AGAIN_US)
    return;
  bandwidth->delay_bps = within((double)bandwidth->delay_bps * SILENT_DECREASE);
  bandwidth->decreased_us = bandwidth->increased_us = now_us;
  bandwidth->hold = true;
}
