#include "duty/decide.h"

#include <string.h>

#include "duty/attendance.h"
#include "store/statement.h"

static void json_unref(void *json) {
  json_decref(json);
}

GHashTable *decisions_load(sqlite3 *db, const char *meeting, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select d.person, d.state, d.late, d.left_early, d.note, d.by, p.name, d.at, d.rule,"
      " d.window_from, d.window_to, d.drafted, d.drafted_late, d.drafted_left_early, d.present_ms"
      " from attendance_current d join person_shown p on p.id = d.by"
      " where d.meeting = :meeting",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":meeting", meeting);
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, json_unref);
  int result;
  while ((result = statement_step(row, error)) == SQLITE_ROW) {
    bool known = !column_null(row, 8);
    json_t *decision = json_pack(
        "{s:s, s:b, s:b, s:s, s:{s:s, s:s}, s:I, s:o, s:o, s:o, s:o}", "state", column_text(row, 1),
        "late", (int)column_int(row, 2), "left_early", (int)column_int(row, 3), "note",
        column_text(row, 4), "by", "id", column_text(row, 5), "name", column_text(row, 6), "at",
        (json_int_t)column_int(row, 7), "rules", json_time(known, column_int(row, 8)), "window",
        known ? json_pack("{s:I, s:I}", "from", (json_int_t)column_int(row, 9), "to",
                          (json_int_t)column_int(row, 10))
              : json_null(),
        "drafted",
        known ? json_pack("{s:s, s:b, s:b}", "state", column_text(row, 11), "late",
                          (int)column_int(row, 12), "left_early", (int)column_int(row, 13))
              : json_null(),
        "present_s", json_time(known, (column_int(row, 14) + 500) / 1000));
    g_hash_table_insert(all, g_strdup(column_text(row, 0)), decision);
  }
  return result == SQLITE_DONE ? g_steal_pointer(&all) : NULL;
}

static bool conflict(GError **error, const char *why) {
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_CONFLICT, why);
  return false;
}

static bool forbid(GError **error, const char *why) {
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_FORBIDDEN, why);
  return false;
}

/* ---- confirming ---- */

/* What a batch is decided with: read once, whatever its size. */
typedef struct {
  const char *meeting, *batch;
  const Evidence *evidence;
  GHashTable *capacities; /* person → capacity, "" without an invitation; those listed */
  GHashTable *decisions;  /* of decisions_load */
  const Actor *by;
  int64_t now_ms;
} Batch;

static GHashTable *capacities_load(sqlite3 *db, const char *meeting, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select l.person, coalesce(i.capacity, '') from (" ATTENDANCE_LISTED ") l"
                 " left join invitation i on i.meeting = :meeting and i.person = l.person",
                 error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_hash_table_insert(all, g_strdup(column_text(rows, 0)), g_strdup(column_text(rows, 1)));
  return result == SQLITE_DONE ? g_steal_pointer(&all) : NULL;
}

static bool check_item(const Batch *batch, const char *person, GError **error) {
  if (!g_hash_table_contains(batch->capacities, person))
    return store_invalid(error, "%s was neither invited nor there", person);
  if (g_strcmp0(person, batch->by->person) == 0)
    return forbid(error, "nobody confirms his own attendance");
  return true;
}

/* Old and new values, and what they rest on. */
static json_t *confirm_detail(const Batch *batch, const json_t *item, const AttendanceDraft *draft,
                              int64_t present_ms) {
  const Evidence *evidence = batch->evidence;
  const char *person = json_string_value(json_object_get(item, "person"));
  const json_t *old = g_hash_table_lookup(batch->decisions, person);
  const char *note = json_string_value(json_object_get(item, "note"));
  return json_pack(
      "{s:s, s:s, s:o, s:{s:s, s:b, s:b, s:s}, s:{s:s, s:b, s:b, s:I}, s:{s:I, s:I}, s:i}",
      "person", person, "batch", batch->batch, "old",
      old ? json_pack("{s:O, s:O, s:O, s:O}", "state", json_object_get(old, "state"), "late",
                      json_object_get(old, "late"), "left_early",
                      json_object_get(old, "left_early"), "note", json_object_get(old, "note"))
          : json_null(),
      "new", "state", json_string_value(json_object_get(item, "state")), "late",
      json_is_true(json_object_get(item, "late")), "left_early",
      json_is_true(json_object_get(item, "left_early")), "note", note ? note : "", "drafted",
      "state", draft->state, "late", draft->late, "left_early", draft->left_early, "present_ms",
      (json_int_t)present_ms, "window", "from",
      (json_int_t)evidence_wall_ms(evidence, evidence->window.from_ms), "to",
      (json_int_t)evidence_wall_ms(evidence, evidence->window.to_ms), "rules",
      evidence->rule.version);
}

static const char insert_decision[] =
    "insert into attendance_decision (meeting, person, state, late, left_early, note, by, at,"
    " batch, rule, window_from, window_to, drafted, drafted_late, drafted_left_early, present_ms)"
    " values (:meeting, :person, :state, :late, :early, :note, :by, :now, :batch, :rule, :from, "
    ":to,"
    " :drafted, :drafted_late, :drafted_early, :present)";

static bool confirm_one(sqlite3 *db, const Batch *batch, const json_t *item, GError **error) {
  g_autoptr(Statement) insert = db_prepare(db, insert_decision, error);
  const char *person = json_string_value(json_object_get(item, "person"));
  if (!insert || !check_item(batch, person, error))
    return false;
  const Evidence *evidence = batch->evidence;
  const char *note = json_string_value(json_object_get(item, "note"));
  const char *capacity = g_hash_table_lookup(batch->capacities, person);
  AttendanceFacts facts =
      evidence_facts(evidence, person, evidence->window, draft_observes(capacity));
  AttendanceDraft draft = draft_of(&facts, evidence->window, &evidence->rule);
  statement_text(insert, ":meeting", batch->meeting);
  statement_text(insert, ":person", person);
  statement_text(insert, ":state", json_string_value(json_object_get(item, "state")));
  statement_int(insert, ":late", json_is_true(json_object_get(item, "late")));
  statement_int(insert, ":early", json_is_true(json_object_get(item, "left_early")));
  statement_text(insert, ":note", note ? note : "");
  statement_text(insert, ":by", batch->by->person);
  statement_int(insert, ":now", batch->now_ms);
  statement_text(insert, ":batch", batch->batch);
  statement_int(insert, ":rule", evidence->rule.version);
  statement_int(insert, ":from", evidence_wall_ms(evidence, evidence->window.from_ms));
  statement_int(insert, ":to", evidence_wall_ms(evidence, evidence->window.to_ms));
  statement_text(insert, ":drafted", draft.state);
  statement_int(insert, ":drafted_late", draft.late);
  statement_int(insert, ":drafted_early", draft.left_early);
  statement_int(insert, ":present", facts.present_ms);
  return statement_run(insert, error) &&
         audit_note(db, "attendance.confirm", batch->by, batch->meeting,
                    confirm_detail(batch, item, &draft, facts.present_ms), batch->now_ms, error);
}

static bool check_window(const Evidence *evidence, SeenWindow seen, GError **error) {
  if (!evidence->ended)
    return conflict(error, "attendance is confirmed after the meeting has ended");
  if (seen.from_at == 0 && seen.to_at == 0)
    return true;
  if (seen.from_at != evidence_wall_ms(evidence, evidence->window.from_ms) ||
      seen.to_at != evidence_wall_ms(evidence, evidence->window.to_ms))
    return conflict(error, "the effective window was moved in the meantime");
  return true;
}

bool attendance_confirm(sqlite3 *db, const char *meeting, const json_t *items, SeenWindow seen,
                        const Actor *by, Moment now, char batch[ID_CHARS + 1], GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  if (!evidence || !check_window(evidence, seen, error))
    return false;
  g_autoptr(GHashTable) capacities = capacities_load(db, meeting, error);
  g_autoptr(GHashTable) decisions = capacities ? decisions_load(db, meeting, error) : NULL;
  if (!decisions)
    return false;
  id_random(batch, ID_CHARS);
  const Batch all = {meeting, batch, evidence, capacities, decisions, by, now.wall_ms};
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!confirm_one(db, &all, json_array_get(items, i), error))
      return false;
  return true;
}

/* ---- undoing ---- */

static bool check_undo(sqlite3 *db, const char *meeting, const char *batch, const Actor *by,
                       int64_t now_ms, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select d.by, d.at, exists (select 1 from attendance_undo u where u.decision = d.id)"
      " from attendance_decision d where d.batch = :batch and d.meeting = :meeting limit 1",
      error);
  if (!row)
    return false;
  statement_text(row, ":batch", batch);
  statement_text(row, ":meeting", meeting);
  if (!statement_one(row, "no such confirmation", error))
    return false;
  if (g_strcmp0(column_text(row, 0), by->person) != 0)
    return forbid(error, "only who confirmed can take it back");
  if (column_int(row, 2))
    return conflict(error, "it was taken back already");
  if (now_ms - column_int(row, 1) > UNDO_MS)
    return conflict(error, "too late: change the rows one by one");
  return true;
}

bool attendance_undo(sqlite3 *db, const char *meeting, const char *batch, const Actor *by,
                     int64_t now_ms, GError **error) {
  g_autoptr(Statement) undo = db_prepare(
      db,
      "insert into attendance_undo (decision, by, at) select id, :by, :now from attendance_decision"
      " where batch = :batch",
      error);
  if (!undo || !check_undo(db, meeting, batch, by, now_ms, error))
    return false;
  statement_text(undo, ":by", by->person);
  statement_int(undo, ":now", now_ms);
  statement_text(undo, ":batch", batch);
  if (!statement_run(undo, error))
    return false;
  return audit_note(db, "attendance.undo", by, meeting,
                    json_pack("{s:s, s:i}", "batch", batch, "rows", db_changes(db)), now_ms, error);
}

json_t *attendance_undoable(sqlite3 *db, const char *meeting, const char *by, int64_t now_ms,
                            GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select batch, at, count(*) from attendance_decision d where meeting = :meeting and by = :by"
      " and batch is not null and at >= :since and not exists (select 1 from attendance_undo u "
      "where u.decision = d.id)"
      " group by batch order by max(id) desc limit 1",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":by", by);
  statement_int(row, ":since", now_ms - UNDO_MS);
  switch (statement_step(row, error)) {
  case SQLITE_ROW:
    return json_pack("{s:s, s:I, s:I}", "batch", column_text(row, 0), "until",
                     (json_int_t)(column_int(row, 1) + UNDO_MS), "count",
                     (json_int_t)column_int(row, 2));
  case SQLITE_DONE:
    return json_null();
  default:
    return NULL;
  }
}

/* ---- the window ---- */

bool window_read(const Evidence *evidence, int64_t from_at, int64_t to_at, Window *window,
                 GError **error) {
  *window = (Window){from_at - evidence->opened_at, to_at - evidence->opened_at};
  if (evidence->opened && window->from_ms >= 0 && window->from_ms < window->to_ms &&
      window->to_ms <= evidence->end_ms)
    return true;
  return store_invalid(error,
                       "from and to want a stretch between the meeting's opening and its end");
}

static json_t *window_detail(const Evidence *evidence, Window window) {
  return json_pack("{s:I, s:I}", "from", (json_int_t)evidence_wall_ms(evidence, window.from_ms),
                   "to", (json_int_t)evidence_wall_ms(evidence, window.to_ms));
}

bool attendance_move(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                     const char *reason, const Actor *by, Moment now, GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into attendance_window (meeting, from_at, to_at, reason, by, at) values (:meeting,"
      " iif(:moved, :from, null), iif(:moved, :to, null), :reason, :by, :now)",
      error);
  if (!evidence || !insert)
    return false;
  if (!evidence->ended)
    return conflict(error, "the window is moved after the meeting has ended");
  Window window;
  if (!window_read(evidence, from_at, to_at, &window, error))
    return false;
  bool moved = window.from_ms != evidence->usual.from_ms || window.to_ms != evidence->usual.to_ms;
  statement_text(insert, ":meeting", meeting);
  statement_int(insert, ":moved", moved);
  statement_int(insert, ":from", from_at);
  statement_int(insert, ":to", to_at);
  statement_text(insert, ":reason", reason);
  statement_text(insert, ":by", by->person);
  statement_int(insert, ":now", now.wall_ms);
  return statement_run(insert, error) &&
         audit_note(db, "attendance.window", by, meeting,
                    json_pack("{s:o, s:o, s:o, s:s}", "old",
                              window_detail(evidence, evidence->window), "new",
                              window_detail(evidence, window), "default",
                              window_detail(evidence, evidence->usual), "reason", reason),
                    now.wall_ms, error);
}
