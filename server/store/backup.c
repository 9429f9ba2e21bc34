/* See backup.h. Both ways copy with sqlite3_backup into a new file beside the final one, sync it
 * and rename it, so that a power cut leaves either the old state or the new one. Restoring over a
 * database that is too damaged to be opened moves that one away first; a cut in between leaves
 * none, and nobody makes an empty one (connection.c). */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/audit.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/statement.h"

#define BUSY_TIMEOUT_MS 15000

static sqlite3 *open_plain(const char *path, int flags, GError **error) {
  sqlite3 *db = NULL;
  if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) ==
      SQLITE_OK) {
    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    return db;
  }
  db_fail(db, error);
  g_prefix_error(error, "%s: ", path);
  db_close(db);
  return NULL;
}

/* All pages in one step: a copy of one moment. */
static bool copy_pages(sqlite3 *from, sqlite3 *to, GError **error) {
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
  if (!backup)
    return db_fail(to, error);
  int result;
  do
    result = sqlite3_backup_step(backup, -1);
  while (result == SQLITE_OK);
  return sqlite3_backup_finish(backup) == SQLITE_OK || db_fail(to, error);
}

static bool sync_path(const char *path, int flags, GError **error) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0)
    return store_fail_file(error, "open", path);
  bool fine = fsync(fd) == 0 || store_fail_file(error, "sync", path);
  close(fd);
  return fine;
}

static bool sync_folder_of(const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  return sync_path(folder, O_RDONLY | O_DIRECTORY, error);
}

/* A new private file with the pages of `from`; it must not be there yet. */
static bool copy_to_file(sqlite3 *from, const char *path, bool check, GError **error) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return store_fail_file(error, "create", path);
  close(fd);
  sqlite3 *to = open_plain(path, SQLITE_OPEN_READWRITE, error);
  bool fine = to && copy_pages(from, to, error) &&
              db_exec(to, "pragma journal_mode = delete", error) &&
              (!check || connection_check(to, error));
  db_close(to);
  fine = fine && sync_path(path, O_RDWR, error);
  if (!fine)
    g_unlink(path);
  return fine;
}

/* Never over a file that came meanwhile. Network file systems do not know RENAME_NOREPLACE; there
 * the name is taken first. */
static bool put_in_place(const char *part, const char *file, GError **error) {
  if (renameat2(AT_FDCWD, part, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
    return true;
  if (errno != EINVAL && errno != ENOSYS)
    return store_fail_file(error, "create", file);
  int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return store_fail_file(error, "create", file);
  close(fd);
  return g_rename(part, file) == 0 || store_fail_file(error, "create", file);
}

bool backup_make(const char *data_dir, const char *file, GError **error) {
  g_autofree char *source = g_build_filename(data_dir, "yishi.db", NULL);
  if (!g_file_test(source, G_FILE_TEST_EXISTS)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there is no database in %s", data_dir);
    return false;
  }
  if (g_file_test(file, G_FILE_TEST_EXISTS)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "%s is there already", file);
    return false;
  }
  sqlite3 *db = connection_open(source, CONNECTION_READ, error);
  if (!db)
    return false;
  g_autofree char *part = g_strconcat(file, ".part", NULL);
  g_unlink(part); /* of a backup that was interrupted */
  bool fine = copy_to_file(db, part, true, error);
  db_close(db);
  if (!fine)
    return false;
  if (!put_in_place(part, file, error)) {
    g_unlink(part);
    return false;
  }
  return sync_folder_of(file, error);
}

/* Is it ours, and can this program read it? */
static bool check_source(sqlite3 *db, const char *file, bool force, GError **error) {
  g_autoptr(sqlite3_stmt) table = NULL;
  if (sqlite3_prepare_v2(db, "select 1 from person, meeting, audit_record limit 1", -1, &table,
                         NULL) != SQLITE_OK)
    return store_invalid(error, "%s is not a database of Yishi: %s", file, sqlite3_errmsg(db));
  int version = connection_version(db);
  if (version < 1 || version > connection_newest_version())
    return store_invalid(error, "%s has version %d, this program knows 1 to %d", file, version,
                         connection_newest_version());
  g_autoptr(GError) damage = NULL;
  if (!force && !connection_check(db, &damage))
    return store_invalid(error, "%s: %s", file, damage->message);
  return true;
}

/* Brings what is in the WAL home, so that the file alone is the whole database. Not so while a
 * program that is not ours (a shell) has it open: its WAL stays, and would be taken for the fresh
 * database's. */
static bool make_whole(const char *path) {
  sqlite3 *db = open_plain(path, SQLITE_OPEN_READWRITE, NULL);
  bool whole = db && sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
                         SQLITE_OK;
  db_close(db);
  g_autofree char *wal = g_strconcat(path, "-wal", NULL);
  g_autofree char *shm = g_strconcat(path, "-shm", NULL);
  return whole && !g_file_test(wal, G_FILE_TEST_EXISTS) && !g_file_test(shm, G_FILE_TEST_EXISTS);
}

/* Gives the database a second name, under which it stays when the fresh one takes the first. When
 * it cannot be opened, or the file system has no second names: moves it with what belongs to it. */
static bool set_aside(const char *path, char **aside, GError **error) {
  static const char *const suffixes[] = {"-wal", "-shm", ""};
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return true;
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *stamp = g_date_time_format(now, "%Y%m%dT%H%M%S");
  g_autofree char *to = NULL;
  for (unsigned i = 0; !to; i++) {
    to = g_strdup_printf("%s.replaced-%s-%u", path, stamp, i);
    if (g_file_test(to, G_FILE_TEST_EXISTS))
      g_clear_pointer(&to, g_free);
  }
  if (make_whole(path) && link(path, to) == 0) {
    *aside = g_steal_pointer(&to);
    return true;
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    g_autofree char *old = g_strconcat(path, suffixes[i], NULL);
    g_autofree char *new = g_strconcat(to, suffixes[i], NULL);
    if (g_rename(old, new) != 0 && errno != ENOENT)
      return store_fail_file(error, "move", old);
  }
  *aside = g_steal_pointer(&to);
  return true;
}

/* Sessions and tokens that ended since the copy was made would live again. */
static bool sign_everybody_out(const char *fresh, const char *file, GError **error) {
  sqlite3 *db = open_plain(fresh, SQLITE_OPEN_READWRITE, error);
  g_autofree char *name = g_path_get_basename(file);
  json_t *detail = json_pack("{s:s%}", "file", name, strlen(name));
  const AuditEntry entry = {.kind = "database.restore", .result = "ok", .detail = detail};
  bool fine = db && db_exec(db, "begin; delete from session; delete from join_token", error) &&
              audit_add(db, &entry, clock_wall_ms(), error) && db_exec(db, "commit", error);
  json_decref(detail);
  db_close(db);
  return fine;
}

static bool give(const char *path, GError **error) {
  int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return store_fail_file(error, "open", path);
  bool fine = connection_give(fd, path, error);
  close(fd);
  return fine;
}

static bool restore_locked(const char *path, const char *file, bool force, char **aside,
                           GError **error) {
  if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there is no file %s", file);
    return false;
  }
  g_autofree char *fresh = g_strconcat(path, ".restoring", NULL);
  g_unlink(fresh); /* of a restore that was interrupted */
  sqlite3 *db = open_plain(file, SQLITE_OPEN_READONLY, error);
  bool fine = db && check_source(db, file, force, error) && copy_to_file(db, fresh, !force, error);
  db_close(db);
  g_autoptr(GError) damage = NULL;
  if (!fine || (!sign_everybody_out(fresh, file, &damage) && !force)) {
    g_unlink(fresh);
    if (damage)
      g_propagate_error(error, g_steal_pointer(&damage));
    return false;
  }
  if (!give(fresh, error) || !sync_path(fresh, O_RDWR, error) || !set_aside(path, aside, error))
    return false;
  if (g_rename(fresh, path) != 0)
    return store_fail_file(error, "move", fresh);
  return sync_folder_of(path, error);
}

bool backup_restore(const char *data_dir, const char *file, bool force, char **aside,
                    GError **error) {
  *aside = NULL;
  g_autofree char *path = connection_path(data_dir, error);
  if (!path)
    return false;
  int lock = connection_lock(data_dir, error);
  if (lock < 0)
    return false;
  bool fine = restore_locked(path, file, force, aside, error);
  close(lock);
  return fine;
}
