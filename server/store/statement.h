/* Prepared statements, cached per connection, with named parameters.
 *
 * db_prepare takes a statement from the connection's cache or compiles it; freeing it puts it back.
 * SQL is a constant of the program: values go in by statement_* binds only. A connection is used by
 * one thread at a time and closed by the thread that used it last (db_close).
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Statement Statement;

/* NULL and error when it does not compile. sql must outlive the statement. */
Statement *db_prepare(sqlite3 *db, const char *sql, GError **error);
/* For who binds by himself. Borrowed. */
sqlite3_stmt *statement_handle(const Statement *statement);
/* Resets, clears the bindings and returns it to the cache. NULL is fine. */
void statement_free(Statement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statement, statement_free)

/* name with its colon: ":meeting". An unknown name is a programmer error. Text is copied; a NULL
 * text or blob binds null. */
void statement_text(Statement *statement, const char *name, const char *value);
void statement_int(Statement *statement, const char *name, int64_t value);
void statement_blob(Statement *statement, const char *name, const void *bytes, size_t len);

/* SQLITE_ROW, SQLITE_DONE or SQLITE_ERROR with error set. */
int statement_step(Statement *statement, GError **error);
/* Steps once and expects no row, then resets, so that it may be bound and run again. */
bool statement_run(Statement *statement, GError **error);
/* Steps once and expects a row; STORE_ERROR_NOT_FOUND with this message when there is none. */
bool statement_one(Statement *statement, const char *missing, GError **error);

/* Columns of the current row; text is borrowed until the next step and NULL for null. */
const char *column_text(Statement *statement, int column);
int64_t column_int(Statement *statement, int column);
bool column_null(Statement *statement, int column);
const void *column_blob(Statement *statement, int column, size_t *len);

/* Runs SQL without results or parameters. */
bool db_exec(sqlite3 *db, const char *sql, GError **error);
/* Rows changed by the last statement. */
int db_changes(sqlite3 *db);
/* Sets a STORE_ERROR from the connection's last error: unique and trigger constraints are
 * CONFLICT, other constraints INVALID, the rest DATABASE. Returns false. */
bool db_fail(sqlite3 *db, GError **error);
/* Things of a connection that another module keeps with it, by a name that the thing owns: made
 * empty when first asked for (item_free is taken then), freed before the connection is closed. By
 * the connection's thread. */
GHashTable *db_shelf(sqlite3 *db, GDestroyNotify item_free);

/* Frees the cached statements and the shelf, and closes. NULL is fine. */
void db_close(sqlite3 *db);
