#include "base/limit.h"

bool limit_take(Limit *limit, double per_second, double burst, int64_t now_us) {
  if (limit->last_us == 0)
    limit->tokens = burst;
  else if (now_us > limit->last_us) /* a clock that was set back takes nothing away */
    limit->tokens += (double)(now_us - limit->last_us) / 1e6 * per_second;
  if (limit->tokens > burst)
    limit->tokens = burst;
  limit->last_us = now_us;
  if (limit->tokens < 1)
    return false;
  limit->tokens -= 1;
  return true;
}
