#include "model/notice-time.h"

#include <glib.h>

#include "base/zone.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

int64_t notice_digest_ms(const char *zone, int64_t now_ms) {
  static const int minutes[] = {DIGEST_MORNING_MIN, DIGEST_AFTERNOON_MIN};
  for (unsigned day = 0;; day++)
    for (unsigned i = 0; i < G_N_ELEMENTS(minutes); i++) {
      int64_t at_ms = zone_minute(zone, now_ms, (int)day, minutes[i]);
      if (at_ms > now_ms)
        return at_ms;
    }
}

int64_t notice_after_quiet_ms(const char *zone, int64_t at_ms) {
  int64_t morning_ms = zone_minute(zone, at_ms, 0, QUIET_TO_MIN);
  if (at_ms < morning_ms)
    return morning_ms;
  return at_ms < zone_minute(zone, at_ms, 0, QUIET_FROM_MIN)
             ? at_ms
             : zone_minute(zone, at_ms, 1, QUIET_TO_MIN);
}

int64_t notice_retry_ms(unsigned attempts, int64_t at_ms) {
  static const unsigned minutes[] = {1, 5, 30, 120, 360, 720, 1440};
  if (attempts < 1 || attempts > G_N_ELEMENTS(minutes))
    return 0;
  return at_ms + minutes[attempts - 1] * 60 * INT64_C(1000);
}
