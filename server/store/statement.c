#include "store/statement.h"

#include <string.h>

#include "store/database.h"

/* Statements kept per connection. The program's SQL is constant, so this is a guard, not a limit
 * that is met in use. */
#define CACHE_MAX 512

struct Statement {
  sqlite3 *db;
  sqlite3_stmt *stmt;
  bool kept; /* in the connection's cache */
  bool busy; /* somebody has it; another one of the same SQL is compiled for who asks meanwhile */
};

static void finalize(Statement *statement) {
  sqlite3_finalize(statement->stmt);
  g_free(statement);
}

static void drop_kept(void *data) {
  Statement *statement = data;
  g_assert(!statement->busy); /* somebody did not free it */
  finalize(statement);
}

/* What is kept with a connection. */
typedef struct {
  GHashTable *statements; /* SQL → Statement; the key is the statement's own copy of it */
  GHashTable *shelf;      /* or NULL */
} Kept;

static void kept_free(void *data) {
  Kept *kept = data;
  g_hash_table_unref(kept->statements);
  if (kept->shelf)
    g_hash_table_unref(kept->shelf);
  g_free(kept);
}

/* Thread → connection → Kept. Per thread, because a connection belongs to one thread at a time: no
 * lock. */
static GPrivate connections = G_PRIVATE_INIT((GDestroyNotify)g_hash_table_unref);

static Kept *kept_of(sqlite3 *db) {
  GHashTable *all = g_private_get(&connections);
  if (!all) {
    all = g_hash_table_new_full(NULL, NULL, NULL, kept_free);
    g_private_set(&connections, all);
  }
  Kept *kept = g_hash_table_lookup(all, db);
  if (!kept) {
    kept = g_new0(Kept, 1);
    kept->statements = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, drop_kept);
    g_hash_table_insert(all, db, kept);
  }
  return kept;
}

static GHashTable *cache_of(sqlite3 *db) {
  return kept_of(db)->statements;
}

GHashTable *db_shelf(sqlite3 *db, GDestroyNotify item_free) {
  Kept *kept = kept_of(db);
  if (!kept->shelf)
    kept->shelf = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, item_free);
  return kept->shelf;
}

sqlite3_stmt *statement_handle(const Statement *statement) {
  return statement->stmt;
}

Statement *db_prepare(sqlite3 *db, const char *sql, GError **error) {
  GHashTable *cache = cache_of(db);
  Statement *statement = g_hash_table_lookup(cache, sql);
  if (statement && !statement->busy) {
    statement->busy = true;
    return statement;
  }
  sqlite3_stmt *stmt = NULL;
  const char *tail = NULL;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail) != SQLITE_OK) {
    db_fail(db, error);
    return NULL;
  }
  g_assert(stmt && tail && *tail == 0); /* one statement a string */
  bool keep = !statement && g_hash_table_size(cache) < CACHE_MAX;
  statement = g_new0(Statement, 1);
  *statement = (Statement){.db = db, .stmt = stmt, .kept = keep, .busy = true};
  if (keep)
    g_hash_table_insert(cache, (void *)sqlite3_sql(stmt), statement);
  return statement;
}

void statement_free(Statement *statement) {
  if (!statement)
    return;
  if (!statement->kept) {
    finalize(statement);
    return;
  }
  sqlite3_reset(statement->stmt);
  sqlite3_clear_bindings(statement->stmt);
  statement->busy = false;
}

static int parameter(Statement *statement, const char *name) {
  int index = sqlite3_bind_parameter_index(statement->stmt, name);
  g_assert(index > 0);
  return index;
}

void statement_text(Statement *statement, const char *name, const char *value) {
  /* Only lack of memory and misuse can fail here. */
  int result =
      sqlite3_bind_text(statement->stmt, parameter(statement, name), value, -1, SQLITE_TRANSIENT);
  g_assert(result == SQLITE_OK);
}

void statement_int(Statement *statement, const char *name, int64_t value) {
  int result = sqlite3_bind_int64(statement->stmt, parameter(statement, name), value);
  g_assert(result == SQLITE_OK);
}

void statement_blob(Statement *statement, const char *name, const void *bytes, size_t len) {
  int result = sqlite3_bind_blob64(statement->stmt, parameter(statement, name), bytes, len,
                                   SQLITE_TRANSIENT);
  g_assert(result == SQLITE_OK);
}

int statement_step(Statement *statement, GError **error) {
  int result = sqlite3_step(statement->stmt);
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    return result;
  db_fail(statement->db, error);
  return SQLITE_ERROR;
}

bool statement_run(Statement *statement, GError **error) {
  int result = statement_step(statement, error);
  g_assert(result != SQLITE_ROW);
  sqlite3_reset(statement->stmt);
  return result == SQLITE_DONE;
}

bool statement_one(Statement *statement, const char *missing, GError **error) {
  int result = statement_step(statement, error);
  if (result == SQLITE_DONE)
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, missing);
  return result == SQLITE_ROW;
}

const char *column_text(Statement *statement, int column) {
  return (const char *)sqlite3_column_text(statement->stmt, column);
}

int64_t column_int(Statement *statement, int column) {
  return sqlite3_column_int64(statement->stmt, column);
}

bool column_null(Statement *statement, int column) {
  return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL;
}

const void *column_blob(Statement *statement, int column, size_t *len) {
  const void *bytes = sqlite3_column_blob(statement->stmt, column);
  *len = (size_t)sqlite3_column_bytes(statement->stmt, column);
  return bytes;
}

bool db_exec(sqlite3 *db, const char *sql, GError **error) {
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, error);
}

int db_changes(sqlite3 *db) {
  return sqlite3_changes(db);
}

bool db_fail(sqlite3 *db, GError **error) {
  int code = STORE_ERROR_DATABASE;
  switch (sqlite3_extended_errcode(db) & 0xff) { /* the primary code */
  case SQLITE_FULL:
  case SQLITE_IOERR:
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL:
  case SQLITE_CANTOPEN:
  case SQLITE_READONLY:
  case SQLITE_NOMEM:
    code = STORE_ERROR_DISK;
    break;
  }
  switch (sqlite3_extended_errcode(db)) {
  case SQLITE_CONSTRAINT_UNIQUE:
  case SQLITE_CONSTRAINT_PRIMARYKEY:
  case SQLITE_CONSTRAINT_TRIGGER:
    code = STORE_ERROR_CONFLICT;
    break;
  case SQLITE_CONSTRAINT_CHECK:
  case SQLITE_CONSTRAINT_FOREIGNKEY:
  case SQLITE_CONSTRAINT_NOTNULL:
  case SQLITE_CONSTRAINT_DATATYPE:
    code = STORE_ERROR_INVALID;
    break;
  }
  g_set_error_literal(error, STORE_ERROR, code, sqlite3_errmsg(db));
  return false;
}

void db_close(sqlite3 *db) {
  if (!db)
    return;
  GHashTable *all = g_private_get(&connections);
  if (all)
    g_hash_table_remove(all, db);
  int result = sqlite3_close(db);
  g_assert(result == SQLITE_OK); /* a statement is still in use: not freed */
}
