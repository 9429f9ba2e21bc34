#include "domain/recording/joined.h"

#include <string.h>

#include "store/database.h"
#include "store/moment.h"
#include "store/statement.h"

/* What was recorded, in parts, is one time line. */
typedef struct {
  sqlite3 *db;
  json_t *gaps, *files, *tracks, *digests;
  int64_t zero_at, end_ms, ended_at;
  int64_t bytes, all_bytes; /* of the program; with the tracks */
  const char *id;           /* of the part that is added */
  int64_t offset_ms;
  unsigned parts;
  bool running;
} Line;

/* Rows of a recording or a part, whose id the statement calls ":id". */
static Statement *rows_of(sqlite3 *db, const char *sql, const char *id, GError **error) {
  Statement *rows = db_prepare(db, sql, error);
  if (rows)
    statement_text(rows, ":id", id);
  return rows;
}

static json_t *file_json(Statement *row, const char *id) {
  const char *name = column_text(row, 0);
  g_autofree char *url = g_strdup_printf("/api/v1/recordings/%s/files/%s", id, name);
  json_t *person = column_null(row, 5) ? json_null()
                                       : json_pack("{s:s, s:s}", "id", column_text(row, 5), "name",
                                                   column_text(row, 6));
  return json_pack("{s:s, s:s, s:I, s:I, s:s, s:o, s:I, s:I, s:I, s:s?, s:s, s:s}", "name", name,
                   "kind", column_text(row, 1), "part", (json_int_t)column_int(row, 2), "track",
                   (json_int_t)column_int(row, 3), "source", column_text(row, 4), "person", person,
                   "start_ms", (json_int_t)column_int(row, 7), "duration_ms",
                   (json_int_t)column_int(row, 8), "bytes", (json_int_t)column_int(row, 9),
                   "sha256", column_text(row, 10), "type", column_text(row, 11), "url", url);
}

static void add_gap(Line *line, int64_t at_ms, int64_t for_ms, bool stopped) {
  json_array_append_new(line->gaps,
                        json_pack("{s:I, s:I, s:s}", "at_ms", (json_int_t)at_ms, "for_ms",
                                  (json_int_t)for_ms, "cause", stopped ? "stopped" : "broken"));
}

static bool add_files(Line *line, GError **error) {
  g_autoptr(Statement) rows = rows_of(
      line->db,
      "select f.name, f.kind, f.part, f.track, f.source, f.person, p.name, f.start_ms + :offset,"
      " f.duration_ms, f.bytes, f.sha256, f.type from recording_file_sent f"
      " left join person_shown p on p.id = f.person where f.recording = :id"
      " order by f.kind, f.part, f.start_ms, f.track",
      line->id, error);
  if (!rows)
    return false;
  statement_int(rows, ":offset", line->offset_ms);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    bool program = strcmp(column_text(rows, 1), "program") == 0;
    json_array_append_new(program ? line->files : line->tracks, file_json(rows, line->id));
    line->bytes += program ? column_int(rows, 9) : 0;
    line->all_bytes += column_int(rows, 9);
  }
  return result == SQLITE_DONE;
}

static bool add_gaps(Line *line, GError **error) {
  g_autoptr(Statement) rows =
      rows_of(line->db,
              "select at_ms + :offset, for_ms from recording_gap where recording = :id"
              " order by at_ms",
              line->id, error);
  if (!rows)
    return false;
  statement_int(rows, ":offset", line->offset_ms);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    add_gap(line, column_int(rows, 0), column_int(rows, 1), false);
  return result == SQLITE_DONE;
}

/* What the audit record noted last of the part's files; a part that runs has nothing yet. */
static bool add_digest(Line *line, GError **error) {
  g_autoptr(Statement) rows =
      rows_of(line->db,
              "select detail ->> '$.files', detail ->> '$.sha256' from audit_record"
              " where object = :id and kind = 'recording.files' order by seq desc limit 1",
              line->id, error);
  if (!rows)
    return false;
  int result = statement_step(rows, error);
  if (result == SQLITE_ROW)
    json_array_append_new(line->digests, json_pack("{s:s, s:I, s:s}", "recording", line->id,
                                                   "files", (json_int_t)column_int(rows, 0),
                                                   "sha256", column_text(rows, 1)));
  return result == SQLITE_ROW || result == SQLITE_DONE;
}

/* row: id, state, reason, started_at, ended_at, duration_ms, bytes of a part, of which nothing is
 * one that failed. stopped: the part before was ended by a person. A clock that was set back makes
 * no overlap. */
static bool add_part(Line *line, Statement *row, bool stopped, GError **error) {
  int64_t started_at = column_int(row, 3);
  if (line->parts++ == 0)
    line->zero_at = started_at;
  line->id = column_text(row, 0);
  line->offset_ms = MAX(started_at - line->zero_at, line->end_ms);
  if (line->parts > 1 && line->offset_ms > line->end_ms)
    add_gap(line, line->end_ms, line->offset_ms - line->end_ms, stopped);
  line->running = strcmp(column_text(row, 1), "recording") == 0;
  line->end_ms = line->offset_ms + column_int(row, 5);
  line->ended_at = column_int(row, 4);
  int64_t before = line->all_bytes;
  if (!add_gaps(line, error) || !add_files(line, error) || !add_digest(line, error))
    return false;
  if (line->running) /* the files' rows know when they are closed */
    line->all_bytes = MAX(line->all_bytes, before + column_int(row, 6));
  return true;
}

static bool add_parts(Line *line, const char *entry, GError **error) {
  g_autoptr(Statement) rows =
      rows_of(line->db,
              "select id, state, reason, started_at, ended_at, duration_ms, bytes from recording"
              " where entry = :id order by started_at, id",
              entry, error);
  if (!rows)
    return false;
  bool stopped = false;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    const char *reason = column_text(rows, 2);
    if (strcmp(column_text(rows, 1), "failed") != 0 && !add_part(line, rows, stopped, error))
      return false;
    stopped = g_strcmp0(reason, "host") == 0 || g_strcmp0(reason, "ended") == 0;
  }
  return result == SQLITE_DONE;
}

json_t *recording_joined(sqlite3 *db, const char *entry, GError **error) {
  Line line = {.db = db,
               .gaps = json_array(),
               .files = json_array(),
               .tracks = json_array(),
               .digests = json_array()};
  bool fine = add_parts(&line, entry, error);
  json_t *joined =
      json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "ended_at",
                json_time(line.parts > 0 && !line.running, line.ended_at), "duration_ms",
                (json_int_t)line.end_ms, "bytes", (json_int_t)line.bytes, "all_bytes",
                (json_int_t)line.all_bytes, "gaps", line.gaps, "files", line.files, "tracks",
                line.tracks, "digests", line.digests);
  if (fine)
    return joined;
  json_decref(joined);
  return NULL;
}

/* ---- for SQL ---- */

static void call_joined(sqlite3_context *to, int argc, sqlite3_value **argv) {
  GError *error = NULL;
  const char *entry = (const char *)sqlite3_value_text(argv[0]);
  json_t *joined = entry ? recording_joined(sqlite3_context_db_handle(to), entry, &error) : NULL;
  if (joined)
    sqlite3_result_text(to, json_dumps(joined, JSON_COMPACT), -1, free);
  else if (error)
    sqlite3_result_error(to, error->message, -1);
  json_decref(joined);
  g_clear_error(&error);
}

static int add_function(sqlite3 *db, char **why, const struct sqlite3_api_routines *api) {
  return sqlite3_create_function_v2(db, "recording_joined", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                    NULL, call_joined, NULL, NULL, NULL);
}

void recording_joined_register(void) {
  sqlite3_auto_extension((void (*)(void))add_function);
}
