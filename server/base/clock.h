/* Time, read in one place. Everything below main takes the time as an argument, so that tests
 * never sleep; only the loops (main, media, store) call these. Any thread. */
#pragma once

#include <stdint.h>

/* Monotonic microseconds (CLOCK_MONOTONIC): durations, timers, media arrival. Never 0. */
int64_t clock_mono_us(void);

/* Wall-clock milliseconds since 1970 UTC: what is stored and shown. It may jump. */
int64_t clock_wall_ms(void);

/* An RFC 3339 UTC time with milliseconds, "2026-11-23T18:43:54.120Z", into out (size >= 25). */
void clock_format_utc(int64_t wall_ms, char out[32]);
