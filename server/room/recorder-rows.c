#include "room/recorder-rows.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

typedef enum { ROW_INSERT, ROW_FILE, ROW_DROP, ROW_PROGRESS, ROW_GAP, ROW_FINISH } RowKind;

typedef struct {
  RowKind kind;
  char *id, *meeting, *folder, *reason;
  int64_t a, b; /* two figures of the kind */
  bool playable;
  RecordingFile file; /* its texts are owned */
  void (*done)(void *user);
  void *user;
} Row;

static const char *finished_state(const Row *row) {
  if (!row->playable)
    return "failed";
  return strcmp(row->reason, "failed") == 0 ? "interrupted" : "ready";
}

static bool row_work(sqlite3 *db, void *data, GError **error) {
  const Row *row = data;
  switch (row->kind) {
  case ROW_INSERT:
    return recording_insert(db, row->id, row->meeting, row->folder, row->a, error);
  case ROW_FILE:
    return recording_file_put(db, row->id, &row->file, error);
  case ROW_DROP:
    return recording_file_drop(db, row->id, row->file.name, error);
  case ROW_PROGRESS:
    return recording_progress(db, row->id, row->a, row->b, error);
  case ROW_GAP:
    return recording_gap_add(db, row->id, row->a, row->b, error);
  case ROW_FINISH:
    return recording_finish(db, row->id, finished_state(row), row->reason, row->a, row->b, error);
  }
  g_assert_not_reached();
}

static void row_done(void *data, const GError *error) {
  Row *row = data;
  if (error)
    log_error("recorder", "row-failed", "recording=%s kind=%d reason=%s", row->id, (int)row->kind,
              log_q(error->message));
  if (row->done)
    row->done(row->user);
  g_free(row->id);
  g_free(row->meeting);
  g_free(row->folder);
  g_free(row->reason);
  g_free((char *)row->file.name);
  g_free((char *)row->file.source);
  g_free((char *)row->file.person);
  g_free((char *)row->file.participant);
  g_free((char *)row->file.sha256);
  g_free(row);
}

static Row *row_new(RowKind kind, const char *id) {
  Row *row = g_new0(Row, 1);
  row->kind = kind;
  row->id = g_strdup(id);
  return row;
}

static void queue(Store *store, Row *row) {
  if (row->kind == ROW_PROGRESS) /* the next comes in seconds */
    store_write(store, row_work, row_done, row);
  else
    store_write_kept(store, row_work, row_done, row);
}

void rows_insert(Store *store, const char *id, const char *meeting, const char *folder,
                 int64_t started_at) {
  Row *row = row_new(ROW_INSERT, id);
  row->meeting = g_strdup(meeting);
  row->folder = g_strdup(folder);
  row->a = started_at;
  queue(store, row);
}

void rows_file(Store *store, const char *id, const RecordingFile *file) {
  Row *row = row_new(ROW_FILE, id);
  row->file = *file;
  row->file.name = g_strdup(file->name);
  row->file.source = g_strdup(file->source);
  row->file.person = g_strdup(file->person);
  row->file.participant = g_strdup(file->participant);
  row->file.sha256 = g_strdup(file->sha256);
  queue(store, row);
}

void rows_drop(Store *store, const char *id, const char *name) {
  Row *row = row_new(ROW_DROP, id);
  row->file.name = g_strdup(name);
  queue(store, row);
}

void rows_progress(Store *store, const char *id, int64_t duration_ms, int64_t bytes) {
  Row *row = row_new(ROW_PROGRESS, id);
  row->a = duration_ms;
  row->b = bytes;
  queue(store, row);
}

void rows_gap(Store *store, const char *id, int64_t at_ms, int64_t for_ms) {
  Row *row = row_new(ROW_GAP, id);
  row->a = at_ms;
  row->b = for_ms;
  queue(store, row);
}

void rows_finish(Store *store, const char *id, const char *reason, bool playable,
                 int64_t duration_ms, void (*done)(void *user), void *user) {
  Row *row = row_new(ROW_FINISH, id);
  row->reason = g_strdup(reason);
  row->playable = playable;
  row->a = duration_ms;
  row->b = clock_wall_ms();
  row->done = done;
  row->user = user;
  queue(store, row);
}
