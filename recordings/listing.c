/* Recordings as JSON, a time line a meeting, and who may see them (catalog.h). */
#include <string.h>

#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "store/moment.h"
#include "store/people.h"
#include "store/statement.h"

#define COLUMNS                                                                                    \
  "select r.id, m.id, m.title, m.planned_start, r.started_at from recording r"                     \
  " join meeting m on m.id = r.meeting"

/* As the subject meeting has it (domain/meeting): staff, host, or a valid invitation; a session
 * from a link sees one meeting. */
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

/* What was recorded of a meeting, in pieces, is one time line: its zero is the first piece's. */
typedef struct {
  sqlite3 *db;
  bool tracks; /* also everybody's single tracks */
  json_t *gaps, *files;
  int64_t zero_at, end_ms, ended_at, bytes;
  const char *id; /* of the piece that is added */
  int64_t offset_ms;
  unsigned pieces, failed;
  bool running, broken;
} Line;

static void add_gap(Line *line, int64_t at_ms, int64_t for_ms, bool stopped) {
  json_array_append_new(line->gaps,
                        json_pack("{s:I, s:I, s:s}", "at_ms", (json_int_t)at_ms, "for_ms",
                                  (json_int_t)for_ms, "cause", stopped ? "stopped" : "broken"));
}

static bool add_files(Line *line, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      line->db,
      "select f.name, f.kind, f.part, f.track, f.source, f.person, p.name, f.start_ms + :offset,"
      " f.duration_ms, f.bytes, f.sha256 from recording_file f left join person_shown p"
      " on p.id = f.person where f.recording = :id and (:tracks or f.kind = 'program')"
      " order by f.kind, f.part, f.start_ms, f.track",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":id", line->id);
  statement_int(rows, ":offset", line->offset_ms);
  statement_int(rows, ":tracks", line->tracks);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    json_array_append_new(line->files, file_json(rows, line->id));
    line->bytes += column_int(rows, 9);
  }
  return result == SQLITE_DONE;
}

static bool add_gaps(Line *line, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(line->db,
                 "select at_ms + :offset, for_ms from recording_gap where recording = :id"
                 " order by at_ms",
                 error);
  if (!rows)
    return false;
  statement_text(rows, ":id", line->id);
  statement_int(rows, ":offset", line->offset_ms);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    add_gap(line, column_int(rows, 0), column_int(rows, 1), false);
  return result == SQLITE_DONE;
}

/* row: id, state, reason, started_at, ended_at, duration_ms, bytes, of which nothing is one that
 * failed. stopped: the piece before was ended by a person. A clock that was set back makes no
 * overlap. */
static bool add_piece(Line *line, Statement *row, bool stopped, GError **error) {
  const char *state = column_text(row, 1);
  int64_t started_at = column_int(row, 3);
  if (line->pieces++ == 0)
    line->zero_at = started_at;
  line->id = column_text(row, 0);
  line->offset_ms = MAX(started_at - line->zero_at, line->end_ms);
  if (line->pieces > 1 && line->offset_ms > line->end_ms)
    add_gap(line, line->end_ms, line->offset_ms - line->end_ms, stopped);
  line->running = strcmp(state, "recording") == 0;
  line->broken = line->broken || strcmp(state, "interrupted") == 0;
  line->end_ms = line->offset_ms + column_int(row, 5);
  line->ended_at = column_int(row, 4);
  int64_t before = line->bytes;
  if (!add_gaps(line, error) || !add_files(line, error))
    return false;
  if (line->running && line->tracks) /* the files' rows know when they are closed */
    line->bytes = MAX(line->bytes, before + column_int(row, 6));
  return true;
}

static bool add_pieces(Line *line, const char *meeting, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(line->db,
                 "select id, state, reason, started_at, ended_at, duration_ms, bytes from recording"
                 " where meeting = :meeting order by started_at, id",
                 error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  bool stopped = false;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    const char *reason = column_text(rows, 2);
    if (strcmp(column_text(rows, 1), "failed") == 0)
      line->failed++;
    else if (!add_piece(line, rows, stopped, error))
      return false;
    stopped = g_strcmp0(reason, "host") == 0 || g_strcmp0(reason, "ended") == 0;
  }
  return result == SQLITE_DONE;
}

static const char *state_of(const Line *line) {
  if (line->pieces == 0)
    return "failed";
  if (line->running)
    return "recording";
  return line->broken || line->failed > 0 ? "interrupted" : "ready";
}

/* row: COLUMNS, of the meeting's first recording, or of any of them. */
static json_t *line_json(sqlite3 *db, Statement *row, const Session *session, GError **error) {
  Line line = {.db = db,
               .tracks = recording_tracks_allowed(session),
               .gaps = json_array(),
               .files = json_array()};
  if (!add_pieces(&line, column_text(row, 1), error)) {
    json_decref(line.gaps);
    json_decref(line.files);
    return NULL;
  }
  bool over = line.pieces > 0 && !line.running;
  return json_pack("{s:s, s:{s:s, s:s, s:I}, s:s, s:I, s:o, s:I, s:I, s:o, s:o}", "id",
                   column_text(row, 0), "meeting", "id", column_text(row, 1), "title",
                   column_text(row, 2), "planned_start", (json_int_t)column_int(row, 3), "state",
                   state_of(&line), "started_at",
                   (json_int_t)(line.pieces > 0 ? line.zero_at : column_int(row, 4)), "ended_at",
                   json_time(over, line.ended_at), "duration_ms", (json_int_t)line.end_ms, "bytes",
                   (json_int_t)line.bytes, "gaps", line.gaps, "files", line.files);
}

json_t *recording_json(sqlite3 *db, const char *id, const Session *session, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, COLUMNS " where r.id = :id and" VISIBLE, error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  bind_session(row, session);
  if (!statement_one(row, "no such recording", error))
    return NULL;
  return line_json(db, row, session, error);
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

/* Two statements, so that each has its own index: all meetings that were recorded, or one. Each
 * stands in the list by its first recording. */
#define FILTER                                                                                     \
  " and not exists (select 1 from recording e where e.meeting = r.meeting"                         \
  "  and (e.started_at, e.id) < (r.started_at, r.id)) and (:q = '' or instr(lower(m.title), "      \
  "lower(:q)) > 0) and" VISIBLE
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

/* The row that is one too many only says that there are more. Takes items. */
static json_t *page_json(json_t *items, int limit, int64_t total) {
  bool more = json_array_size(items) > (size_t)limit;
  if (more)
    json_array_remove(items, (size_t)limit);
  const json_t *last = more ? json_array_get(items, (size_t)limit - 1) : NULL;
  return json_pack("{s:o, s:s?, s:I}", "items", items, "next",
                   json_string_value(json_object_get(last, "id")), "total", (json_int_t)total);
}

json_t *recordings_list(sqlite3 *db, const RecordingsQuery *query, const Session *session,
                        GError **error) {
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
  statement_int(rows, ":limit", query->limit + 1);
  bind_query(count, query, session);
  if (!statement_one(count, "no count", error))
    return NULL;
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    json_t *recording = line_json(db, rows, session, error);
    if (!recording) {
      result = SQLITE_ERROR;
      break;
    }
    json_array_append_new(items, recording);
  }
  if (result == SQLITE_DONE)
    return page_json(items, query->limit, column_int(count, 0));
  json_decref(items);
  return NULL;
}

bool recording_tracks_allowed(const Session *session) {
  return session->roles & ROLE_STAFF;
}

bool recording_authorise(sqlite3 *db, const char *recordings_dir, const Session *session,
                         const char *id, const char *name, RecordingGrant *grant, GError **error) {
  *grant = (RecordingGrant){0};
  g_autoptr(Statement) row = db_prepare(
      db,
      "select r.folder, f.name, f.source, f.sha256, m.id from recording_file f"
      " join recording r on r.id = f.recording join meeting m on m.id = r.meeting"
      " where r.id = :id and f.name = :name and (:tracks or f.kind = 'program') and" VISIBLE,
      error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  statement_text(row, ":name", name);
  statement_int(row, ":tracks", recording_tracks_allowed(session));
  bind_session(row, session);
  if (!statement_one(row, "no such file", error))
    return false;
  char *path = folder_path(recordings_dir, column_text(row, 0), column_text(row, 1));
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
