/* See connection.h. The file is created with mode 0600 before SQLite opens it: SQLite gives the WAL
 * and its index the same mode. synchronous=FULL, because in WAL mode NORMAL loses committed
 * transactions at a power cut (measured: 200 of 201), and recursive_triggers, because without it
 * `insert or replace` deletes rows past the triggers that keep facts. What a savepoint may have to
 * undo is held in memory: on a full disk there is no room for a temporary file. */
#include "store/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/database.h"
#include "store/statement.h"

/* Pages kept of the file; the writer also keeps there what a transaction has changed. */
#define WRITER_CACHE_KB (64 * 1024)
#define READER_CACHE_KB (16 * 1024)
#define BUSY_TIMEOUT_MS 15000 /* longer than the lock of 10 s that must lose no row */

static bool fail_errno(GError **error, const char *what, const char *path) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "%s %s: %s", what, path, g_strerror(errno));
  return false;
}

bool connection_give(int fd, const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  struct stat owner;
  if (geteuid() != 0)
    return true;
  return (stat(folder, &owner) == 0 && fchown(fd, owner.st_uid, owner.st_gid) == 0) ||
         fail_errno(error, "cannot give to the owner of the folder", path);
}

/* What backup.c leaves when it is interrupted between taking the old database away and putting the
 * new one in its place: an empty one in between would look like the loss of everything. */
static bool check_no_restore(const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *fresh = g_strconcat(name, ".restoring", NULL);
  g_autofree char *replaced = g_strconcat(name, ".replaced-", NULL);
  g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
  const char *entry;
  while (open && (entry = g_dir_read_name(open)))
    if (strcmp(entry, fresh) == 0 || g_str_has_prefix(entry, replaced)) {
      g_set_error(
          error, STORE_ERROR, STORE_ERROR_CONFLICT,
          "there is no %s but %s beside it, of a restore that was interrupted: restore again"
          " (yishictl restore), or move it away to begin with an empty database",
          path, entry);
      return false;
    }
  return true;
}

/* Never opens a file that is there: closing any descriptor of it would drop this process's POSIX
 * locks, all of them (fcntl(2)); another process would then think itself alone and remove the WAL
 * that is being written. */
static bool make_private(const char *path, GError **error) {
  if (access(path, F_OK) != 0 && !check_no_restore(path, error))
    return false;
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool fine = fd < 0 || connection_give(fd, path, error);
  if (fd >= 0)
    close(fd);
  else if (errno != EEXIST)
    return fail_errno(error, "cannot create", path);
  return fine && (chmod(path, 0600) == 0 || fail_errno(error, "cannot protect", path));
}

/* SQLite counts its memory under one lock for all threads, and nobody asks for the count. It takes
 * this only before anything in the process has used it: so before main. */
__attribute__((constructor)) static void count_no_memory(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

sqlite3 *connection_open(const char *path, ConnectionKind kind, GError **error) {
  if (!make_private(path, error))
    return NULL;
  sqlite3 *db = NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  bool fine = sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK || db_fail(db, error);
  if (fine) {
    g_autofree char *cache = g_strdup_printf(
        "pragma cache_size = -%d", kind == CONNECTION_WRITE ? WRITER_CACHE_KB : READER_CACHE_KB);
    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    fine = db_exec(db,
                   "pragma journal_mode = wal; pragma synchronous = full;"
                   "pragma foreign_keys = on; pragma recursive_triggers = on;"
                   "pragma journal_size_limit = 67108864; pragma temp_store = memory;",
                   error) &&
           db_exec(db, cache, error) &&
           (kind == CONNECTION_WRITE || db_exec(db, "pragma query_only = on", error));
  }
  if (!fine) {
    g_prefix_error(error, "%s: ", path);
    db_close(db);
    return NULL;
  }
  return db;
}

int connection_version(sqlite3 *db) {
  g_autoptr(sqlite3_stmt) stmt = NULL;
  if (sqlite3_prepare_v2(db, "pragma user_version", -1, &stmt, NULL) != SQLITE_OK ||
      sqlite3_step(stmt) != SQLITE_ROW)
    return -1;
  return sqlite3_column_int(stmt, 0);
}

int connection_newest_version(void) {
  return migration_count;
}

static bool check_keys(sqlite3 *db, GError **error) {
  g_autoptr(sqlite3_stmt) keys = NULL;
  if (sqlite3_prepare_v2(db, "pragma foreign_key_check", -1, &keys, NULL) != SQLITE_OK)
    return db_fail(db, error);
  int result = sqlite3_step(keys);
  if (result == SQLITE_ROW)
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "%s refers to a missing row of %s",
                (const char *)sqlite3_column_text(keys, 0),
                (const char *)sqlite3_column_text(keys, 2));
  return result == SQLITE_DONE || (result != SQLITE_ROW && db_fail(db, error));
}

static bool run_migration(sqlite3 *db, const Migration *migration, int number, GError **error) {
  g_autofree char *mark = g_strdup_printf("pragma user_version = %d", number);
  if (!db_exec(db, "begin immediate", error))
    return false;
  if (connection_version(db) >= number) /* another process made it meanwhile */
    return db_exec(db, "rollback", error);
  if (db_exec(db, migration->sql, error) && (!migration->rebuilds || check_keys(db, error)) &&
      db_exec(db, mark, error) && db_exec(db, "commit", error))
    return true;
  g_prefix_error(error, "migration %s: ", migration->name);
  if (!sqlite3_get_autocommit(db))
    db_exec(db, "rollback", NULL);
  return false;
}

/* Each in a transaction of its own; these two settings cannot be changed inside one. */
static bool migrate_one(sqlite3 *db, const Migration *migration, int number, GError **error) {
  if (!migration->rebuilds)
    return run_migration(db, migration, number, error);
  return db_exec(db, "pragma foreign_keys = off; pragma legacy_alter_table = on", error) &&
         run_migration(db, migration, number, error) &&
         db_exec(db, "pragma legacy_alter_table = off; pragma foreign_keys = on", error);
}

bool connection_drop_guards(sqlite3 *db, GError **error) {
  g_autoptr(GString) sql = g_string_new(NULL);
  g_autoptr(sqlite3_stmt) names = NULL;
  if (sqlite3_prepare_v2(db,
                         "select name from sqlite_schema where type = 'trigger' and name glob"
                         " 'guard_*'",
                         -1, &names, NULL) != SQLITE_OK)
    return db_fail(db, error);
  while (sqlite3_step(names) == SQLITE_ROW)
    g_string_append_printf(sql, "drop trigger \"%s\";",
                           (const char *)sqlite3_column_text(names, 0));
  g_clear_pointer(&names, sqlite3_finalize);
  return db_exec(db, sql->str, error);
}

bool connection_migrate_by(sqlite3 *db, const Migration *list, int count, GError **error) {
  int version = connection_version(db);
  if (version < 0)
    return db_fail(db, error);
  if (version > count) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE,
                "the database has version %d, this program knows only %d: use the newer program",
                version, count);
    return false;
  }
  if (version < count && !connection_drop_guards(db, error))
    return false;
  for (int number = version + 1; number <= count; number++)
    if (!migrate_one(db, &list[number - 1], number, error))
      return false;
  return true;
}

bool connection_migrate(sqlite3 *db, GError **error) {
  return connection_migrate_by(db, migrations, migration_count, error);
}

bool connection_check(sqlite3 *db, GError **error) {
  g_autoptr(sqlite3_stmt) quick = NULL;
  if (sqlite3_prepare_v2(db, "pragma quick_check(1)", -1, &quick, NULL) != SQLITE_OK ||
      sqlite3_step(quick) != SQLITE_ROW)
    return db_fail(db, error);
  const char *verdict = (const char *)sqlite3_column_text(quick, 0);
  if (g_strcmp0(verdict, "ok") != 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "the database is damaged: %s", verdict);
    return false;
  }
  if (check_keys(db, error))
    return true;
  g_prefix_error(error, "the database is damaged: ");
  return false;
}

char *connection_damage(sqlite3 *db) {
  g_autoptr(Statement) row = db_prepare(db, "select value from setting where key = 'damage'", NULL);
  return row && statement_step(row, NULL) == SQLITE_ROW ? g_strdup(column_text(row, 0)) : NULL;
}

char *connection_path(const char *data_dir, GError **error) {
  if (g_mkdir_with_parents(data_dir, 0700) < 0) {
    fail_errno(error, "cannot make", data_dir);
    return NULL;
  }
  return g_build_filename(data_dir, "yishi.db", NULL);
}

int connection_lock(const char *data_dir, GError **error) {
  g_autofree char *path = g_build_filename(data_dir, "yishi.lock", NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0 && !connection_give(fd, path, error)) {
    close(fd);
    return -1;
  }
  if (fd < 0)
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail_errno(error, "cannot open", path);
    return -1;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (errno == EWOULDBLOCK)
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "%s is in use by a running server",
                data_dir);
  else
    fail_errno(error, "cannot lock", path);
  close(fd);
  return -1;
}
