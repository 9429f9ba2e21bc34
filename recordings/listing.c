/* Recordings as JSON, and who may see them (catalog.h). */
#include <string.h>

#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "store/meetings.h"
#include "store/page.h"
#include "store/people.h"
#include "store/statement.h"

#define COLUMNS                                                                                    \
  "select r.id, m.id, m.title, m.planned_start, r.state, r.started_at, r.ended_at, r.duration_ms," \
  " r.bytes from recording r join meeting m on m.id = r.meeting"

/* As meeting_rights: staff, host, or a valid invitation; a session from a link sees one meeting. */
#define VISIBLE                                                                                    \
  " (:staff or m.host = :me or exists (select 1 from invitation i where i.meeting = m.id"          \
  "  and i.person = :me and i.revoked_at is null))"                                                \
  " and (:scope is null or m.id = :scope)"

static bool is_audio(const char *source) {
  return strcmp(source, "mic") == 0 || strcmp(source, "screen_audio") == 0;
}

static const char *type_of(const char *source) {
  return is_audio(source) ? "audio/webm" : "video/webm";
}

static bool not_found(GError **error, const char *what) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s", what);
  return false;
}

static void bind_session(Statement *statement, const Session *session) {
  statement_text(statement, ":me", session->person);
  statement_int(statement, ":staff", (session->roles & ROLE_STAFF) != 0);
  statement_text(statement, ":scope", session->scope_meeting);
}

static json_t *file_json(Statement *row, const char *id) {
  const char *name = column_text(row, 0), *source = column_text(row, 4);
  g_autofree char *url = g_strdup_printf("/api/v1/recordings/%s/files/%s", id, name);
  json_t *person = column_null(row, 5) ? json_null()
                                       : json_pack("{s:s, s:s}", "id", column_text(row, 5), "name",
                                                   column_text(row, 6));
  return json_pack("{s:s, s:s, s:I, s:I, s:s, s:o, s:I, s:I, s:I, s:s?, s:s, s:s}", "name", name,
                   "kind", column_text(row, 1), "part", (json_int_t)column_int(row, 2), "track",
                   (json_int_t)column_int(row, 3), "source", source, "person", person, "start_ms",
                   (json_int_t)column_int(row, 7), "duration_ms", (json_int_t)column_int(row, 8),
                   "bytes", (json_int_t)column_int(row, 9), "sha256", column_text(row, 10), "type",
                   type_of(source), "url", url);
}

static json_t *files_json(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db,
      "select f.name, f.kind, f.part, f.track, f.source, f.person, p.name, f.start_ms,"
      " f.duration_ms, f.bytes, f.sha256 from recording_file f left join person p"
      " on p.id = f.person where f.recording = :id order by f.kind, f.part, f.start_ms, f.track",
      error);
  if (!rows)
    return NULL;
  statement_text(rows, ":id", id);
  json_t *files = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    json_array_append_new(files, file_json(rows, id));
  if (result == SQLITE_DONE)
    return files;
  json_decref(files);
  return NULL;
}

static json_t *gaps_json(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db, "select at_ms, for_ms from recording_gap where recording = :id order by at_ms", error);
  if (!rows)
    return NULL;
  statement_text(rows, ":id", id);
  json_t *gaps = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    json_array_append_new(gaps, json_pack("{s:I, s:I}", "at_ms", (json_int_t)column_int(rows, 0),
                                          "for_ms", (json_int_t)column_int(rows, 1)));
  if (result == SQLITE_DONE)
    return gaps;
  json_decref(gaps);
  return NULL;
}

static json_t *row_json(Statement *row) {
  return json_pack("{s:s, s:{s:s, s:s, s:I}, s:s, s:I, s:o, s:I, s:I}", "id", column_text(row, 0),
                   "meeting", "id", column_text(row, 1), "title", column_text(row, 2),
                   "planned_start", (json_int_t)column_int(row, 3), "state", column_text(row, 4),
                   "started_at", (json_int_t)column_int(row, 5), "ended_at",
                   json_time(!column_null(row, 6), column_int(row, 6)), "duration_ms",
                   (json_int_t)column_int(row, 7), "bytes", (json_int_t)column_int(row, 8));
}

static bool add_details(sqlite3 *db, json_t *recording, GError **error) {
  const char *id = json_string_value(json_object_get(recording, "id"));
  json_t *gaps = gaps_json(db, id, error), *files = gaps ? files_json(db, id, error) : NULL;
  if (!files) {
    json_decref(gaps);
    return false;
  }
  json_object_set_new(recording, "gaps", gaps);
  json_object_set_new(recording, "files", files);
  return true;
}

json_t *recording_json(sqlite3 *db, const char *id, const Session *session, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, COLUMNS " where r.id = :id and" VISIBLE, error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  bind_session(row, session);
  if (!statement_one(row, "no such recording", error))
    return NULL;
  json_t *recording = row_json(row);
  if (add_details(db, recording, error))
    return recording;
  json_decref(recording);
  return NULL;
}

/* Where the page starts: behind the recording named by the cursor. */
static bool bind_cursor(sqlite3 *db, Statement *rows, const char *after, GError **error) {
  int64_t start = INT64_MAX;
  if (after && *after) {
    g_autoptr(Statement) row =
        db_prepare(db, "select started_at from recording where id = :id", error);
    if (!row)
      return false;
    statement_text(row, ":id", after);
    if (!statement_one(row, "no such cursor", error))
      return false;
    start = column_int(row, 0);
  }
  statement_int(rows, ":start", start);
  statement_text(rows, ":after", after ? after : "");
  return true;
}

/* Two statements, so that each has its own index: all recordings, or those of one meeting. */
#define FILTER " and (:q = '' or instr(lower(m.title), lower(:q)) > 0) and" VISIBLE
#define OF_ALL " where :meeting is null"
#define OF_ONE " where r.meeting = :meeting"
#define PAGE                                                                                       \
  " and (r.started_at, r.id) < (:start, :after) order by r.started_at desc, r.id desc limit "      \
  ":limit"

static void bind_query(Statement *statement, const RecordingsQuery *query, const Session *session) {
  statement_text(statement, ":q", query->q ? query->q : "");
  statement_text(statement, ":meeting", query->meeting);
  bind_session(statement, session);
}

json_t *recordings_list(sqlite3 *db, const RecordingsQuery *query, const Session *session,
                        GError **error) {
  int limit = page_limit(query->limit);
  g_autoptr(Statement) rows = db_prepare(
      db, query->meeting ? COLUMNS OF_ONE FILTER PAGE : COLUMNS OF_ALL FILTER PAGE, error);
  g_autoptr(Statement) count = db_prepare(
      db,
      query->meeting
          ? "select count(*) from recording r join meeting m on m.id = r.meeting" OF_ONE FILTER
          : "select count(*) from recording r join meeting m on m.id = r.meeting" OF_ALL FILTER,
      error && *error ? NULL : error);
  if (!rows || !count || !bind_cursor(db, rows, query->after, error))
    return NULL;
  bind_query(rows, query, session);
  statement_int(rows, ":limit", limit + 1);
  bind_query(count, query, session);
  if (!statement_one(count, "no count", error))
    return NULL;
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    json_t *recording = row_json(rows);
    json_array_append_new(items, recording);
    if (!add_details(db, recording, error)) {
      result = SQLITE_ERROR;
      break;
    }
  }
  if (result == SQLITE_DONE)
    return page_finish(items, limit, "id", column_int(count, 0));
  json_decref(items);
  return NULL;
}

bool recording_authorise(sqlite3 *db, const char *recordings_dir, const Session *session,
                         const char *id, const char *name, RecordingGrant *grant, GError **error) {
  *grant = (RecordingGrant){0};
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select r.folder, f.name, f.source, f.sha256, r.meeting from recording_file f"
                 " join recording r on r.id = f.recording where r.id = :id and f.name = :name",
                 error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  statement_text(row, ":name", name);
  if (!statement_one(row, "no such file", error))
    return false;
  MeetingRights rights;
  if (!meeting_rights(db, column_text(row, 4), session, &rights, error))
    return false;
  char *path =
      rights.see ? folder_path(recordings_dir, column_text(row, 0), column_text(row, 1)) : NULL;
  if (!path) /* the same answer as for a file that is not there */
    return not_found(error, "no such file");
  grant->path = path;
  grant->type = type_of(column_text(row, 2));
  grant->meeting = g_strdup(column_text(row, 4));
  if (column_text(row, 3))
    g_strlcpy(grant->sha256, column_text(row, 3), sizeof grant->sha256);
  return true;
}

void recording_grant_clear(RecordingGrant *grant) {
  g_free(grant->path);
  g_free(grant->meeting);
  *grant = (RecordingGrant){0};
}
