/* Opening the database file, for the store's threads, the command line and tests. Any thread, one
 * at a time per connection. Close with db_close (statement.h). */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "store/migrations.h"

typedef enum {
  CONNECTION_READ,  /* query_only */
  CONNECTION_WRITE, /* WAL, synchronous=FULL */
} ConnectionKind;

/* Opens or creates the file (mode 0600) with the settings that every connection needs. None is
 * created where a restore was interrupted: the database lies beside, under another name. */
sqlite3 *connection_open(const char *path, ConnectionKind kind, GError **error);

/* Brings the schema to this program's version: numbered migrations, one transaction each. A newer
 * database is an error. */
bool connection_migrate(sqlite3 *db, GError **error);
/* The same by this list, of which the database has some. Triggers named guard_*, which a layer
 * above makes of its declarations, are dropped before anything is migrated: they are of yesterday's
 * tables. */
bool connection_migrate_by(sqlite3 *db, const Migration *list, int count, GError **error);
bool connection_drop_guards(sqlite3 *db, GError **error);
int connection_version(sqlite3 *db);                /* user_version; -1 when it cannot be read */
int connection_newest_version(void);                /* what this program's migrations lead to */
bool connection_check(sqlite3 *db, GError **error); /* PRAGMA quick_check and foreign_key_check */
/* The damage that was found while the server ran (soundness.h), or NULL. Free with g_free. */
char *connection_damage(sqlite3 *db);

/* "data_dir/yishi.db"; makes the folder (0700). Free with g_free. */
char *connection_path(const char *data_dir, GError **error);

/* Root works for whoever owns the folder: gives a file that was just made there to that owner, so
 * that the server can open it. Nothing unless root. */
bool connection_give(int fd, const char *path, GError **error);

/* The lock that a running server holds on data_dir: a descriptor to close, or -1 with error
 * (STORE_ERROR_CONFLICT when another process has it). */
int connection_lock(const char *data_dir, GError **error);
