#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_mono_us(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_wall_ms(void) {
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_format_utc(int64_t wall_ms, char out[32]) {
  time_t seconds = (time_t)(wall_ms / 1000);
  int ms = (int)(wall_ms % 1000);
  struct tm tm;
  gmtime_r(&seconds, &tm);
  char date[24];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
  snprintf(out, 32, "%s.%03dZ", date, ms);
}
