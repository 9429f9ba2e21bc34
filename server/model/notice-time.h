/* When what is told leaves the house: urgent things at once, others gathered twice a day, and
 * nothing at night unless it is urgent. Days and hours are those of the configured zone
 * (base/zone.h). Pure; any thread; milliseconds UTC. Source of the hours: systems.md 1.6. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Minutes of the day. */
#define DIGEST_MORNING_MIN (8 * 60 + 30)
#define DIGEST_AFTERNOON_MIN (16 * 60)
#define QUIET_FROM_MIN (21 * 60 + 30)
#define QUIET_TO_MIN (7 * 60 + 30)

/* The first gathering after now_ms. */
int64_t notice_digest_ms(const char *zone, int64_t now_ms);
/* at_ms, or the end of the night that it lies in. */
int64_t notice_after_quiet_ms(const char *zone, int64_t at_ms);
/* When it is tried again after so many attempts that failed (1 and more), at_ms being the last:
 * after a minute, then ever later up to a day. 0: it is given up. */
int64_t notice_retry_ms(unsigned attempts, int64_t at_ms);
