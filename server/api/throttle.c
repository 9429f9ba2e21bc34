#include "api/throttle.h"

#include "base/limit.h"

#define BUCKETS_MAX 4096

typedef struct {
  int64_t now_us, full_us; /* how long a bucket takes to fill */
} Sweep;

static gboolean is_full(void *who, void *bucket, void *data) {
  const Sweep *sweep = data;
  return sweep->now_us - ((const Limit *)bucket)->last_us > sweep->full_us;
}

static Limit *bucket_of(Throttle *throttle, const char *who, int64_t now_us) {
  if (!throttle->buckets)
    throttle->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Limit *bucket = g_hash_table_lookup(throttle->buckets, who);
  if (bucket)
    return bucket;
  if (g_hash_table_size(throttle->buckets) >= BUCKETS_MAX) {
    Sweep sweep = {now_us, (int64_t)(throttle->burst / throttle->per_second * 1e6)};
    g_hash_table_foreach_remove(throttle->buckets, is_full, &sweep);
    if (g_hash_table_size(throttle->buckets) >= BUCKETS_MAX)
      return NULL;
  }
  bucket = g_new0(Limit, 1);
  g_hash_table_insert(throttle->buckets, g_strdup(who), bucket);
  return bucket;
}

bool throttle_take(Throttle *throttle, const char *who, int64_t now_ms) {
  pthread_mutex_lock(&throttle->lock);
  Limit *bucket = bucket_of(throttle, who, now_ms * 1000);
  bool taken = !bucket || limit_take(bucket, throttle->per_second, throttle->burst, now_ms * 1000);
  pthread_mutex_unlock(&throttle->lock);
  return taken;
}
