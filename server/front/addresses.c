#include "front/addresses.h"

#include <glib.h>

#include "base/address.h"
#include "base/limit-table.h"

typedef struct {
  unsigned counts[ADDRESS_COUNTS];
} Entry;

struct Addresses {
  unsigned most[ADDRESS_COUNTS];
  GHashTable *entries; /* group -> Entry, of those that have any */
};

Addresses *addresses_new(unsigned most) {
  Addresses *addresses = g_new0(Addresses, 1);
  addresses->most[ADDRESS_HALF_OPEN] = limit_most(LIMIT_HALF_OPEN);
  addresses->most[ADDRESS_HELD] = most;
  addresses->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return addresses;
}

void addresses_free(Addresses *addresses) {
  if (!addresses)
    return;
  g_assert(g_hash_table_size(addresses->entries) == 0);
  g_hash_table_destroy(addresses->entries);
  g_free(addresses);
}

static Entry *find(const Addresses *addresses, const char *address) {
  char group[ADDRESS_CHARS];
  address_group(address, group);
  return g_hash_table_lookup(addresses->entries, group);
}

bool addresses_room(const Addresses *addresses, AddressCount what, const char *address) {
  const Entry *entry = find(addresses, address);
  return (entry ? entry->counts[what] : 0) < addresses->most[what];
}

bool addresses_enter(Addresses *addresses, AddressCount what, const char *address) {
  if (!addresses_room(addresses, what, address))
    return false;
  Entry *entry = find(addresses, address);
  if (!entry) {
    char group[ADDRESS_CHARS];
    address_group(address, group);
    entry = g_new0(Entry, 1);
    g_hash_table_insert(addresses->entries, g_strdup(group), entry);
  }
  entry->counts[what]++;
  return true;
}

void addresses_leave(Addresses *addresses, AddressCount what, const char *address) {
  Entry *entry = find(addresses, address);
  g_assert(entry && entry->counts[what] > 0);
  entry->counts[what]--;
  for (unsigned i = 0; i < ADDRESS_COUNTS; i++)
    if (entry->counts[i] > 0)
      return;
  char group[ADDRESS_CHARS];
  address_group(address, group);
  g_hash_table_remove(addresses->entries, group);
}

unsigned addresses_count(const Addresses *addresses) {
  return g_hash_table_size(addresses->entries);
}
