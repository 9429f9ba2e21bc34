#include "peer/feedback.h"

#include <string.h>

#define TICK_US 250          /* resolution of a delta */
#define REFERENCE_US 64000   /* of the reference time */
#define DELTA_MAX_US 8191750 /* 16 bits of 250 µs, signed */

void feedback_received(Feedback *feedback, uint16_t sequence, int64_t arrival_us) {
  uint64_t at = seq_unwrap(&feedback->unwrap, sequence);
  if (!feedback->started || at >= feedback->next + FEEDBACK_PACKETS) {
    memset(feedback->arrivals, 0, sizeof feedback->arrivals);
    feedback->started = true;
    feedback->next = feedback->highest = at;
  }
  if (at < feedback->next) /* already reported as lost: the estimate lives with that */
    return;
  if (at > feedback->highest)
    feedback->highest = at;
  feedback->arrivals[at % FEEDBACK_PACKETS] = arrival_us;
}

/* Fills one packet from next on; false when all of it was lost. */
static bool fill(Feedback *feedback, RtcpTwcc *twcc) {
  twcc->base_sequence = (uint16_t)feedback->next;
  twcc->count = 0;
  int64_t last_us = 0;
  bool any = false;
  for (uint64_t at = feedback->next; at <= feedback->highest && twcc->count < FEEDBACK_REPORT_MAX;
       at++) {
    int64_t *arrival_us = &feedback->arrivals[at % FEEDBACK_PACKETS];
    unsigned i = twcc->count;
    twcc->received[i] = *arrival_us != 0;
    twcc->delta_us[i] = 0;
    if (*arrival_us && !any) {
      any = true;
      last_us = twcc->reference_us = *arrival_us / REFERENCE_US * REFERENCE_US;
    }
    if (*arrival_us) {
      int64_t delta = (*arrival_us - last_us) / TICK_US * TICK_US;
      if (delta > DELTA_MAX_US || delta < -DELTA_MAX_US)
        break; /* the next feedback starts with a reference of its own */
      twcc->delta_us[i] = (int32_t)delta;
      last_us += delta; /* so that rounding does not add up */
    }
    *arrival_us = 0;
    twcc->count++;
  }
  feedback->next += twcc->count;
  return any;
}

bool feedback_take(Feedback *feedback, RtcpTwcc *twcc) {
  while (feedback->started && feedback->next <= feedback->highest)
    if (fill(feedback, twcc)) {
      twcc->feedback_count = feedback->count++;
      return true;
    }
  return false;
}
