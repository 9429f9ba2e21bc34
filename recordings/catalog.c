#include "recordings/catalog.h"

#include <string.h>

#include "recordings/folder.h"
#include "store/audit.h"
#include "store/statement.h"

bool recording_insert(sqlite3 *db, const char *id, const char *meeting, const char *folder,
                      int64_t started_at, GError **error) {
  g_autoptr(Statement) insert = db_prepare(db,
                                           "insert into recording (id, meeting, folder, started_at)"
                                           " values (:id, :meeting, :folder, :started_at)",
                                           error);
  if (!insert)
    return false;
  statement_text(insert, ":id", id);
  statement_text(insert, ":meeting", meeting);
  statement_text(insert, ":folder", folder);
  statement_int(insert, ":started_at", started_at);
  return statement_run(insert, error);
}

bool recording_progress(sqlite3 *db, const char *id, int64_t duration_ms, int64_t bytes,
                        GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update recording set duration_ms = max(duration_ms, :duration),"
                 " bytes = max(bytes, :bytes) where id = :id and state = 'recording'",
                 error);
  if (!update)
    return false;
  statement_text(update, ":id", id);
  statement_int(update, ":duration", duration_ms);
  statement_int(update, ":bytes", bytes);
  return statement_run(update, error);
}

bool recording_digest(sqlite3 *db, const char *id, char digest[65], unsigned *count,
                      GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db,
      "select name, sha256 from recording_file where recording = :id and sha256 is not null"
      " order by name",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":id", id);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  int result;
  for (*count = 0; (result = statement_step(rows, error)) == SQLITE_ROW; ++*count) {
    g_autofree char *line = g_strdup_printf("%s %s\n", column_text(rows, 0), column_text(rows, 1));
    g_checksum_update(sum, (const guchar *)line, -1);
  }
  memcpy(digest, g_checksum_get_string(sum), 65);
  return result == SQLITE_DONE;
}

static bool note_files(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  char digest[65];
  unsigned count;
  return recording_digest(db, id, digest, &count, error) &&
         audit_note(db, "recording.files", NULL, id,
                    json_pack("{s:I, s:s}", "files", (json_int_t)count, "sha256", digest), now_ms,
                    error);
}

bool recording_finish(sqlite3 *db, const char *id, const char *state, const char *reason,
                      int64_t duration_ms, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update = db_prepare(
      db,
      "update recording set state = :state, reason = :reason, duration_ms = f.duration,"
      " bytes = f.bytes, ended_at = started_at + f.duration"
      " from (select max(coalesce(max(start_ms + duration_ms), 0), :duration) as duration,"
      "  coalesce(sum(bytes), 0) as bytes from recording_file where recording = :id) f"
      " where id = :id and state = 'recording'",
      error);
  if (!update)
    return false;
  statement_text(update, ":id", id);
  statement_text(update, ":state", state);
  statement_text(update, ":reason", reason);
  statement_int(update, ":duration", duration_ms);
  if (!statement_run(update, error))
    return false;
  if (db_changes(db) == 1)
    return note_files(db, id, now_ms, error);
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the recording is finished already");
  return false;
}

bool recording_measure(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update recording set duration_ms = f.duration, bytes = f.bytes,"
                 " ended_at = started_at + f.duration"
                 " from (select max(start_ms + duration_ms) as duration, sum(bytes) as bytes"
                 "  from recording_file where recording = :id) f"
                 " where id = :id and state <> 'recording' and f.duration is not null",
                 error);
  if (!update)
    return false;
  statement_text(update, ":id", id);
  return statement_run(update, error) && note_files(db, id, now_ms, error);
}

bool recording_gap_add(sqlite3 *db, const char *id, int64_t at_ms, int64_t for_ms, GError **error) {
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into recording_gap (recording, at_ms, for_ms) values (:id, :at, :for)"
                 " on conflict do update set for_ms = max(for_ms, excluded.for_ms)",
                 error);
  if (!insert)
    return false;
  statement_text(insert, ":id", id);
  statement_int(insert, ":at", at_ms);
  statement_int(insert, ":for", MAX(for_ms, 1));
  return statement_run(insert, error);
}

bool recording_file_put(sqlite3 *db, const char *id, const RecordingFile *file, GError **error) {
  g_autoptr(Statement) upsert = db_prepare(
      db,
      "insert into recording_file (recording, name, kind, part, track, source, person,"
      " participant, start_ms, duration_ms, bytes, frames, lost, sha256) values (:id, :name,"
      " iif(:track = 0, 'program', 'track'), :part, :track, :source, :person, :participant, :start,"
      " :duration, :bytes, :frames, :lost, :sha256) on conflict do update set"
      " person = coalesce(excluded.person, person),"
      " participant = coalesce(excluded.participant, participant), start_ms = excluded.start_ms,"
      " duration_ms = excluded.duration_ms, bytes = excluded.bytes, frames = excluded.frames,"
      " lost = excluded.lost, sha256 = excluded.sha256",
      error);
  if (!upsert)
    return false;
  statement_text(upsert, ":id", id);
  statement_text(upsert, ":name", file->name);
  statement_int(upsert, ":part", file->part);
  statement_int(upsert, ":track", file->track);
  statement_text(upsert, ":source", file->source);
  statement_text(upsert, ":person", file->person);
  statement_text(upsert, ":participant", file->participant);
  statement_int(upsert, ":start", MAX(file->start_ms, 0));
  statement_int(upsert, ":duration", MAX(file->duration_ms, 0));
  statement_int(upsert, ":bytes", file->bytes);
  statement_int(upsert, ":frames", file->frames);
  statement_int(upsert, ":lost", file->lost);
  statement_text(upsert, ":sha256", file->sha256);
  return statement_run(upsert, error);
}

bool recording_file_drop(sqlite3 *db, const char *id, const char *name, GError **error) {
  g_autoptr(Statement) drop = db_prepare(
      db, "delete from recording_file where recording = :id and name = :name and sha256 is null",
      error);
  if (!drop)
    return false;
  statement_text(drop, ":id", id);
  statement_text(drop, ":name", name);
  return statement_run(drop, error);
}

static void recording_row_free(void *data) {
  RecordingRow *row = data;
  g_free(row->name);
  g_free(row->source);
  g_free(row);
}

void unfinished_recording_free(UnfinishedRecording *recording) {
  if (!recording)
    return;
  g_free(recording->id);
  g_free(recording->folder);
  g_free(recording->meeting);
  g_ptr_array_unref(recording->files);
  g_free(recording);
}

static bool load_rows(sqlite3 *db, UnfinishedRecording *recording, GError **error) {
  g_autoptr(Statement) rows = db_prepare(db,
                                         "select name, source, part, track, start_ms, sha256 from"
                                         " recording_file where recording = :id order by name",
                                         error);
  if (!rows)
    return false;
  statement_text(rows, ":id", recording->id);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    RecordingRow *row = g_new0(RecordingRow, 1);
    row->name = g_strdup(column_text(rows, 0));
    row->source = g_strdup(column_text(rows, 1));
    row->part = (uint32_t)column_int(rows, 2);
    row->track = (uint32_t)column_int(rows, 3);
    row->start_ms = column_int(rows, 4);
    row->closed = !column_null(rows, 5);
    g_ptr_array_add(recording->files, row);
  }
  return result == SQLITE_DONE;
}

GPtrArray *recordings_unfinished(sqlite3 *db, GError **error) {
  g_autoptr(GPtrArray) all =
      g_ptr_array_new_with_free_func((GDestroyNotify)unfinished_recording_free);
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select r.id, r.folder, r.meeting, r.state = 'recording' from recording r"
                 " join recording_entry e on e.id = r.entry where (r.state = 'recording'"
                 " or r.id in (select recording from recording_file where sha256 is null))"
                 " and e.removed_at is null order by r.id",
                 error);
  if (!rows)
    return NULL;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    UnfinishedRecording *recording = g_new0(UnfinishedRecording, 1);
    recording->id = g_strdup(column_text(rows, 0));
    recording->folder = g_strdup(column_text(rows, 1));
    recording->meeting = g_strdup(column_text(rows, 2));
    recording->running = column_int(rows, 3);
    recording->files = g_ptr_array_new_with_free_func(recording_row_free);
    g_ptr_array_add(all, recording);
  }
  if (result != SQLITE_DONE)
    return NULL;
  for (unsigned i = 0; i < all->len; i++)
    if (!load_rows(db, g_ptr_array_index(all, i), error))
      return NULL;
  return g_steal_pointer(&all);
}

bool recording_removed(sqlite3 *db, const char *id, bool *removed, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select exists (select 1 from recording r join recording_entry e on e.id = r.entry"
                 " where r.id = :id and e.removed_at is not null)",
                 error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  if (!statement_one(row, "no answer", error))
    return false;
  *removed = column_int(row, 0);
  return true;
}

/* ---- files that are sent ---- */

bool recording_file_find(sqlite3 *db, const char *recordings_dir, const char *id, const char *name,
                         RecordingSent *sent, GError **error) {
  *sent = (RecordingSent){0};
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select folder, name, type, sha256, meeting, kind = 'track', entry"
                 " from recording_file_sent where recording = :id and name = :name"
                 " and removed_at is null",
                 error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  statement_text(row, ":name", name);
  if (!statement_one(row, "no such file", error))
    return false;
  char *path = folder_path(recordings_dir, column_text(row, 0), column_text(row, 1));
  if (!path) { /* the same answer as for a file that is not there */
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such file");
    return false;
  }
  sent->path = path;
  sent->type = strcmp(column_text(row, 2), "audio/webm") == 0 ? "audio/webm" : "video/webm";
  if (column_text(row, 3))
    g_strlcpy(sent->sha256, column_text(row, 3), sizeof sent->sha256);
  sent->meeting = g_strdup(column_text(row, 4));
  sent->track = column_int(row, 5);
  g_strlcpy(sent->entry, column_text(row, 6), sizeof sent->entry);
  return true;
}

void recording_sent_clear(RecordingSent *sent) {
  g_free(sent->path);
  g_free(sent->meeting);
  *sent = (RecordingSent){0};
}
