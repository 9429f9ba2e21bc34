/* A page of a list as the HTTP API gives it: {items, next, total}. Queries ask for one row more
 * than the page holds; page_finish drops it and sets the cursor. Any thread. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define PAGE_MOST 200

int page_limit(int limit); /* within 1…PAGE_MOST */

/* Takes items. When it holds more than limit rows, the last ones are dropped and next is the member
 * `key` (a string or an integer) of the last kept one, as a string; otherwise null. */
json_t *page_finish(json_t *items, int limit, const char *key, int64_t total);

/* The number in a cursor; 0 for none or nonsense. */
int64_t page_cursor_int(const char *after);

json_t *json_time(bool known, int64_t value_ms); /* null when not known */
