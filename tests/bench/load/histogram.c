#include "histogram.h"

#include <glib.h>

#define STEPS 16 /* buckets to a doubling */

static unsigned bucket_of(uint64_t value) {
  if (value < STEPS)
    return (unsigned)value;
  unsigned doublings = 63 - (unsigned)__builtin_clzll(value); /* at least 4 */
  unsigned bucket = (doublings - 3) * STEPS + ((unsigned)(value >> (doublings - 4)) & (STEPS - 1));
  return MIN(bucket, HISTOGRAM_BUCKETS - 1);
}

static uint64_t least_of(unsigned bucket) {
  if (bucket < STEPS)
    return bucket;
  return (uint64_t)(STEPS + bucket % STEPS) << (bucket / STEPS - 1);
}

void histogram_add(Histogram *histogram, int64_t value_us) {
  uint64_t value = (uint64_t)MAX(value_us, 0);
  histogram->count++;
  histogram->most_us = MAX(histogram->most_us, value);
  histogram->buckets[bucket_of(value)]++;
}

double histogram_ms(const Histogram *histogram, double q) {
  if (histogram->count == 0)
    return -1;
  uint64_t rank = (uint64_t)(q * (double)(histogram->count - 1) + 0.5), seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += histogram->buckets[i];
    if (seen > rank)
      return (double)MIN(least_of(i + 1), histogram->most_us) / 1000;
  }
  return (double)histogram->most_us / 1000;
}
