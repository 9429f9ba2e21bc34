/* What a client was told of the way to it, and when that is worth telling again: at most every two
 * seconds, and only when one of the two figures moved by more than a tenth. People read them; the
 * server acts on its own. Owned by one media thread; time is passed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ESTIMATE_PAUSE_US 2000000 /* PROTOCOL.md, `downlink` */

typedef struct {
  bool told;
  int64_t at_us;
  int64_t bps;        /* what the way carries */
  int64_t wanted_bps; /* what all that is shown would take, each picture as its size asks for */
} Estimate;

/* Whether to tell these now; they are then what was told last. */
bool estimate_tell(Estimate *estimate, int64_t bps, int64_t wanted_bps, int64_t now_us);
