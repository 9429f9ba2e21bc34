/* A meeting's planned end moved: every link, and the sessions that came by one, move along
 * (store/link-expiry.h). */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Writer. */
bool invitation_move_links(sqlite3 *db, const char *meeting, int64_t old_end_ms, int64_t new_end_ms,
                           int64_t now_ms, GError **error);
