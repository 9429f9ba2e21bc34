/* The one time zone in which the server counts days and writes times (time_zone of the
 * configuration), with the offset that holds on the date in question. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether the system knows this name, "Asia/Shanghai". */
bool zone_known(const char *name);
/* Where the day of now_ms begins and the next one begins, milliseconds UTC. zone: known. */
void zone_day(const char *zone, int64_t now_ms, int64_t *from_ms, int64_t *to_ms);
/* That minute of the day on which now_ms lies, or so many days later, milliseconds UTC; a minute
 * that the clocks leave out is the next one that there is. zone: known. */
int64_t zone_minute(const char *zone, int64_t now_ms, int days, int minute);
/* As g_date_time_format writes it; free with g_free. zone: known. */
char *zone_format(const char *zone, int64_t at_ms, const char *format);
