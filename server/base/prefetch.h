/* Fetching ahead. Whoever walks over more state than a cache holds knows what comes next, which the
 * processor cannot guess from pointers. Any thread; never fails, whatever the address. */
#pragma once

#include <stddef.h>

#define CACHE_LINE_BYTES 64

static inline void prefetch(const void *at, size_t bytes) {
  for (size_t i = 0; i < bytes; i += CACHE_LINE_BYTES)
    __builtin_prefetch((const char *)at + i, 1);
}
