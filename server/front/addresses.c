#include "front/addresses.h"

#include <glib.h>

#define REMEMBER_US (2 * 60 * G_USEC_PER_SEC)

typedef struct {
  unsigned held;
  int64_t seen_us;
} Entry;

struct Addresses {
  unsigned most;
  GHashTable *entries; /* char * -> Entry * */
};

Addresses *addresses_new(unsigned most) {
  Addresses *addresses = g_new0(Addresses, 1);
  addresses->most = most;
  addresses->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return addresses;
}

void addresses_free(Addresses *addresses) {
  if (!addresses)
    return;
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, addresses->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    g_assert(((Entry *)value)->held == 0);
  g_hash_table_destroy(addresses->entries);
  g_free(addresses);
}

static Entry *entry_of(Addresses *addresses, const char *address) {
  Entry *entry = g_hash_table_lookup(addresses->entries, address);
  if (!entry) {
    entry = g_new0(Entry, 1);
    g_hash_table_insert(addresses->entries, g_strdup(address), entry);
  }
  return entry;
}

bool addresses_enter(Addresses *addresses, const char *address, int64_t now_us) {
  Entry *entry = entry_of(addresses, address);
  entry->seen_us = now_us;
  if (entry->held >= addresses->most)
    return false;
  entry->held++;
  return true;
}

void addresses_leave(Addresses *addresses, const char *address) {
  Entry *entry = g_hash_table_lookup(addresses->entries, address);
  g_assert(entry && entry->held > 0);
  entry->held--;
}

void addresses_sweep(Addresses *addresses, int64_t now_us) {
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, addresses->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Entry *entry = value;
    if (entry->held == 0 && now_us - entry->seen_us > REMEMBER_US)
      g_hash_table_iter_remove(&iter);
  }
}

unsigned addresses_count(const Addresses *addresses) {
  return g_hash_table_size(addresses->entries);
}
