#include "store/rules.h"

#include "store/audit.h"
#include "store/statement.h"

/* domain.md section 3: two people, and a fifth of the peak. */
#define WINDOW_PEOPLE 2
#define WINDOW_SHARE_PERCENT 20

#define COLUMNS                                                                                    \
  "select version, late_after_min, left_early_min, present_percent, window_people,"                \
  " window_share_percent, window_quiet_min from attendance_rule"

static void read_row(Statement *row, AttendanceRule *rule) {
  *rule = (AttendanceRule){
      .version = (int)column_int(row, 0),
      .late_after_min = (int)column_int(row, 1),
      .left_early_min = (int)column_int(row, 2),
      .present_percent = (int)column_int(row, 3),
      .window_people = (int)column_int(row, 4),
      .window_share_percent = (int)column_int(row, 5),
      .window_quiet_min = (int)column_int(row, 6),
  };
}

static bool same(const AttendanceRule *a, const AttendanceRule *b) {
  return a->late_after_min == b->late_after_min && a->left_early_min == b->left_early_min &&
         a->present_percent == b->present_percent && a->window_people == b->window_people &&
         a->window_share_percent == b->window_share_percent &&
         a->window_quiet_min == b->window_quiet_min;
}

static json_t *rule_json(const AttendanceRule *rule) {
  return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "version", rule->version,
                   "late_after_min", rule->late_after_min, "left_early_min", rule->left_early_min,
                   "present_percent", rule->present_percent, "window_people", rule->window_people,
                   "window_share_percent", rule->window_share_percent, "window_quiet_min",
                   rule->window_quiet_min);
}

static bool insert_rule(sqlite3 *db, const AttendanceRule *rule, int64_t from_ms, GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into attendance_rule (version, from_at, late_after_min, left_early_min,"
      " present_percent, window_people, window_share_percent, window_quiet_min) values (:version,"
      " :from, :late, :early, :percent, :people, :share, :quiet)",
      error);
  if (!insert)
    return false;
  statement_int(insert, ":version", rule->version);
  statement_int(insert, ":from", from_ms);
  statement_int(insert, ":late", rule->late_after_min);
  statement_int(insert, ":early", rule->left_early_min);
  statement_int(insert, ":percent", rule->present_percent);
  statement_int(insert, ":people", rule->window_people);
  statement_int(insert, ":share", rule->window_share_percent);
  statement_int(insert, ":quiet", rule->window_quiet_min);
  return statement_run(insert, error);
}

bool rules_keep(sqlite3 *db, const Config *config, int64_t now_ms, GError **error) {
  AttendanceRule old = {.version = 0};
  g_autoptr(Statement) newest = db_prepare(db, COLUMNS " order by version desc limit 1", error);
  if (!newest)
    return false;
  int result = statement_step(newest, error);
  if (result == SQLITE_ERROR)
    return false;
  bool first = result == SQLITE_DONE;
  if (!first)
    read_row(newest, &old);
  AttendanceRule today = {old.version + 1,         config->late_after_min, config->left_early_min,
                          config->present_percent, WINDOW_PEOPLE,          WINDOW_SHARE_PERCENT,
                          config->window_quiet_min};
  if (!first && same(&old, &today))
    return true;
  if (first) /* what held before is not known any better; nothing was changed */
    return insert_rule(db, &today, 0, error);
  return insert_rule(db, &today, now_ms, error) &&
         audit_note(db, "attendance.rules", NULL, NULL,
                    json_pack("{s:o, s:o}", "old", rule_json(&old), "new", rule_json(&today)),
                    now_ms, error);
}

bool rules_at(sqlite3 *db, int64_t at_ms, AttendanceRule *rule, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, COLUMNS " where from_at <= :at order by version desc limit 1", error);
  if (!row)
    return false;
  statement_int(row, ":at", at_ms);
  if (!statement_one(row, "no rule of attendance is in force", error))
    return false;
  read_row(row, rule);
  return true;
}
