/* How values are spread: counts in buckets that grow with the value, 16 to the doubling, so that a
 * quantile is right within 5 %. Values are durations in microseconds. */
#pragma once

#include <stdint.h>

#define HISTOGRAM_BUCKETS 512

typedef struct {
  uint64_t count, most_us;
  uint32_t buckets[HISTOGRAM_BUCKETS];
} Histogram;

/* Negative ones count as 0. */
void histogram_add(Histogram *histogram, int64_t value_us);
/* q: 0…1. Milliseconds; -1 when there is no value. */
double histogram_ms(const Histogram *histogram, double q);
