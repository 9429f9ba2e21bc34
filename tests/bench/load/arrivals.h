/* When packets came, by transport-wide number, and the feedback that tells it
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01): the receiver's half of congestion control,
 * as a browser does it. Embedded in a Seat. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/seq.h"

#define ARRIVALS_RING 512 /* 50 ms of 80 Mbit/s; a power of two */

typedef struct {
  SeqUnwrap unwrap;
  uint64_t next, highest; /* the first that was not told of; the last that came. highest 0: none */
  uint8_t count;
  int64_t at_us[ARRIVALS_RING]; /* 0: not come */
} Arrivals;

void arrivals_add(Arrivals *arrivals, uint16_t sequence, int64_t now_us);
/* One RTCP packet of what is not told yet; 0 when there is nothing (more). */
size_t arrivals_write(Arrivals *arrivals, uint32_t ssrc, uint8_t *out, size_t size);
