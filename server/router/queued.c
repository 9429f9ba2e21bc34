/* See queued.h. */
#include "router/queued.h"

#define LEAST_US 40000 /* fewer packets' spacing says little */
#define LEAST_BYTES 4000
#define MOST_US 500000 /* then the older half is forgotten: the way may have changed */

void queued_arrived(Queued *queued, unsigned bytes, int64_t arrived_us, bool waited) {
  if (!waited) {
    queued->waits = false;
    return;
  }
  if (!queued->waits || arrived_us < queued->begun_us) {
    *queued = (Queued){.waits = true, .begun_us = arrived_us, .newest_us = arrived_us};
    return;
  }
  queued->bytes += bytes;
  if (arrived_us > queued->newest_us)
    queued->newest_us = arrived_us;
  if (queued->newest_us - queued->begun_us > MOST_US) {
    queued->begun_us = (queued->begun_us + queued->newest_us) / 2;
    queued->bytes /= 2;
  }
}

int64_t queued_bps(const Queued *queued) {
  int64_t span_us = queued->newest_us - queued->begun_us;
  if (!queued->waits || span_us < LEAST_US || queued->bytes < LEAST_BYTES)
    return 0;
  return (int64_t)queued->bytes * 8 * 1000000 / span_us;
}
