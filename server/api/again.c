#include "api/again.h"

#include <glib.h>
#include <pthread.h>

#define REMEMBERED_MAX 8192
#define SWEEP_MS 10000 /* all of them are looked through this often at most */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *begun; /* key → when, ms */
static int64_t swept_ms;

static bool is_over(int64_t at_ms, int64_t now_ms) {
  return now_ms < at_ms || now_ms - at_ms > AGAIN_MS;
}

static gboolean is_old(void *key, void *value, void *now_ms) {
  return is_over(*(const int64_t *)value, *(const int64_t *)now_ms);
}

static void remember(const char *key, int64_t now_ms) {
  bool full = g_hash_table_size(begun) >= REMEMBERED_MAX;
  if (full && (now_ms < swept_ms || now_ms - swept_ms > SWEEP_MS)) {
    g_hash_table_foreach_remove(begun, is_old, &now_ms);
    swept_ms = now_ms;
    full = g_hash_table_size(begun) >= REMEMBERED_MAX;
  }
  if (!full || g_hash_table_contains(begun, key))
    g_hash_table_replace(begun, g_strdup(key), g_memdup2(&now_ms, sizeof now_ms));
}

bool again_begins(const char *key, int64_t now_ms) {
  pthread_mutex_lock(&lock);
  if (!begun)
    begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const int64_t *seen = g_hash_table_lookup(begun, key);
  bool begins = !seen || is_over(*seen, now_ms);
  if (begins)
    remember(key, now_ms);
  pthread_mutex_unlock(&lock);
  return begins;
}
