/* When what is told leaves the house: urgent things at once, others gathered twice a day, and
 * nothing at night unless it is urgent. The hours are settings of the office; days and hours are
 * those of the configured zone (base/zone.h). Milliseconds UTC. Any thread. Source: systems.md 1.6.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *zone;                 /* borrowed */
  int digest_min[2];                /* minutes of the day */
  int quiet_from_min, quiet_to_min; /* the same: no night */
  int64_t merge_ms;                 /* within it the same is not told again */
  int64_t escalate_ms;              /* who has not looked for so long is reminded */
} NoticeTimes;

/* As they are set now. zone stays whose it is. By the connection's thread. */
bool notice_times_load(sqlite3 *db, const char *zone, NoticeTimes *times, GError **error);

/* The first gathering after now_ms. */
int64_t notice_digest_ms(const NoticeTimes *times, int64_t now_ms);
/* at_ms, or the end of the night that it lies in. */
int64_t notice_after_quiet_ms(const NoticeTimes *times, int64_t at_ms);
/* When it is tried again after so many attempts that failed (1 and more), at_ms being the last:
 * after a minute, then ever later up to a day. 0: it is given up. */
int64_t notice_retry_ms(unsigned attempts, int64_t at_ms);
