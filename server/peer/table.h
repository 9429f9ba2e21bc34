/* A hash table for the packet path: fixed-size keys of up to TABLE_KEY_BYTES, borrowed values, open
 * addressing with linear probing. Finds the peer of an address, of an SSRC or of a user fragment.
 * The hash is seeded at random, since strangers choose the keys. Owned by one media thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define TABLE_KEY_BYTES 24

typedef struct Table Table;

Table *table_new(size_t key_bytes);
/* The values stay their owner's. */
void table_free(Table *table);

/* NULL when absent. */
void *table_get(const Table *table, const void *key);
/* value must not be NULL; replaces what is there. */
void table_put(Table *table, const void *key, void *value);
/* Nothing happens when the key is absent or belongs to another value. */
void table_remove(Table *table, const void *key, const void *value);
size_t table_count(const Table *table);
