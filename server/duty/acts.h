/* Signs of life in a meeting, out of its event log: somebody was heard or showed a screen (from
 * until), or did something (a moment). Coming, going and what the server does by itself are none:
 * a forgotten tablet reconnects too. Any connection. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "duty/timeline.h"

/* Interval, sorted by in_ms; NULL with error. What began and was not seen to end, because the
 * server died, counts where it began. */
GArray *acts_load(sqlite3 *db, const char *meeting, const Timeline *line, GError **error);
