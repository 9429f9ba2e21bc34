/* The database: one SQLite file, one writer thread, a few reader threads.
 *
 * Work is a function on a connection. The writer groups what waits into one transaction (a
 * savepoint each, so that one failure undoes only itself) and commits with synchronous=FULL: `done`
 * means durable. What is kept (store_write_kept) comes before the rest. Readers have a connection
 * of their own (query_only), and each read is of one moment. Nobody waits for anybody: what has to
 * be read and then written is posted once and again. Threads: store_write and store_read may be
 * called on any thread; done always runs on the main thread.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/config.h"
#include "base/mailbox.h"

typedef struct Store Store;

/* Runs on the writer's or a reader's thread. */
typedef bool (*StoreWork)(sqlite3 *db, void *data, GError **error);
/* Runs on the main thread; error is NULL on success, borrowed. It owns data (frees it). */
typedef void (*StoreDone)(void *data, const GError *error);

/* Opens or creates data_dir/yishi.db, migrates it (numbered migrations, one transaction each; a
 * newer database than the program is an error), checks it, now or while it serves (soundness.h),
 * and starts the threads. */
Store *store_open(const Config *config, Mailbox *main_mailbox, GError **error);
/* The same; prepare runs on the writer's connection, in a transaction, after the migrations and
 * before anybody reads: for what a layer above keeps in the schema. */
typedef bool (*StorePrepare)(sqlite3 *db, void *data, GError **error);
Store *store_open_with(const Config *config, Mailbox *main_mailbox, StorePrepare prepare,
                       void *data, GError **error);
/* Commits what is queued, then stops the threads. What is asked of it afterwards fails: done is
 * called with an error, as always through the mailbox. */
void store_stop(Store *store);
/* Stops it unless it is, and frees it. */
void store_close(Store *store);

/* Asynchronous. done may be NULL: then data is freed with g_free unless NULL. */
void store_write(Store *store, StoreWork work, StoreDone done, void *data);
void store_read(Store *store, StoreWork work, StoreDone done, void *data);
/* For what writes thousands of rows at once: in a transaction of its own, so that it costs no more
 * a row than others do. Who else writes waits for a tenth of a second: then it is rolled back and
 * begun anew when nobody waits, so work must be fit to be run again; after half a minute of that it
 * fails with STORE_ERROR_BUSY. It is done whole or not at all. */
void store_write_alone(Store *store, StoreWork work, StoreDone done, void *data);
/* For a fact that nobody can be asked for again: while the disk is full or fails, the work is run
 * again and again, in order with others of this kind, until it is durable or the store stops. Each
 * run that failed was rolled back. Other errors fail it at once. */
void store_write_kept(Store *store, StoreWork work, StoreDone done, void *data);

/* The same on a reader that is kept for what takes long (exports, plans of imports), so that what
 * people wait for never stands behind it. Long walks come in several pieces of work: while one
 * reads, the log cannot be begun anew. */
void store_read_long(Store *store, StoreWork work, StoreDone done, void *data);

/* Reads on a thread and connection of its own, where nothing else runs: whether the database
 * answers is then not a question of who else asks it. */
void store_probe(Store *store, StoreWork work, StoreDone done, void *data);

#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);
typedef enum {
  STORE_ERROR_DATABASE, /* SQLite's own, message included */
  STORE_ERROR_DISK,     /* full, failing or held by another process: later it may succeed */
  STORE_ERROR_NOT_FOUND,
  STORE_ERROR_CONFLICT, /* a rule of the data: taken login, meeting already ended … */
  STORE_ERROR_INVALID,  /* a value that the caller must correct */
  STORE_ERROR_FORBIDDEN,
  STORE_ERROR_BUSY, /* others wrote all the time; later it may succeed */
} StoreErrorCode;

/* Sets INVALID with a formatted message; returns false. */
bool store_invalid(GError **error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What could not be done to a file, by errno: DISK when there is no room or it fails, else
 * DATABASE. */
bool store_fail_file(GError **error, const char *what, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close_v2)
