/* Generated sample people and consultations, so that a new server can be tried at once. Everything
 * is labelled 示例 (sample); no name is taken from anywhere. Command line only. */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "store/database.h"

/* Inside a transaction on a writing connection. The second time it renews the links and the staff
 * password of what is there, and opens a new consultation when the last one has ended. Returns
 * {url, staff:{login,password}, meeting, host, members:[3], guest, upcoming}, links as whole
 * addresses. CONFLICT when there are members that are no samples (force: mix them). */
json_t *demo_make(sqlite3 *db, const Config *config, const char *url, bool force, GError **error);
