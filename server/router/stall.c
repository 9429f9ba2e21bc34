/* See stall.h. */
#include "router/stall.h"

#include <glib.h>
#include <math.h>

#define LATE_US 15000 /* and three times the jitter */
#define EACH_US 1000  /* how much later than the one before … */
#define ALL_US 10000  /* … and all together */
#define SLOWER 0.7    /* than what came through before */
#define FALLS_US 5000 /* a queue to which nothing is added falls by more … */
#define FALLS_IN_US 110000
#define GREW_US 20000
#define IDLE_US 200000
#define AGAIN_US 500000
#define AGAIN_GIVEN_UP_US 5000000

void stall_arrived(Stall *stall, unsigned bytes, int64_t sent_us, int64_t arrived_us) {
  stall->at = (stall->at + 1) % STALL_NEWEST;
  stall->newest[stall->at].sent_us = sent_us;
  stall->newest[stall->at].arrived_us = arrived_us;
  stall->newest[stall->at].bytes = bytes;
  stall->count = MIN(stall->count + 1, STALL_NEWEST);
}

static int64_t delay(const Stall *stall, unsigned back) {
  unsigned at = (stall->at + STALL_NEWEST - back) % STALL_NEWEST;
  return stall->newest[at].arrived_us - stall->newest[at].sent_us;
}

static bool is_growing(const Stall *stall) {
  for (unsigned back = 0; back + 1 < STALL_NEWEST; back++)
    if (delay(stall, back) < delay(stall, back + 1) + EACH_US)
      return false;
  return delay(stall, 0) >= delay(stall, STALL_NEWEST - 1) + ALL_US;
}

static double bps_over(int64_t bytes, int64_t span_us) {
  return span_us > 0 ? (double)bytes * 8e6 / (double)span_us : INFINITY;
}

/* Than they were sent, and than others came: a burst is sent at once. */
static bool is_slow(const Stall *stall, int64_t acked_bps) {
  unsigned newest = stall->at, oldest = (stall->at + 1) % STALL_NEWEST;
  int64_t bytes = -(int64_t)stall->newest[oldest].bytes;
  for (unsigned i = 0; i < STALL_NEWEST; i++)
    bytes += stall->newest[i].bytes;
  double came =
      bps_over(bytes, stall->newest[newest].arrived_us - stall->newest[oldest].arrived_us);
  double sent = bps_over(bytes, stall->newest[newest].sent_us - stall->newest[oldest].sent_us);
  return came < SLOWER * fmin((double)acked_bps, sent);
}

static bool end(Stall *stall, bool gave_up, int64_t now_us) {
  stall->on = false;
  stall->again_us = now_us + (gave_up ? AGAIN_GIVEN_UP_US : AGAIN_US);
  return true;
}

bool stall_tick(Stall *stall, int64_t last_sent_us, int64_t now_us) {
  if (!stall->on)
    return false;
  if (now_us - stall->since_us >= STALL_MOST_US)
    return end(stall, true, now_us);
  return now_us - last_sent_us >= IDLE_US && end(stall, false, now_us);
}

static bool is_of_before(const Stall *stall) {
  return stall->newest[stall->at].sent_us < stall->since_us;
}

bool stall_grows(const Stall *stall) {
  return stall->on && is_of_before(stall) && delay(stall, 0) >= stall->begun_with_us + GREW_US;
}

bool stall_judge(Stall *stall, int64_t base_us, int64_t jitter_us, int64_t acked_bps,
                 int64_t now_us) {
  int64_t now_delay_us = delay(stall, 0), long_us = base_us + LATE_US + 3 * jitter_us;
  if (stall->on) {
    if (now_delay_us < long_us)
      return end(stall, false, now_us);
    if (is_of_before(stall) || now_delay_us < stall->fell_to_us - FALLS_US) {
      stall->fell_to_us = now_delay_us;
      stall->fell_us = now_us;
    }
    bool stays = now_us - stall->fell_us >= FALLS_IN_US;
    return stays ? end(stall, true, now_us) : stall_tick(stall, now_us, now_us);
  }
  if (now_us < stall->again_us || stall->count < STALL_NEWEST || now_delay_us < long_us ||
      !is_growing(stall) || !is_slow(stall, acked_bps))
    return false;
  stall->on = true;
  stall->since_us = stall->fell_us = now_us;
  stall->fell_to_us = stall->begun_with_us = now_delay_us;
  return true;
}
