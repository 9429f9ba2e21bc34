/* See backup.h. Both ways copy with sqlite3_backup into a new file beside the final one, sync it
 * and rename it, so that a power cut leaves either the old state or the new one. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/check.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/statement.h"

#define BUSY_TIMEOUT_MS 15000

static bool fail_path(GError **error, const char *what, const char *path) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "cannot %s %s: %s", what, path,
              g_strerror(errno));
  return false;
}

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
    return fail_path(error, "open", path);
  bool fine = fsync(fd) == 0 || fail_path(error, "sync", path);
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
    return fail_path(error, "create", path);
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
  if (link(part, file) != 0) { /* unlike rename, never over a file that came meanwhile */
    fail_path(error, "create", file);
    g_unlink(part);
    return false;
  }
  g_unlink(part);
  return sync_folder_of(file, error);
}

/* Is it ours, and can this program read it? */
static bool check_source(sqlite3 *db, const char *file, bool force, GError **error) {
  g_autoptr(sqlite3_stmt) table = NULL;
  if (sqlite3_prepare_v2(db, "select 1 from person, meeting, audit_record limit 1", -1, &table,
                         NULL) != SQLITE_OK)
    return check_fail(error, "%s is not a database of Yishi: %s", file, sqlite3_errmsg(db));
  int version = connection_version(db);
  if (version < 1 || version > connection_newest_version())
    return check_fail(error, "%s has version %d, this program knows 1 to %d", file, version,
                      connection_newest_version());
  g_autoptr(GError) damage = NULL;
  if (!force && !connection_check(db, &damage))
    return check_fail(error, "%s: %s", file, damage->message);
  return true;
}

/* Moves the database and what belongs to it, whether or not it can still be opened. */
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
  for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    g_autofree char *old = g_strconcat(path, suffixes[i], NULL);
    g_autofree char *new = g_strconcat(to, suffixes[i], NULL);
    if (g_rename(old, new) != 0 && errno != ENOENT)
      return fail_path(error, "move", old);
  }
  *aside = g_steal_pointer(&to);
  return true;
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
  if (!fine || !set_aside(path, aside, error))
    return false;
  if (g_rename(fresh, path) != 0)
    return fail_path(error, "move", fresh);
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
