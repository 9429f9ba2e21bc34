/* How often a receiver was sent something again: a repeated NACK may have crossed our answer on its
 * way, and one that asks without end must not be answered without end.
 *
 * A small table by sequence number, made with the first NACK. What falls out of it may be sent once
 * more than it should. Embedded in a Slot; media thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESEND_GAP_US 20000 /* at least; three quarters of a round trip where that is longer */
#define RESENDS_MAX 10

typedef struct {
  struct ResendEntry *entries;
} Resends;

void resends_clear(Resends *resends);
/* May the packet with this outgoing number be sent again now? Counts it if so. rtt_us: 0 when
 * unknown. */
bool resends_allow(Resends *resends, uint16_t sequence, int64_t rtt_us, int64_t now_us);
