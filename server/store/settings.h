/* What the office sets while the server runs (domain/setting): the value that counts now. By the
 * connection's thread. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a setting that is a number. */
bool setting_int(sqlite3 *db, const char *key, int64_t *value, GError **error);
/* Of one that is a time of day: minutes since midnight. */
bool setting_minute(sqlite3 *db, const char *key, int *minute, GError **error);

/* The minute that "07:30" says; -1 when it is no time of day. */
int setting_minute_of(const char *text);
