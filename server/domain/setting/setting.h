/* Settings (参数): what the office sets while the server runs, each checked as the field of its
 * name is. What an installation is made of (addresses, folders, limits of the machine) is
 * configuration (base/config.h) instead. To add one: its word in SETTING_KEYS, its field in
 * setting.c, a row with its value in a migration, its words. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define SETTING_KEYS "absence_days_most behalf_idle_min recording_days"

/* The value that counts now, of a setting that is a number. By the connection's thread. */
bool setting_int(sqlite3 *db, const char *key, int64_t *value, GError **error);
