/* All that refers to one row of a table, as the schema's foreign keys say it: so that what a later
 * migration adds is not forgotten. Writer's thread. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

/* Each reference to the row `from` refers to the row `to` instead, but for those kept
 * ("table.column", ended by NULL). twice, likewise: where a row like it is there already by a
 * unique key, that one stays, and what is left refers to `from`; of any other such a row is an
 * error, so that nothing is left behind unseen. An error of a trigger is one. */
bool references_move(sqlite3 *db, const char *table, const char *from, const char *to,
                     const char *const *kept, const char *const *twice, GError **error);
