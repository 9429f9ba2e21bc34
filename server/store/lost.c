#include "store/lost.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/audit-heads.h"
#include "store/database.h"

#define DEPTH_MAX 4 /* recordings_dir/2026/11/ID/FILE */

static bool has_bytes(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

/* One that cannot be opened or read is not empty: what is wrong with it is told by who opens it. */
static bool is_empty(const char *path) {
  g_autoptr(sqlite3) db = NULL;
  g_autoptr(sqlite3_stmt) row = NULL;
  if (!has_bytes(path))
    return true;
  return sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2(db, "select count(*) from sqlite_schema", -1, &row, NULL) ==
             SQLITE_OK &&
         sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int(row, 0) == 0;
}

static bool has_files(const char *folder, unsigned depth) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (has_bytes(path) || (depth > 1 && has_files(path, depth - 1)))
      return true;
  }
  return false;
}

bool lost_check(const Config *config, GError **error) {
  g_autofree char *path = g_build_filename(config->data_dir, "yishi.db", NULL);
  if (!is_empty(path))
    return true;
  g_autofree char *log = g_strconcat(path, "-wal", NULL);
  g_autofree char *heads = audit_heads_path(config);
  const char *trace = has_bytes(log)                                 ? log
                      : has_bytes(heads)                             ? heads
                      : has_files(config->recordings_dir, DEPTH_MAX) ? config->recordings_dir
                                                                     : NULL;
  if (!trace)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
              "%s is %s, but there was a database: see %s. Put a backup in place with \"yishictl"
              " restore FILE\"; to begin with nothing, move that away first",
              path, g_file_test(path, G_FILE_TEST_EXISTS) ? "empty" : "missing", trace);
  return false;
}
