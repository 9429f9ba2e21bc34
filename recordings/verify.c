#include "recordings/verify.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "recordings/orphan.h"
#include "store/statement.h"

typedef struct {
  sqlite3 *db;
  const char *recordings_dir;
  void (*tell)(void *user, bool problem, const char *line);
  void *user;
  RecordingsVerdict *verdict;
  GHashTable *noted; /* recording id → digest, as the audit record has it last */
} Check;

static void report(const Check *check, bool problem, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void report(const Check *check, bool problem, const char *format, ...) {
  va_list values;
  va_start(values, format);
  g_autofree char *line = g_strdup_vprintf(format, values);
  va_end(values);
  check->verdict->problems += problem;
  check->verdict->notes += !problem;
  check->tell(check->user, problem, line);
}

static bool load_noted(const Check *check, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(check->db,
                 "select object, json_extract(detail, '$.sha256') from"
                 " audit_record where kind = 'recording.files' order by seq",
                 error);
  if (!rows)
    return false;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_hash_table_replace(check->noted, g_strdup(column_text(rows, 0)),
                         g_strdup(column_text(rows, 1)));
  return result == SQLITE_DONE;
}

static void check_file(const Check *check, const char *folder, Statement *file) {
  const char *name = column_text(file, 0), *expected = column_text(file, 1);
  if (!expected) {
    report(check, false, "%s/%s was never closed: it has no hash", folder, name);
    return;
  }
  g_autofree char *path = folder_path(check->recordings_dir, folder, name);
  char found[DIGEST_SIZE];
  uint64_t bytes = 0;
  bool read = path && digest_path(path, found, &bytes);
  check->verdict->files++;
  check->verdict->bytes += (int64_t)bytes;
  if (!read)
    report(check, true, "%s/%s cannot be read: %s", folder, name,
           path ? g_strerror(errno) : "a strange name");
  else if (strcmp(found, expected) != 0)
    report(check, true, "%s/%s is not what was recorded: its hash differs", folder, name);
}

/* Of a removed recording nothing is left, once that was noted. */
static void check_removed(const Check *check, const char *folder, bool purged) {
  g_autofree char *path = g_build_filename(check->recordings_dir, folder, NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return;
  if (purged)
    report(check, true, "%s was removed, and its files were deleted, but it is there", folder);
  else
    report(check, false, "%s was removed, and its files wait to be deleted", folder);
}

/* That somebody, or its age, removed the recording: nobody hides a loss by saying so. */
static bool check_removal(const Check *check, const char *entry, const char *folder,
                          GError **error) {
  g_autoptr(Statement) row =
      db_prepare(check->db,
                 "select exists (select 1 from audit_record where object = :entry and result = 'ok'"
                 " and kind in ('recording.remove', 'recording.expire'))",
                 error);
  if (!row)
    return false;
  statement_text(row, ":entry", entry);
  if (!statement_one(row, "no answer", error))
    return false;
  if (!column_int(row, 0))
    report(check, true, "%s is said to be removed, of which the audit record knows nothing",
           folder);
  return true;
}

static bool check_files(const Check *check, const char *id, const char *folder, GError **error) {
  g_autoptr(Statement) files = db_prepare(
      check->db, "select name, sha256 from recording_file where recording = :id order by name",
      error);
  if (!files)
    return false;
  statement_text(files, ":id", id);
  int result;
  while ((result = statement_step(files, error)) == SQLITE_ROW)
    check_file(check, folder, files);
  return result == SQLITE_DONE;
}

static bool check_recording(const Check *check, Statement *row, GError **error) {
  const char *id = column_text(row, 0), *folder = column_text(row, 1);
  char digest[65];
  unsigned count;
  check->verdict->recordings++;
  if (strcmp(column_text(row, 2), "recording") == 0) {
    report(check, false, "%s is still being recorded, or waits for the next start", folder);
    return true;
  }
  if (!recording_digest(check->db, id, digest, &count, error))
    return false;
  const char *noted = g_hash_table_lookup(check->noted, id);
  if (!noted)
    report(check, false, "%s has no digest in the audit record: it is older than these", folder);
  else if (strcmp(noted, digest) != 0)
    report(check, true, "%s: the catalogue's hashes are not those that the audit record noted",
           folder);
  g_hash_table_remove(check->noted, id);
  if (column_null(row, 4))
    return check_files(check, id, folder, error);
  check_removed(check, folder, column_int(row, 5));
  return check_removal(check, column_text(row, 3), folder, error);
}

static bool check_all(const Check *check, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(check->db,
                 "select r.id, r.folder, r.state, e.id, e.removed_at, e.purged_at is not null"
                 " from recording r join recording_entry e on e.id = r.entry"
                 " order by r.started_at, r.id",
                 error);
  if (!rows)
    return false;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    if (!check_recording(check, rows, error))
      return false;
  return result == SQLITE_DONE;
}

static bool check_folders(const Check *check, GError **error) {
  g_autoptr(GPtrArray) folders = orphan_folders(check->recordings_dir);
  g_autoptr(GPtrArray) orphans = orphans_find(check->db, check->recordings_dir, folders, error);
  for (unsigned i = 0; orphans && i < orphans->len; i++)
    report(check, false, "%s is in no row of the catalogue",
           ((Orphan *)g_ptr_array_index(orphans, i))->folder);
  return orphans != NULL;
}

bool recordings_verify(sqlite3 *db, const char *recordings_dir,
                       void (*tell)(void *user, bool problem, const char *line), void *user,
                       RecordingsVerdict *verdict, GError **error) {
  g_autoptr(GHashTable) noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const Check check = {db, recordings_dir, tell, user, verdict, noted};
  *verdict = (RecordingsVerdict){0};
  if (!load_noted(&check, error) || !check_all(&check, error) || !check_folders(&check, error))
    return false;
  GHashTableIter each;
  void *id;
  g_hash_table_iter_init(&each, noted);
  while (g_hash_table_iter_next(&each, &id, NULL))
    report(&check, true, "recording %s is gone from the catalogue", (const char *)id);
  return true;
}
