/* See reported.h. */
#include "router/reported.h"

#include <glib.h>

#include "router/rate.h"

#define DECREASE 0.85    /* draft-ietf-rmcat-gcc-02 §5.5: beta */
#define DRAIN_US 1000000 /* a queue is let out within about this … */
#define DRAIN_MOST 0.5   /* … by at most so much of what comes through */
/* A larger layer takes three times the bits: so much is near what was tried. What is not is reached
 * slowly, for a picture that has no smaller layer. */
#define TRIED_TIMES 4
#define UNTRIED_TIMES 1.02

void reported_begin(Reported *reported, int64_t bps) {
  reported->bps = bps;
  reported->met = false;
  loss_init(&reported->loss, RATE_MOST_BPS);
}

void reported_block(Reported *reported, unsigned expected, unsigned lost, int64_t rtt_us) {
  lost = MIN(lost, expected);
  reported->expected += expected;
  reported->lost += lost;
  loss_told(&reported->loss, expected, lost);
  if (rtt_us <= 0)
    return;
  reported->rtt_us = rtt_us;
  if (!reported->span_rtt_us || rtt_us < reported->span_rtt_us)
    reported->span_rtt_us = rtt_us;
}

/* How much longer than its least the round trip is. */
static int64_t queue_us(Reported *reported, int64_t now_us) {
  int64_t rtt_us = reported->span_rtt_us;
  if (rtt_us == 0)
    return 0;
  if (reported->least_us == 0) {
    reported->least_us = reported->next_least_us = rtt_us;
    reported->base_us = now_us;
  }
  if (now_us - reported->base_us > REPORTED_BASE_US) {
    reported->least_us = reported->next_least_us;
    reported->next_least_us = rtt_us;
    reported->base_us = now_us;
  }
  reported->next_least_us = MIN(reported->next_least_us, rtt_us);
  reported->least_us = MIN(reported->least_us, rtt_us);
  return rtt_us - reported->least_us;
}

static void decrease(Reported *reported, int64_t queue, int64_t came_bps) {
  double drain = fmin((double)queue / DRAIN_US, DRAIN_MOST);
  int64_t next = rate_within(fmin(DECREASE, 1 - drain) * (double)came_bps);
  reported->bps = MIN(reported->bps, next);
  reported->met = true;
}

static void increase(Reported *reported, int64_t sent_bps) {
  if (reported->bps == INT64_MAX)
    return;
  bool tried = reported->bps < TRIED_TIMES * sent_bps;
  double times = !reported->met ? REPORTED_FIRST_TIMES : tried ? REPORTED_TIMES : UNTRIED_TIMES;
  reported->bps = rate_within((double)reported->bps * times);
}

int64_t reported_bps(const Reported *reported) {
  return reported->loss.bps < RATE_MOST_BPS ? MIN(reported->bps, reported->loss.bps)
                                            : reported->bps;
}

bool reported_end(Reported *reported, uint64_t sent_bytes, int64_t now_us) {
  int64_t before_bps = reported_bps(reported), span_us = now_us - reported->span_us;
  reported->told_us = now_us;
  if (reported->span_us && span_us < REPORTED_SPAN_US)
    return false;
  if (reported->span_us) {
    int64_t sent_bps = (int64_t)((sent_bytes - reported->span_bytes) * 8000000 / (uint64_t)span_us);
    double came = reported->expected ? 1 - (double)reported->lost / reported->expected : 1;
    int64_t came_bps = (int64_t)((double)sent_bps * came), queue = queue_us(reported, now_us);
    if (queue > REPORTED_QUEUE_US)
      decrease(reported, queue, came_bps);
    else if (reported->lost * 100 <= reported->expected * 2)
      increase(reported, sent_bps);
    loss_control(&reported->loss, MIN(reported->bps, RATE_MOST_BPS), came_bps, false,
                 reported->rtt_us, now_us);
    reported->met |= reported->loss.bps < RATE_MOST_BPS;
  }
  reported->span_us = now_us;
  reported->span_bytes = sent_bytes;
  reported->expected = reported->lost = 0;
  reported->span_rtt_us = 0;
  return reported_bps(reported) < before_bps;
}
