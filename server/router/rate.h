/* Between which limits a way's estimated rate is kept. Pure. */
#pragma once

#include <math.h>
#include <stdint.h>

#define RATE_LEAST_BPS 30000 /* one voice */
#define RATE_MOST_BPS 20000000

static inline int64_t rate_within(double bps) {
  return (int64_t)fmin(fmax(bps, RATE_LEAST_BPS), RATE_MOST_BPS);
}
