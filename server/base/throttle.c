#include "base/throttle.h"

#include <glib.h>
#include <pthread.h>

#define KEPT_MAX 65536 /* some 10 MB */

typedef struct {
  char *key;
  Limit limit;
  GList link; /* in by_use */
} Entry;

struct Throttle {
  pthread_mutex_t lock;
  GHashTable *entries; /* key -> Entry */
  GQueue by_use;       /* Entry, the one used longest ago first */
};

static void entry_free(void *data) {
  Entry *entry = data;
  g_free(entry->key);
  g_free(entry);
}

Throttle *throttle_new(void) {
  Throttle *throttle = g_new0(Throttle, 1);
  pthread_mutex_init(&throttle->lock, NULL);
  throttle->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init(&throttle->by_use);
  return throttle;
}

void throttle_free(Throttle *throttle) {
  if (!throttle)
    return;
  g_hash_table_unref(throttle->entries);
  pthread_mutex_destroy(&throttle->lock);
  g_free(throttle);
}

static void forget_oldest(Throttle *throttle) {
  GList *link = g_queue_pop_head_link(&throttle->by_use);
  g_hash_table_remove(throttle->entries, ((Entry *)link->data)->key);
}

/* Takes key. */
static Entry *entry_of(Throttle *throttle, char *key) {
  Entry *entry = g_hash_table_lookup(throttle->entries, key);
  if (entry) {
    g_free(key);
    g_queue_unlink(&throttle->by_use, &entry->link);
  } else {
    if (g_hash_table_size(throttle->entries) >= KEPT_MAX)
      forget_oldest(throttle);
    entry = g_new0(Entry, 1);
    entry->key = key;
    entry->link.data = entry;
    g_hash_table_insert(throttle->entries, entry->key, entry);
  }
  g_queue_push_tail_link(&throttle->by_use, &entry->link);
  return entry;
}

bool throttle_use(Throttle *throttle, LimitName name, const char *who, int64_t now_us) {
  char *key = g_strdup_printf("%d %s", name, who);
  pthread_mutex_lock(&throttle->lock);
  bool used = limit_use(&entry_of(throttle, key)->limit, name, now_us);
  pthread_mutex_unlock(&throttle->lock);
  return used;
}

bool throttle_left(Throttle *throttle, LimitName name, const char *who, int64_t now_us) {
  g_autofree char *key = g_strdup_printf("%d %s", name, who);
  pthread_mutex_lock(&throttle->lock);
  const Entry *entry = g_hash_table_lookup(throttle->entries, key);
  bool left = !entry || limit_left(&entry->limit, name, now_us);
  pthread_mutex_unlock(&throttle->lock);
  return left;
}

unsigned throttle_count(Throttle *throttle) {
  pthread_mutex_lock(&throttle->lock);
  unsigned count = g_hash_table_size(throttle->entries);
  pthread_mutex_unlock(&throttle->lock);
  return count;
}
