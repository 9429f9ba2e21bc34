/* For tests: which tables a statement reads from one end to the other, told by SQLite's own
 * bytecode, so that neither aliases nor views nor triggers hide one. One thread. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

/* The tables' names, one for each loop over a whole table or a whole index; free with
 * g_ptr_array_unref. Of a statement that does not compile the test fails. */
GPtrArray *scan_tables(sqlite3 *db, const char *sql);

/* Whether the outermost loop of a SELECT goes through the table with this alias in its order, or,
 * for `sorts`, whether what it found is sorted before the first row is there. */
bool scan_is_outermost(sqlite3 *db, const char *sql, char alias, bool *sorts);
