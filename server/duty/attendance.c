#include "duty/attendance.h"

#include <string.h>

#include "duty/decide.h"
#include "store/statement.h"

static json_t *draft_json(const AttendanceDraft *draft) {
  return json_pack("{s:s, s:b, s:b}", "state", draft->state, "late", draft->late, "left_early",
                   draft->left_early);
}

static json_t *segments_json(const Stay *stay) {
  json_t *segments = json_array();
  for (unsigned i = 0; stay && i < stay->segments->len; i++) {
    const Segment *segment = &g_array_index(stay->segments, Segment, i);
    json_array_append_new(segments, json_pack("{s:I, s:o, s:s, s:s, s:s?}", "in",
                                              (json_int_t)segment->joined_at, "out",
                                              json_time(!segment->open, segment->left_at), "device",
                                              segment->device, "address", segment->address,
                                              "ended_by", segment->ended_by));
  }
  return segments;
}

/* Everybody who is listed, and as what they were invited. The capacity is the last one, of a
 * revoked invitation too. */
static const char people[] =
    "select p.id, p.name, p.kind, i.capacity, p.sector, p.organisation, p.code from person_shown p"
    " left join invitation i"
    " on i.meeting = :meeting and i.person = p.id where p.id in (" ATTENDANCE_LISTED ")"
    " order by i.capacity is null, p.name, p.id";

/* decision: borrowed, or NULL. */
static json_t *row_json(Statement *person, const Evidence *evidence, json_t *decision) {
  const char *id = column_text(person, 0), *capacity = column_text(person, 3);
  const Stay *stay = evidence_stay(evidence, id);
  AttendanceFacts facts = evidence_facts(evidence, id, evidence->window, draft_observes(capacity));
  AttendanceDraft draft = draft_of(&facts, evidence->window, &evidence->rule);
  Window whole = {0, evidence->end_ms};
  AttendanceFacts ever = evidence_facts(evidence, id, whole, false);
  bool came = ever.first_in_ms >= 0;
  return json_pack(
      "{s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:s?, s:o, s:o, s:I, s:o, s:o, s:O}", "person", "id", id,
      "name", column_text(person, 1), "kind", column_text(person, 2), "sector",
      column_text(person, 4), "organisation", column_text(person, 5), "code",
      column_text(person, 6), "capacity", capacity, "first_in",
      json_time(came, evidence_wall_ms(evidence, ever.first_in_ms)), "last_out",
      json_time(came && !stay->here, evidence_wall_ms(evidence, ever.last_out_ms)), "present_s",
      (json_int_t)((facts.present_ms + 500) / 1000), "segments", segments_json(stay), "drafted",
      draft_json(&draft), "decision", decision ? decision : json_null());
}

static json_t *window_json(const Evidence *evidence) {
  static const char *const whys[] = {
      [WINDOW_ENDED] = "ended", [WINDOW_LEFT] = "left", [WINDOW_QUIET] = "quiet"};
  if (!evidence->opened)
    return json_null();
  const WindowChange *changed = evidence->changed;
  return json_pack("{s:I, s:I, s:{s:I, s:I, s:s, s:i}, s:o}", "from",
                   (json_int_t)evidence_wall_ms(evidence, evidence->window.from_ms), "to",
                   (json_int_t)evidence_wall_ms(evidence, evidence->window.to_ms), "default",
                   "from", (json_int_t)evidence_wall_ms(evidence, evidence->usual.from_ms), "to",
                   (json_int_t)evidence_wall_ms(evidence, evidence->usual.to_ms), "why",
                   whys[evidence->why], "least", evidence->least, "changed",
                   changed ? json_pack("{s:{s:s, s:s}, s:I, s:s, s:b}", "by", "id", changed->by,
                                       "name", changed->by_name, "at", (json_int_t)changed->at,
                                       "reason", changed->reason, "moved", changed->moved)
                           : json_null());
}

/* What a drawing of the meeting spans; its times are those of the window and the curve, also where
 * the clock jumped in between. */
static json_t *line_json(const Evidence *evidence) {
  if (!evidence->opened)
    return json_null();
  return json_pack("{s:I, s:I}", "from", (json_int_t)evidence_wall_ms(evidence, 0), "to",
                   (json_int_t)evidence_wall_ms(evidence, evidence->end_ms));
}

/* [[at, people], …]: the last step holds until the meeting's end. */
static json_t *curve_json(const Evidence *evidence) {
  json_t *curve = json_array();
  for (unsigned i = 0; i < evidence->curve_count; i++)
    json_array_append_new(
        curve, json_pack("[I, i]", (json_int_t)evidence_wall_ms(evidence, evidence->curve[i].at_ms),
                         evidence->curve[i].people));
  return curve;
}

static json_t *rules_json(const AttendanceRule *rule) {
  return json_pack("{s:i, s:i, s:i, s:i, s:i}", "version", rule->version, "late_after_min",
                   rule->late_after_min, "left_early_min", rule->left_early_min, "present_percent",
                   rule->present_percent, "window_quiet_min", rule->window_quiet_min);
}

json_t *attendance_rows(sqlite3 *db, const char *meeting, Moment now, GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  g_autoptr(Statement) person = db_prepare(db, people, error);
  g_autoptr(GHashTable) decisions = evidence && person ? decisions_load(db, meeting, error) : NULL;
  if (!decisions)
    return NULL;
  statement_text(person, ":meeting", meeting);
  json_t *items = json_array();
  int result;
  while ((result = statement_step(person, error)) == SQLITE_ROW)
    json_array_append_new(
        items, row_json(person, evidence, g_hash_table_lookup(decisions, column_text(person, 0))));
  if (result != SQLITE_DONE) {
    json_decref(items);
    return NULL;
  }
  return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "meeting", meeting, "rules",
                   rules_json(&evidence->rule), "line", line_json(evidence), "window",
                   window_json(evidence), "curve", curve_json(evidence), "items", items);
}

json_t *attendance_preview(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                           Moment now, GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  g_autoptr(Statement) person = db_prepare(db, people, error);
  Window window;
  if (!evidence || !person || !window_read(evidence, from_at, to_at, &window, error))
    return NULL;
  statement_text(person, ":meeting", meeting);
  int present = 0, observer = 0, absent = 0, late = 0, left_early = 0, result;
  while ((result = statement_step(person, error)) == SQLITE_ROW) {
    AttendanceFacts facts = evidence_facts(evidence, column_text(person, 0), window,
                                           draft_observes(column_text(person, 3)));
    AttendanceDraft draft = draft_of(&facts, window, &evidence->rule);
    present += strcmp(draft.state, "present") == 0;
    observer += strcmp(draft.state, "observer") == 0;
    absent += strcmp(draft.state, "absent") == 0;
    late += draft.late;
    left_early += draft.left_early;
  }
  if (result != SQLITE_DONE)
    return NULL;
  return json_pack("{s:I, s:I, s:{s:i, s:i, s:i, s:i, s:i}}", "from", (json_int_t)from_at, "to",
                   (json_int_t)to_at, "counts", "present", present, "observer", observer, "absent",
                   absent, "late", late, "left_early", left_early);
}
