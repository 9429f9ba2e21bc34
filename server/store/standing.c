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

/* Hosts and staff, whatever session they came by: nobody shuts out who runs the meeting. */
static bool is_protected(sqlite3 *db, const char *meeting, const char *person, bool *protected,
                         GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select exists (select 1 from meeting where id = :meeting and host = :person)"
      " or exists (select 1 from invitation where meeting = :meeting and person = :person"
      " and capacity = 'host' and revoked_at is null)"
      " or exists (select 1 from person_role where person = :person and role = 'staff')",
      error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  if (!statement_one(row, "no row", error))
    return false;
  *protected = column_int(row, 0);
  return true;
}

static bool is_guest(sqlite3 *db, const char *person, bool *guest, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select kind = 'guest' from person where id = :id", error);
  if (!row)
    return false;
  statement_text(row, ":id", person);
  if (!statement_one(row, "no such person", error))
    return false;
  *guest = column_int(row, 0);
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

bool standing_step(sqlite3 *db, const char *meeting, const char *person, StandingStep step,
                   const Actor *by, int64_t now_ms, GError **error) {
  Standing now;
  bool protected = false, guest = false;
  if (!standing_read(db, meeting, person, &now, error) ||
      (step == STANDING_BAR && !is_protected(db, meeting, person, &protected, error)) ||
      (step == STANDING_APPOINT && !is_guest(db, person, &guest, error)))
    return false;
  switch (step) {
  case STANDING_BAR:
    return protected ? forbid(error, "hosts and staff cannot be removed for good")
                     : set(db, meeting, person, STANDING_BARRED, by, now_ms, error);
  case STANDING_READMIT:
    return now != STANDING_BARRED || set(db, meeting, person, STANDING_NONE, by, now_ms, error);
  case STANDING_APPOINT:
    return now == STANDING_BARRED ? forbid(error, "was removed for good")
           : guest                ? forbid(error, "guests host no meeting")
                                  : set(db, meeting, person, STANDING_DEPUTY, by, now_ms, error);
  case STANDING_DISMISS:
    return now != STANDING_DEPUTY || set(db, meeting, person, STANDING_NONE, by, now_ms, error);
  }
  g_assert_not_reached();
}

typedef struct {
  char *meeting, *person, *by, *address;
  StandingStep step;
  int64_t now_ms;
  StandingStepped done;
  void *user;
} Stepping;

static bool step_work(sqlite3 *db, void *data, GError **error) {
  const Stepping *stepping = data;
  Actor by = {stepping->by, stepping->address};
  return standing_step(db, stepping->meeting, stepping->person, stepping->step, &by,
                       stepping->now_ms, error);
}

static void step_done(void *data, const GError *error) {
  Stepping *stepping = data;
  if (stepping->done)
    stepping->done(stepping->user, error);
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
