#include "duty/attendance.h"

#include <string.h>

#include "store/statement.h"

/* Everybody who is listed, and as what they were invited. The capacity is the last one, of a
 * revoked invitation too. */
static const char people[] = "select a.person, i.capacity from attendance_listed a"
                             " left join invitation i"
                             " on i.meeting = a.meeting and i.person = a.person"
                             " where a.meeting = :meeting";

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

static json_t *counts_json(sqlite3 *db, const char *meeting, const Evidence *evidence,
                           Window window, GError **error) {
  g_autoptr(Statement) person = db_prepare(db, people, error);
  if (!person)
    return NULL;
  statement_text(person, ":meeting", meeting);
  int present = 0, observer = 0, absent = 0, late = 0, left_early = 0, result;
  while ((result = statement_step(person, error)) == SQLITE_ROW) {
    AttendanceFacts facts = evidence_facts(evidence, column_text(person, 0), window,
                                           draft_observes(column_text(person, 1)));
    AttendanceDraft draft = draft_of(&facts, window, &evidence->rule);
    present += strcmp(draft.state, "present") == 0;
    observer += strcmp(draft.state, "observer") == 0;
    absent += strcmp(draft.state, "absent") == 0;
    late += draft.late;
    left_early += draft.left_early;
  }
  if (result != SQLITE_DONE)
    return NULL;
  return json_pack("{s:i, s:i, s:i, s:i, s:i}", "present", present, "observer", observer, "absent",
                   absent, "late", late, "left_early", left_early);
}

json_t *attendance_picture(sqlite3 *db, const char *meeting, Moment now, GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  json_t *counts = evidence ? counts_json(db, meeting, evidence, evidence->window, error) : NULL;
  if (!counts)
    return NULL;
  return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "meeting", meeting, "rules",
                   rules_json(&evidence->rule), "line", line_json(evidence), "window",
                   window_json(evidence), "curve", curve_json(evidence), "counts", counts);
}

bool attendance_window(const Evidence *evidence, int64_t from_at, int64_t to_at, Window *window) {
  *window = (Window){from_at - evidence->opened_at, to_at - evidence->opened_at};
  return evidence->opened && window->from_ms >= 0 && window->from_ms < window->to_ms &&
         window->to_ms <= evidence->end_ms;
}

json_t *attendance_preview(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                           Moment now, GError **error) {
  g_autoptr(Evidence) evidence = evidence_load(db, meeting, now, error);
  Window window;
  if (!evidence)
    return NULL;
  if (!attendance_window(evidence, from_at, to_at, &window)) {
    store_invalid(error, "from and to want a stretch between the meeting's opening and its end");
    return NULL;
  }
  json_t *counts = counts_json(db, meeting, evidence, window, error);
  return counts ? json_pack("{s:I, s:I, s:o}", "from", (json_int_t)from_at, "to", (json_int_t)to_at,
                            "counts", counts)
                : NULL;
}
