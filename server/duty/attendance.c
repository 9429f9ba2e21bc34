/* See attendance.h. Late and early are measured against the real meeting, from opening to end: who
 * is there when the host opens is on time, whatever the plan said. The end is when the host ended
 * it, or when the last one had gone long before. */
#include "duty/attendance.h"

#include <stdlib.h>
#include <string.h>

#include "duty/timeline.h"
#include "store/check.h"
#include "store/page.h"
#include "store/statement.h"

static int by_start(const void *a, const void *b) {
  const Interval *left = a, *right = b;
  return left->in_ms < right->in_ms ? -1 : left->in_ms > right->in_ms;
}

int64_t attendance_effective_ms(Interval *intervals, unsigned count, int64_t duration_ms) {
  if (count > 0)
    qsort(intervals, count, sizeof *intervals, by_start);
  int64_t covered = 0, until = 0; /* all before `until` is counted */
  for (unsigned i = 0; i < count; i++) {
    int64_t in = MAX(intervals[i].in_ms, until);
    int64_t out = MIN(intervals[i].out_ms, duration_ms);
    if (out > in) {
      covered += out - in;
      until = out;
    }
  }
  return covered;
}

/* 67 percent stands for the two thirds of the rules, to be met exactly. */
static bool present_enough(const AttendanceFacts *facts, const Config *config) {
  if (config->present_percent == 67)
    return 3 * facts->present_ms >= 2 * facts->duration_ms;
  return 100 * facts->present_ms >= config->present_percent * facts->duration_ms;
}

AttendanceDraft attendance_draft(const AttendanceFacts *facts, const Config *config) {
  if (facts->first_in_ms < 0 || !present_enough(facts, config))
    return (AttendanceDraft){"absent", false, false};
  int64_t early_ms = facts->duration_ms - facts->last_out_ms;
  return (AttendanceDraft){
      .state = facts->observer ? "observer" : "present",
      .late = facts->first_in_ms > (int64_t)config->late_after_min * 60000,
      .left_early = early_ms > (int64_t)config->left_early_min * 60000,
  };
}

/* A meeting's own times while its rows are made. */
typedef struct {
  Timeline *line; /* NULL: it was never opened */
  int64_t opened_at, duration_ms;
  Moment now;
} Frame;

static void frame_clear(Frame *frame) {
  timeline_free(frame->line);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Frame, frame_clear)

static bool learn_boots(sqlite3 *db, const char *meeting, Timeline *line, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db, "select joined_at, joined_mono_us, boot from presence_segment where meeting = :meeting",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    timeline_learn(line, (Moment){column_int(rows, 0), column_int(rows, 1), column_text(rows, 2)});
  return result == SQLITE_DONE;
}

/* When the last one went, on the meeting's line; `end` while somebody is there, and when nobody
 * ever was. */
static bool last_presence(sqlite3 *db, const char *meeting, const Timeline *line, int64_t end_ms,
                          int64_t *last_ms, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db, "select left_at, left_mono_us, boot from presence_segment where meeting = :meeting",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  int64_t last = 0;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    Moment left = {column_int(rows, 0), column_int(rows, 1), column_text(rows, 2)};
    last = MAX(last, column_null(rows, 0) ? end_ms : timeline_ms(line, left));
  }
  *last_ms = last > 0 ? MIN(last, end_ms) : end_ms;
  return result == SQLITE_DONE;
}

/* A meeting that nobody ended was over when the last one went: measured to an end that came hours
 * later, everybody would have been absent. */
static bool measure(sqlite3 *db, const char *meeting, int64_t end_ms, const Config *config,
                    Frame *frame, GError **error) {
  int64_t last_ms;
  if (!last_presence(db, meeting, frame->line, end_ms, &last_ms, error))
    return false;
  bool forgotten = end_ms - last_ms > (int64_t)config->left_early_min * 60000;
  frame->duration_ms = MAX(forgotten ? last_ms : end_ms, 0);
  return true;
}

static bool frame_load(sqlite3 *db, const char *meeting, const Config *config, Moment now,
                       Frame *frame, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select opened_at, opened_mono_us, opened_boot, ended_at, ended_mono_us, ended_boot"
      " from meeting where id = :id",
      error);
  if (!row)
    return false;
  statement_text(row, ":id", meeting);
  if (!statement_one(row, "no such meeting", error))
    return false;
  frame->now = now;
  if (column_null(row, 0))
    return true;
  frame->opened_at = column_int(row, 0);
  frame->line = timeline_new((Moment){column_int(row, 0), column_int(row, 1), column_text(row, 2)});
  if (!learn_boots(db, meeting, frame->line, error))
    return false;
  Moment end = now;
  if (!column_null(row, 3))
    end = (Moment){column_int(row, 3), column_int(row, 4), column_text(row, 5)};
  return measure(db, meeting, timeline_ms(frame->line, end), config, frame, error);
}

/* One person's segments as JSON evidence and as intervals. */
typedef struct {
  json_t *segments;
  GArray *intervals; /* Interval */
  bool here;         /* one is still open */
} Evidence;

static bool load_evidence(sqlite3 *db, const char *meeting, const char *person, const Frame *frame,
                          Evidence *evidence, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db,
      "select joined_at, joined_mono_us, boot, left_at, left_mono_us, device, address, ended_by"
      " from presence_segment where meeting = :meeting and person = :person order by joined_at",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  statement_text(rows, ":person", person);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    bool open = column_null(rows, 3);
    evidence->here = evidence->here || open;
    json_array_append_new(
        evidence->segments,
        json_pack("{s:I, s:o, s:s, s:s, s:s?}", "in", (json_int_t)column_int(rows, 0), "out",
                  json_time(!open, column_int(rows, 3)), "device", column_text(rows, 5), "address",
                  column_text(rows, 6), "ended_by", column_text(rows, 7)));
    if (!frame->line)
      continue;
    Moment in = {column_int(rows, 0), column_int(rows, 1), column_text(rows, 2)};
    Moment out = {column_int(rows, 3), column_int(rows, 4), column_text(rows, 2)};
    Interval interval = {timeline_ms(frame->line, in), open ? timeline_ms(frame->line, frame->now)
                                                            : timeline_ms(frame->line, out)};
    g_array_append_val(evidence->intervals, interval);
  }
  return result == SQLITE_DONE;
}

static AttendanceFacts gather(const Evidence *evidence, const Frame *frame, bool observer) {
  Interval *intervals = (Interval *)(void *)evidence->intervals->data;
  AttendanceFacts facts = {.duration_ms = frame->duration_ms,
                           .first_in_ms = -1,
                           .last_out_ms = -1,
                           .observer = observer};
  facts.present_ms =
      attendance_effective_ms(intervals, evidence->intervals->len, frame->duration_ms);
  for (unsigned i = 0; i < evidence->intervals->len; i++) {
    int64_t in = MAX(intervals[i].in_ms, 0), out = MIN(intervals[i].out_ms, frame->duration_ms);
    if (out <= in)
      continue;
    if (facts.first_in_ms < 0) /* sorted by now */
      facts.first_in_ms = in;
    facts.last_out_ms = MAX(facts.last_out_ms, out);
  }
  return facts;
}

static json_t *decision_json(sqlite3 *db, const char *meeting, const char *person, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select d.state, d.late, d.left_early, d.note, d.by, p.name, d.at from attendance_decision d"
      " join person p on p.id = d.by where d.meeting = :meeting and d.person = :person"
      " order by d.id desc limit 1",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  if (result != SQLITE_ROW)
    return result == SQLITE_DONE ? json_null() : NULL;
  return json_pack("{s:s, s:b, s:b, s:s, s:{s:s, s:s}, s:I}", "state", column_text(row, 0), "late",
                   (int)column_int(row, 1), "left_early", (int)column_int(row, 2), "note",
                   column_text(row, 3), "by", "id", column_text(row, 4), "name",
                   column_text(row, 5), "at", (json_int_t)column_int(row, 6));
}

/* A row of `people` below. */
static json_t *attendance_row(sqlite3 *db, const char *meeting, Statement *person,
                              const Config *config, const Frame *frame, GError **error) {
  const char *id = column_text(person, 0), *capacity = column_text(person, 3);
  g_autoptr(GArray) intervals = g_array_new(FALSE, FALSE, sizeof(Interval));
  Evidence evidence = {json_array(), intervals, false};
  json_t *decision = NULL;
  if (!load_evidence(db, meeting, id, frame, &evidence, error) ||
      !(decision = decision_json(db, meeting, id, error))) {
    json_decref(evidence.segments);
    return NULL;
  }
  AttendanceFacts facts = gather(&evidence, frame, !capacity || strcmp(capacity, "observe") == 0);
  AttendanceDraft draft = attendance_draft(&facts, config);
  bool was_there = facts.first_in_ms >= 0;
  return json_pack("{s:{s:s, s:s, s:s}, s:s?, s:o, s:o, s:I, s:o, s:{s:s, s:b, s:b}, s:o}",
                   "person", "id", id, "name", column_text(person, 1), "kind",
                   column_text(person, 2), "capacity", capacity, "first_in",
                   json_time(was_there, frame->opened_at + facts.first_in_ms), "last_out",
                   json_time(was_there && !evidence.here, frame->opened_at + facts.last_out_ms),
                   "present_s", (json_int_t)((facts.present_ms + 500) / 1000), "segments",
                   evidence.segments, "drafted", "state", draft.state, "late", draft.late,
                   "left_early", draft.left_early, "decision", decision);
}

/* Whose row the list has, as a query of their ids: those invited, those who were there and those
 * about whom was decided. Who was invited when the meeting opened stays, whatever becomes of the
 * invitation: no host can take an absence away by taking it back. */
#define LISTED                                                                                     \
  "select i.person from invitation i join meeting m on m.id = i.meeting where"                     \
  "  i.meeting = :meeting and (i.revoked_at is null or i.revoked_at >= m.opened_at)"               \
  " union select person from presence_segment where meeting = :meeting"                            \
  " union select person from attendance_decision where meeting = :meeting"

/* Invited people by name, then the others. The capacity is the last one, of a revoked invitation
 * too. */
static const char people[] =
    "select p.id, p.name, p.kind, i.capacity from person p left join invitation i"
    " on i.meeting = :meeting and i.person = p.id where p.id in (" LISTED ")"
    " order by i.capacity is null, p.name, p.id";

json_t *attendance_rows(sqlite3 *db, const char *meeting, const Config *config, Moment now,
                        GError **error) {
  g_auto(Frame) frame = {NULL};
  g_autoptr(Statement) person = db_prepare(db, people, error);
  if (!person || !frame_load(db, meeting, config, now, &frame, error))
    return NULL;
  statement_text(person, ":meeting", meeting);
  json_t *items = json_array();
  int result;
  while ((result = statement_step(person, error)) == SQLITE_ROW) {
    json_t *row = attendance_row(db, meeting, person, config, &frame, error);
    if (!row)
      break;
    json_array_append_new(items, row);
  }
  if (result != SQLITE_DONE) {
    json_decref(items);
    return NULL;
  }
  return json_pack("{s:s, s:{s:i, s:i, s:i}, s:o}", "meeting", meeting, "rules", "late_after_min",
                   config->late_after_min, "left_early_min", config->left_early_min,
                   "present_percent", config->present_percent, "items", items);
}

static bool check_ended(sqlite3 *db, const char *meeting, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select state from meeting where id = :id", error);
  if (!row)
    return false;
  statement_text(row, ":id", meeting);
  if (!statement_one(row, "no such meeting", error))
    return false;
  if (strcmp(column_text(row, 0), "ended") == 0)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
              "attendance is confirmed after the meeting has ended");
  return false;
}

/* The ids of the list, read once for all that is decided at a time. */
static GHashTable *listed_people(sqlite3 *db, const char *meeting, GError **error) {
  g_autoptr(Statement) rows = db_prepare(db, LISTED, error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_hash_table_add(listed, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE ? g_steal_pointer(&listed) : NULL;
}

static bool check_listed(GHashTable *listed, const char *person, GError **error) {
  return (person && g_hash_table_contains(listed, person)) ||
         check_fail(error, "%s was neither invited nor there", person ? person : "nobody");
}

static bool confirm_one(sqlite3 *db, const char *meeting, GHashTable *listed, const json_t *item,
                        const Actor *by, int64_t now_ms, GError **error) {
  const char *person = json_string_value(json_object_get(item, "person"));
  const char *state = json_string_value(json_object_get(item, "state"));
  const json_t *late = json_object_get(item, "late");
  const json_t *early = json_object_get(item, "left_early");
  const json_t *note = json_object_get(item, "note");
  if (!check_word("state", state, "present observer leave absent", error) ||
      !check_listed(listed, person, error))
    return false;
  if ((late && !json_is_boolean(late)) || (early && !json_is_boolean(early)))
    return check_fail(error, "late and left_early want true or false");
  if (note && !json_is_null(note) &&
      !check_text("note", json_string_value(note), 0, 500, true, error))
    return false;
  if (g_strcmp0(person, by->person) == 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN, "nobody confirms his own attendance");
    return false;
  }
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into attendance_decision (meeting, person, state, late, left_early, note, by, at)"
      " values (:meeting, :person, :state, :late, :early, :note, :by, :now)",
      error);
  if (!insert)
    return false;
  const char *text = json_string_value(note);
  statement_text(insert, ":meeting", meeting);
  statement_text(insert, ":person", person);
  statement_text(insert, ":state", state);
  statement_int(insert, ":late", json_is_true(late));
  statement_int(insert, ":early", json_is_true(early));
  statement_text(insert, ":note", text ? text : "");
  statement_text(insert, ":by", by->person);
  statement_int(insert, ":now", now_ms);
  return statement_run(insert, error) &&
         audit_note(db, "attendance.confirm", by, meeting,
                    json_pack("{s:s, s:s}", "person", person, "state", state), now_ms, error);
}

bool attendance_confirm(sqlite3 *db, const char *meeting, const json_t *items, const Actor *by,
                        int64_t now_ms, GError **error) {
  if (!json_is_array(items) || json_array_size(items) == 0)
    return check_fail(error, "items wants a list of decisions");
  if (!check_ended(db, meeting, error))
    return false;
  g_autoptr(GHashTable) listed = listed_people(db, meeting, error);
  if (!listed)
    return false;
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!confirm_one(db, meeting, listed, json_array_get(items, i), by, now_ms, error))
      return false;
  return true;
}
