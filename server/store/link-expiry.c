#include "store/link-expiry.h"

#include <glib.h>

int64_t link_expiry_default(int64_t planned_end_ms, int64_t now_ms) {
  return MAX(planned_end_ms, now_ms) + LINK_AFTER_END_MS;
}

int64_t link_expiry_latest(int64_t planned_end_ms, int64_t now_ms) {
  return MAX(planned_end_ms, now_ms) + LINK_LATEST_MS;
}

int64_t link_expiry_moved(int64_t expires_ms, int64_t old_end_ms, int64_t new_end_ms,
                          int64_t now_ms) {
  int64_t moved_ms = expires_ms + new_end_ms - old_end_ms;
  if (new_end_ms < old_end_ms) /* not before what it would get today, nor later than it was */
    moved_ms = MAX(moved_ms, MIN(expires_ms, link_expiry_default(new_end_ms, now_ms)));
  return MIN(moved_ms, MAX(expires_ms, link_expiry_latest(new_end_ms, now_ms)));
}
