#include "store/standing.h"

#include <string.h>

#include "store/statement.h"

static const char *const names[] = {
    [STANDING_NONE] = "none", [STANDING_BARRED] = "barred", [STANDING_DEPUTY] = "deputy"};

bool standing_read(sqlite3 *db, const char *meeting, const char *person, Standing *standing,
                   GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db, "select standing from meeting_standing where meeting = :meeting and person = :person",
      error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  *standing = STANDING_NONE;
  for (unsigned i = 0; result == SQLITE_ROW && i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], column_text(row, 0)) == 0)
      *standing = (Standing)i;
  return result != SQLITE_ERROR;
}

bool standing_set(sqlite3 *db, const char *meeting, const char *person, Standing standing,
                  const Actor *by, int64_t now_ms, GError **error) {
  g_autoptr(Statement) set =
      db_prepare(db,
                 "insert into meeting_standing (meeting, person, standing, by, at)"
                 " values (:meeting, :person, :standing, :by, :now)"
                 " on conflict (meeting, person) do update"
                 " set standing = excluded.standing, by = excluded.by, at = excluded.at",
                 error);
  if (!set)
    return false;
  statement_text(set, ":meeting", meeting);
  statement_text(set, ":person", person);
  statement_text(set, ":standing", names[standing]);
  statement_text(set, ":by", by ? by->person : NULL);
  statement_int(set, ":now", now_ms);
  return statement_run(set, error) &&
         audit_note(db, "meeting.standing", by, meeting,
                    json_pack("{s:s, s:s}", "person", person, "standing", names[standing]), now_ms,
                    error);
}

typedef struct {
  char *meeting, *person, *by, *address;
  Standing standing;
  int64_t now_ms;
  StandingSet done;
  void *user;
} Setting;

static bool set_work(sqlite3 *db, void *data, GError **error) {
  const Setting *setting = data;
  Actor by = {setting->by, setting->address};
  return standing_set(db, setting->meeting, setting->person, setting->standing, &by,
                      setting->now_ms, error);
}

static void set_done(void *data, const GError *error) {
  Setting *setting = data;
  if (setting->done)
    setting->done(setting->user, error);
  g_free(setting->meeting);
  g_free(setting->person);
  g_free(setting->by);
  g_free(setting->address);
  g_free(setting);
}

void standing_queue(Store *store, const char *meeting, const char *person, Standing standing,
                    const Actor *by, int64_t now_ms, StandingSet done, void *user) {
  Setting *setting = g_new0(Setting, 1);
  setting->meeting = g_strdup(meeting);
  setting->person = g_strdup(person);
  setting->by = g_strdup(by->person);
  setting->address = g_strdup(by->address);
  setting->standing = standing;
  setting->now_ms = now_ms;
  setting->done = done;
  setting->user = user;
  store_write(store, set_work, set_done, setting);
}
