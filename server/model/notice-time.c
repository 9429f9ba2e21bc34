#include "model/notice-time.h"

#include "base/zone.h"
#include "store/settings.h"

#define MINUTE_MS (60 * INT64_C(1000))

bool notice_times_load(sqlite3 *db, const char *zone, NoticeTimes *times, GError **error) {
  int64_t merge_min, escalate_hours;
  times->zone = zone;
  if (!setting_minute(db, "notice_digest_morning", &times->digest_min[0], error) ||
      !setting_minute(db, "notice_digest_afternoon", &times->digest_min[1], error) ||
      !setting_minute(db, "notice_quiet_from", &times->quiet_from_min, error) ||
      !setting_minute(db, "notice_quiet_to", &times->quiet_to_min, error) ||
      !setting_int(db, "notice_merge_min", &merge_min, error) ||
      !setting_int(db, "notice_escalate_hours", &escalate_hours, error))
    return false;
  times->merge_ms = merge_min * MINUTE_MS;
  times->escalate_ms = escalate_hours * 60 * MINUTE_MS;
  return true;
}

int64_t notice_digest_ms(const NoticeTimes *times, int64_t now_ms) {
  int64_t first_ms = INT64_MAX;
  for (unsigned i = 0; i < G_N_ELEMENTS(times->digest_min); i++) {
    int64_t today_ms = zone_minute(times->zone, now_ms, 0, times->digest_min[i]);
    int64_t next_ms =
        today_ms > now_ms ? today_ms : zone_minute(times->zone, now_ms, 1, times->digest_min[i]);
    first_ms = MIN(first_ms, next_ms);
  }
  return first_ms;
}

int64_t notice_after_quiet_ms(const NoticeTimes *times, int64_t at_ms) {
  int64_t from_ms = zone_minute(times->zone, at_ms, 0, times->quiet_from_min);
  int64_t to_ms = zone_minute(times->zone, at_ms, 0, times->quiet_to_min);
  if (from_ms <= to_ms) /* within one day */
    return at_ms >= from_ms && at_ms < to_ms ? to_ms : at_ms;
  if (at_ms < to_ms)
    return to_ms;
  return at_ms < from_ms ? at_ms : zone_minute(times->zone, at_ms, 1, times->quiet_to_min);
}

int64_t notice_retry_ms(unsigned attempts, int64_t at_ms) {
  static const unsigned minutes[] = {1, 5, 30, 120, 360, 720, 1440};
  if (attempts < 1 || attempts > G_N_ELEMENTS(minutes))
    return 0;
  return at_ms + minutes[attempts - 1] * MINUTE_MS;
}
