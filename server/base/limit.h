/* A token bucket: how often a stranger may do something. The owner's thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double tokens;
  int64_t last_us;
} Limit;

/* Takes one token of a bucket that fills at per_second up to burst; false when it is empty.
 * A zeroed Limit is a full bucket. */
bool limit_take(Limit *limit, double per_second, double burst, int64_t now_us);
