/* How often somebody may do what leaves a record that is never deleted. A table of token buckets by
 * name; any thread.
 *
 * It forgets who was quiet long enough for a full bucket. Should the table ever be full of others,
 * everything is let through: rather too many records than too few. */
#pragma once

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Static: {.per_second = …, .burst = …, .lock = PTHREAD_MUTEX_INITIALIZER}. */
typedef struct {
  double per_second, burst;
  pthread_mutex_t lock;
  GHashTable *buckets; /* char * -> Limit *; NULL: none yet. Guarded by lock */
} Throttle;

/* Takes one of who's; false when there is none left. */
bool throttle_take(Throttle *throttle, const char *who, int64_t now_ms);
