/* `yishictl audit file`: whether a table is one that left here. */
#pragma once

#include <sqlite3.h>

#include "base/config.h"

/* Prints a line a record of a table of these bytes (SHA-256 in hex); how many there are, or -1 with
 * error. */
int proven_by_record(sqlite3 *db, const char *sha256, GError **error);
/* Prints the proof (store/audit-proof.h) where it is of these bytes and signed by the key in this
 * file; key NULL: the one in the data folder. */
bool proven_by_page(const Config *config, const char *proof, const char *key, const char *sha256,
                    GError **error);
