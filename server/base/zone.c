#include "base/zone.h"

#include <pthread.h>
#include <string.h>

bool zone_known(const char *name) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
  return zone != NULL;
}

/* The last one asked for is kept: GLib reads its file again when nobody holds it, and an export
 * asks some thousand times. The lock is one of pthread's, whose order ThreadSanitizer sees. */
static GTimeZone *zone_of(const char *name) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static GTimeZone *kept;
  pthread_mutex_lock(&lock);
  if (!kept || strcmp(g_time_zone_get_identifier(kept), name) != 0) {
    g_clear_pointer(&kept, g_time_zone_unref);
    kept = g_time_zone_new_identifier(name);
    g_assert(kept);
  }
  GTimeZone *zone = g_time_zone_ref(kept);
  pthread_mutex_unlock(&lock);
  return zone;
}

static GDateTime *time_in(GTimeZone *zone, int64_t at_ms) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
  return g_date_time_to_timezone(utc, zone);
}

void zone_day(const char *name, int64_t now_ms, int64_t *from_ms, int64_t *to_ms) {
  g_autoptr(GTimeZone) zone = zone_of(name);
  g_autoptr(GDateTime) now = time_in(zone, now_ms);
  g_autoptr(GDateTime) tomorrow = g_date_time_add_days(now, 1);
  g_autoptr(GDateTime) from =
      g_date_time_new(zone, g_date_time_get_year(now), g_date_time_get_month(now),
                      g_date_time_get_day_of_month(now), 0, 0, 0);
  g_autoptr(GDateTime) to =
      g_date_time_new(zone, g_date_time_get_year(tomorrow), g_date_time_get_month(tomorrow),
                      g_date_time_get_day_of_month(tomorrow), 0, 0, 0);
  *from_ms = g_date_time_to_unix(from) * 1000;
  *to_ms = g_date_time_to_unix(to) * 1000;
}

int64_t zone_minute(const char *name, int64_t now_ms, int days, int minute) {
  g_autoptr(GTimeZone) zone = zone_of(name);
  g_autoptr(GDateTime) now = time_in(zone, now_ms);
  g_autoptr(GDateTime) day = g_date_time_add_days(now, days);
  g_autoptr(GDateTime) at =
      g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                      g_date_time_get_day_of_month(day), minute / 60, minute % 60, 0);
  return g_date_time_to_unix(at) * 1000;
}

char *zone_format(const char *name, int64_t at_ms, const char *format) {
  g_autoptr(GTimeZone) zone = zone_of(name);
  g_autoptr(GDateTime) time = time_in(zone, at_ms);
  return g_date_time_format(time, format);
}
