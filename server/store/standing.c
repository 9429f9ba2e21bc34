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

typedef struct {
  Standing now;
  bool protected; /* hosts and staff, whatever session they came by: nobody shuts them out */
  bool guest;
} Who;

static bool read_who(sqlite3 *db, const char *meeting, const char *person, Who *who,
                     GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select exists (select 1 from meeting where id = :meeting and host = p.id)"
                 " or exists (select 1 from invitation where meeting = :meeting and person = p.id"
                 " and capacity = 'host' and revoked_at is null)"
                 " or exists (select 1 from person_role where person = p.id and role = 'staff'),"
                 " p.kind = 'guest' from person p where p.id = :person",
                 error);
  if (!row || !standing_read(db, meeting, person, &who->now, error))
    return false;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  if (!statement_one(row, "no such person", error))
    return false;
  who->protected = column_int(row, 0);
  who->guest = column_int(row, 1);
  return true;
}

static bool forbid(GError **error, const char *why) {
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_FORBIDDEN, why);
  return false;
}

static bool set(sqlite3 *db, const char *meeting, const char *person, Standing standing,
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

/* What the step makes of somebody; false: it is not for this one. */
static bool leads_to(StandingStep step, const Who *who, Standing *to, GError **error) {
  switch (step) {
  case STANDING_BAR:
    *to = STANDING_BARRED;
    return !who->protected || forbid(error, "hosts and staff cannot be removed for good");
  case STANDING_READMIT:
    *to = who->now == STANDING_BARRED ? STANDING_NONE : who->now;
    return true;
  case STANDING_APPOINT:
    *to = STANDING_DEPUTY;
    if (who->guest)
      return forbid(error, "guests host no meeting");
    return who->now != STANDING_BARRED || forbid(error, "was removed for good");
  case STANDING_DISMISS:
    *to = who->now == STANDING_DEPUTY ? STANDING_NONE : who->now;
    return true;
  }
  g_assert_not_reached();
}

bool standing_step(sqlite3 *db, const char *meeting, const char *person, StandingStep step,
                   const Actor *by, int64_t now_ms, bool *changed, GError **error) {
  Who who;
  Standing to;
  if (!read_who(db, meeting, person, &who, error) || !leads_to(step, &who, &to, error))
    return false;
  if (changed)
    *changed = to != who.now;
  return to == who.now || set(db, meeting, person, to, by, now_ms, error);
}

typedef struct {
  char *meeting, *person, *by, *address;
  StandingStep step;
  int64_t now_ms;
  bool changed;
  StandingStepped done;
  void *user;
} Stepping;

static bool step_work(sqlite3 *db, void *data, GError **error) {
  Stepping *stepping = data;
  Actor by = {stepping->by, stepping->address};
  return standing_step(db, stepping->meeting, stepping->person, stepping->step, &by,
                       stepping->now_ms, &stepping->changed, error);
}

static void step_done(void *data, const GError *error) {
  Stepping *stepping = data;
  if (stepping->done)
    stepping->done(stepping->user, !error && stepping->changed, error);
  g_free(stepping->meeting);
  g_free(stepping->person);
  g_free(stepping->by);
  g_free(stepping->address);
  g_free(stepping);
}

void standing_queue(Store *store, const char *meeting, const char *person, StandingStep step,
                    const Actor *by, int64_t now_ms, StandingStepped done, void *user) {
  Stepping *stepping = g_new0(Stepping, 1);
  stepping->meeting = g_strdup(meeting);
  stepping->person = g_strdup(person);
  stepping->by = g_strdup(by->person);
  stepping->address = g_strdup(by->address);
  stepping->step = step;
  stepping->now_ms = now_ms;
  stepping->done = done;
  stepping->user = user;
  store_write(store, step_work, step_done, stepping);
}
