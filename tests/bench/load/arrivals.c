#include "arrivals.h"

#include <glib.h>
#include <string.h>

#include "wire/rtcp.h"

#define REFERENCE_US 64000
#define TOLD_MAX 400 /* packets in one feedback */

static int64_t *place_of(Arrivals *arrivals, uint64_t sequence) {
  return &arrivals->at_us[sequence % ARRIVALS_RING];
}

void arrivals_add(Arrivals *arrivals, uint16_t sequence, int64_t now_us) {
  uint64_t number = seq_unwrap(&arrivals->unwrap, sequence);
  if (arrivals->highest == 0)
    arrivals->next = arrivals->highest = number;
  if (number > arrivals->highest + ARRIVALS_RING) {
    memset(arrivals->at_us, 0, sizeof arrivals->at_us);
    arrivals->next = arrivals->highest = number;
  }
  while (arrivals->highest < number)
    *place_of(arrivals, ++arrivals->highest) = 0;
  if (number + ARRIVALS_RING <= arrivals->highest)
    return;
  *place_of(arrivals, number) = now_us;
  /* What comes late was told as missing: it is told again. */
  arrivals->next = MIN(arrivals->next, number);
}

size_t arrivals_write(Arrivals *arrivals, uint32_t ssrc, uint8_t *out, size_t size) {
  static RtcpTwcc twcc;
  if (arrivals->highest == 0)
    return 0;
  if (arrivals->next + ARRIVALS_RING <= arrivals->highest)
    arrivals->next = arrivals->highest - ARRIVALS_RING + 1;
  uint64_t first = arrivals->next;
  while (first <= arrivals->highest && !*place_of(arrivals, first))
    first++;
  if (first > arrivals->highest)
    return 0;
  uint64_t last = MIN(arrivals->highest, arrivals->next + TOLD_MAX - 1);
  twcc = (RtcpTwcc){.base_sequence = (uint16_t)arrivals->next,
                    .feedback_count = arrivals->count++,
                    .reference_us = *place_of(arrivals, first) / REFERENCE_US * REFERENCE_US};
  int64_t before_us = twcc.reference_us;
  for (uint64_t number = arrivals->next; number <= last; number++) {
    int64_t at_us = *place_of(arrivals, number);
    unsigned i = twcc.count++;
    twcc.received[i] = at_us != 0;
    if (!at_us)
      continue;
    twcc.delta_us[i] = (int32_t)((at_us - before_us) / 250 * 250);
    before_us += twcc.delta_us[i];
  }
  arrivals->next = last + 1;
  return rtcp_write_twcc(out, size, ssrc, 0, &twcc);
}
