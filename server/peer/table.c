#include "peer/table.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "base/id.h"

typedef struct {
  uint64_t key[TABLE_KEY_BYTES / 8];
  void *value; /* NULL: free */
} Entry;

struct Table {
  size_t key_bytes;
  uint64_t seed;
  size_t mask, count;
  Entry *entries;
};

Table *table_new(size_t key_bytes) {
  g_assert(key_bytes && key_bytes <= TABLE_KEY_BYTES);
  Table *table = g_new0(Table, 1);
  table->key_bytes = key_bytes;
  table->seed = (uint64_t)random_u32() << 32 | random_u32();
  table->mask = 63;
  table->entries = g_new0(Entry, table->mask + 1);
  return table;
}

void table_free(Table *table) {
  if (!table)
    return;
  g_free(table->entries);
  g_free(table);
}

/* The finaliser of MurmurHash3 (public domain) over each word. */
static uint64_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= UINT64_C(0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= UINT64_C(0xc4ceb9fe1a85ec53);
  return x ^ x >> 33;
}

static size_t home(const Table *table, const Entry *entry) {
  uint64_t hash = table->seed;
  for (size_t i = 0; i < TABLE_KEY_BYTES / 8; i++)
    hash = mix(hash ^ entry->key[i]);
  return (size_t)hash & table->mask;
}

static Entry load(const Table *table, const void *key) {
  Entry entry = {0};
  memcpy(entry.key, key, table->key_bytes);
  return entry;
}

/* The key's place, or the free place where it would go. */
static size_t find(const Table *table, const Entry *wanted) {
  size_t i = home(table, wanted);
  while (table->entries[i].value &&
         memcmp(table->entries[i].key, wanted->key, sizeof wanted->key) != 0)
    i = (i + 1) & table->mask;
  return i;
}

void *table_get(const Table *table, const void *key) {
  Entry wanted = load(table, key);
  return table->entries[find(table, &wanted)].value;
}

static void grow(Table *table) {
  Entry *old = table->entries;
  size_t size = table->mask + 1;
  table->mask = size * 2 - 1;
  table->entries = g_new0(Entry, size * 2);
  for (size_t i = 0; i < size; i++)
    if (old[i].value)
      table->entries[find(table, &old[i])] = old[i];
  g_free(old);
}

void table_put(Table *table, const void *key, void *value) {
  g_assert(value);
  if ((table->count + 1) * 2 > table->mask)
    grow(table);
  Entry entry = load(table, key);
  entry.value = value;
  size_t i = find(table, &entry);
  if (!table->entries[i].value)
    table->count++;
  table->entries[i] = entry;
}

void table_remove(Table *table, const void *key, const void *value) {
  Entry wanted = load(table, key);
  size_t hole = find(table, &wanted);
  if (!table->entries[hole].value || table->entries[hole].value != value)
    return;
  table->count--;
  /* Shift back what the hole would hide (Knuth, 6.4 algorithm R). */
  for (size_t i = (hole + 1) & table->mask; table->entries[i].value; i = (i + 1) & table->mask) {
    size_t want = home(table, &table->entries[i]);
    if (((i - want) & table->mask) >= ((i - hole) & table->mask)) {
      table->entries[hole] = table->entries[i];
      hole = i;
    }
  }
  table->entries[hole].value = NULL;
}

size_t table_count(const Table *table) {
  return table->count;
}
