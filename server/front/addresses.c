#include "front/addresses.h"

#include <arpa/inet.h>
#include <glib.h>

#include "base/limit.h"

#define LOGINS_PER_MINUTE 10
#define LINKS_PER_SECOND 10
#define LINKS_BURST 1000
#define REMEMBER_US (2 * 60 * G_USEC_PER_SEC) /* by then the bucket is full again */

typedef struct {
  unsigned held;
  Limit logins, links;
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

bool addresses_login(Addresses *addresses, const char *address, int64_t now_us) {
  Entry *entry = entry_of(addresses, address);
  entry->seen_us = now_us;
  return limit_take(&entry->logins, LOGINS_PER_MINUTE / 60.0, LOGINS_PER_MINUTE, now_us);
}

void addresses_login_succeeded(Addresses *addresses, const char *address) {
  entry_of(addresses, address)->logins.tokens += 1;
}

bool addresses_link(Addresses *addresses, const char *address, int64_t now_us) {
  Entry *entry = entry_of(addresses, address);
  entry->seen_us = now_us;
  return limit_take(&entry->links, LINKS_PER_SECOND, LINKS_BURST, now_us);
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

bool address_is_valid(const char *text) {
  struct in6_addr any;
  return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

unsigned addresses_count(const Addresses *addresses) {
  return g_hash_table_size(addresses->entries);
}
