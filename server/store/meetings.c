/* Meetings: creating, changing, the states, and what one may do with them. Lists and JSON are in
 * meeting-list.c, invitations in invitations.c. */
#include "store/meetings.h"

#include <string.h>

#include "base/id.h"
#include "store/check.h"
#include "store/events.h"
#include "store/invitations.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/standing.h"
#include "store/statement.h"

#define LONGEST_MS (31 * 24 * 3600 * INT64_C(1000)) /* a plan longer than a month is a mistake */

bool meeting_rights(sqlite3 *db, const char *meeting, const Session *session, MeetingRights *rights,
                    GError **error) {
  *rights = (MeetingRights){.see = false};
  g_autoptr(Statement) row = db_prepare(
      db,
      "select m.host = :me, i.capacity from meeting m left join invitation i"
      " on i.meeting = m.id and i.person = :me and i.revoked_at is null where m.id = :id",
      error);
  if (!row)
    return false;
  statement_text(row, ":id", meeting);
  statement_text(row, ":me", session->person);
  if (!statement_one(row, "no such meeting", error))
    return false;
  if (session->scope_meeting && strcmp(session->scope_meeting, meeting) != 0)
    return true;
  const char *capacity = column_text(row, 1);
  if (capacity)
    g_strlcpy(rights->capacity, capacity, sizeof rights->capacity);
  rights->manage = session->roles & ROLE_STAFF;
  rights->host = column_int(row, 0) || g_strcmp0(capacity, "host") == 0;
  rights->see = rights->host || rights->manage || capacity;
  return true;
}

void meeting_info_free(MeetingInfo *info) {
  if (!info)
    return;
  g_free(info->id);
  g_free(info->title);
  g_free(info->topic);
  g_free(info->type);
  g_free(info->state);
  g_free(info->host);
  g_free(info->host_name);
  g_free(info->opened_boot);
  g_free(info);
}

MeetingInfo *meeting_info(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select m.id, m.title, m.topic, m.type, m.state, m.host, h.name, m.opened_boot,"
      " m.planned_start, m.planned_end, m.opened_at, m.ended_at, m.opened_mono_us, m.auto_record,"
      " (select count(*) from invitation i where i.meeting = m.id and i.revoked_at is null)"
      " from meeting m join person_shown h on h.id = m.host where m.id = :id",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  if (!statement_one(row, "no such meeting", error))
    return NULL;
  MeetingInfo *info = g_new0(MeetingInfo, 1);
  info->id = g_strdup(column_text(row, 0));
  info->title = g_strdup(column_text(row, 1));
  info->topic = g_strdup(column_text(row, 2));
  info->type = g_strdup(column_text(row, 3));
  info->state = g_strdup(column_text(row, 4));
  info->host = g_strdup(column_text(row, 5));
  info->host_name = g_strdup(column_text(row, 6));
  info->opened_boot = g_strdup(column_text(row, 7));
  info->planned_start = column_int(row, 8);
  info->planned_end = column_int(row, 9);
  info->opened_at = column_int(row, 10); /* null reads as 0 */
  info->ended_at = column_int(row, 11);
  info->opened_mono_us = column_int(row, 12);
  info->auto_record = column_int(row, 13);
  info->expected = (int)column_int(row, 14);
  return info;
}

static bool check_plan(int64_t start, int64_t end, GError **error) {
  if (!check_time("planned_start", start, error) || !check_time("planned_end", end, error))
    return false;
  if (end <= start || end - start > LONGEST_MS)
    return check_fail(error, "planned_end must come after planned_start, within a month");
  return true;
}

static bool invite_all(sqlite3 *db, const char *id, const MeetingNew *meeting, int64_t now_ms,
                       GError **error) {
  char invitation[ID_CHARS + 1];
  InvitationNew host = {.person = meeting->host, .capacity = "host"};
  if (!invitation_insert(db, id, &host, now_ms, invitation, error))
    return false;
  for (unsigned i = 0; i < meeting->invitation_count; i++) {
    const InvitationNew *each = &meeting->invitations[i];
    if (g_strcmp0(each->person, meeting->host) != 0 &&
        !invitation_insert(db, id, each, now_ms, invitation, error))
      return false;
  }
  return true;
}

bool meeting_create(sqlite3 *db, const MeetingNew *meeting, const Actor *by, int64_t now_ms,
                    char *id, GError **error) {
  const char *topic = meeting->topic ? meeting->topic : "";
  if (!check_text("title", meeting->title, 1, 200, false, error) ||
      !check_text("topic", topic, 0, 2000, true, error) ||
      !check_plan(meeting->planned_start, meeting->planned_end, error) ||
      !check_text("host", meeting->host, 1, 64, false, error))
    return false;
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into meeting (id, title, topic, planned_start, planned_end, host, auto_record,"
      " created_by, created_at) values (:id, :title, :topic, :start, :end, :host, :auto_record,"
      " :by, :now)",
      error);
  if (!insert)
    return false;
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":title", meeting->title);
  statement_text(insert, ":topic", topic);
  statement_int(insert, ":start", meeting->planned_start);
  statement_int(insert, ":end", meeting->planned_end);
  statement_text(insert, ":host", meeting->host);
  statement_int(insert, ":auto_record", meeting->auto_record);
  statement_text(insert, ":by", by ? by->person : NULL);
  statement_int(insert, ":now", now_ms);
  if (!person_is_invitable(db, meeting->host, error) || !statement_run(insert, error))
    return false;
  return invite_all(db, id, meeting, now_ms, error) &&
         audit_note(db, "meeting.create", by, id, NULL, now_ms, error);
}

static bool check_patch(const json_t *patch, GError **error) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)patch, key, value) {
    const char *text = json_string_value(value);
    bool fine = false;
    if (strcmp(key, "title") == 0)
      fine = check_text(key, text, 1, 200, false, error);
    else if (strcmp(key, "topic") == 0)
      fine = check_text(key, text, 0, 2000, true, error);
    else if (strcmp(key, "host") == 0)
      fine = check_text(key, text, 1, 64, false, error);
    else if (strcmp(key, "planned_start") == 0 || strcmp(key, "planned_end") == 0)
      fine = json_is_integer(value) || check_fail(error, "%s wants a time", key);
    else if (strcmp(key, "auto_record") == 0)
      fine = json_is_boolean(value) || check_fail(error, "auto_record wants true or false");
    else
      fine = check_fail(error, "a meeting has no %s that can be changed", key);
    if (!fine)
      return false;
  }
  return true;
}

bool meeting_is_ahead(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select state from meeting where id = :id", error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  if (!statement_one(row, "no such meeting", error))
    return false;
  const char *state = column_text(row, 0);
  if (strcmp(state, "scheduled") == 0 || strcmp(state, "live") == 0)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the meeting is %s", state);
  return false;
}

/* The new host is invited as such, and let in; the one before stays invited, to attend. */
static bool change_host(sqlite3 *db, const char *id, const char *old, const char *host,
                        const Actor *by, int64_t now_ms, GError **error) {
  if (strcmp(old, host) == 0)
    return true;
  g_autoptr(Statement) demote = db_prepare(
      db, "update invitation set capacity = 'attend' where meeting = :meeting and person = :person",
      error);
  g_autoptr(Statement) promote =
      db_prepare(db,
                 "insert into invitation (id, meeting, person, capacity, created_at)"
                 " values (:id, :meeting, :person, 'host', :now) on conflict (meeting, person)"
                 " do update set capacity = 'host', revoked_at = null",
                 error);
  if (!demote || !promote || !person_is_invitable(db, host, error))
    return false;
  char invitation[ID_CHARS + 1];
  id_random(invitation, ID_CHARS);
  statement_text(demote, ":meeting", id);
  statement_text(demote, ":person", old);
  statement_text(promote, ":id", invitation);
  statement_text(promote, ":meeting", id);
  statement_text(promote, ":person", host);
  statement_int(promote, ":now", now_ms);
  return statement_run(demote, error) && statement_run(promote, error) &&
         standing_step(db, id, host, STANDING_READMIT, by, now_ms, NULL, error);
}

bool meeting_patch(sqlite3 *db, const char *id, const json_t *patch, const Actor *by,
                   int64_t now_ms, GError **error) {
  if (!json_is_object(patch))
    return check_fail(error, "a patch is an object");
  g_autoptr(MeetingInfo) old = meeting_info(db, id, error);
  if (!old || !meeting_is_ahead(db, id, error) || !check_patch(patch, error))
    return false;
  const json_t *start = json_object_get(patch, "planned_start");
  const json_t *end = json_object_get(patch, "planned_end");
  const json_t *record = json_object_get(patch, "auto_record");
  const char *host = json_string_value(json_object_get(patch, "host"));
  int64_t start_ms = start ? json_integer_value(start) : old->planned_start;
  int64_t end_ms = end ? json_integer_value(end) : old->planned_end;
  if (!check_plan(start_ms, end_ms, error) ||
      (host && !change_host(db, id, old->host, host, by, now_ms, error)))
    return false;
  g_autoptr(Statement) update = db_prepare(
      db,
      "update meeting set title = coalesce(:title, title), topic = coalesce(:topic, topic),"
      " planned_start = :start, planned_end = :end, host = coalesce(:host, host),"
      " auto_record = :auto_record where id = :id",
      error);
  if (!update)
    return false;
  statement_text(update, ":id", id);
  statement_text(update, ":title", json_string_value(json_object_get(patch, "title")));
  statement_text(update, ":topic", json_string_value(json_object_get(patch, "topic")));
  statement_int(update, ":start", start_ms);
  statement_int(update, ":end", end_ms);
  statement_text(update, ":host", host);
  statement_int(update, ":auto_record", record ? json_is_true(record) : old->auto_record);
  return statement_run(update, error) &&
         invitations_move_links(db, id, old->planned_end, end_ms, now_ms, error) &&
         audit_note(db, "meeting.patch", by, id, json_deep_copy(patch), now_ms, error);
}

/* What each step allows and writes. */
static const struct {
  const char *kind, *audit, *sql;
} steps[] = {
    [MEETING_OPEN] = {"opened", "meeting.open",
                      "update meeting set state = 'live', opened_at = :at, opened_mono_us = :mono,"
                      " opened_boot = :boot where id = :id and state = 'scheduled'"},
    [MEETING_END] = {"ended", "meeting.end",
                     "update meeting set state = 'ended', ended_at = :at, ended_mono_us = :mono,"
                     " ended_boot = :boot where id = :id and state = 'live'"},
    [MEETING_END_VACANT] =
        {"ended", "meeting.end",
         "update meeting set state = 'ended', ended_at = :at, ended_mono_us = :mono,"
         " ended_boot = :boot, ended_by_itself = 1 where id = :id and state = 'live'"},
    [MEETING_REOPEN] = {"reopened", "meeting.reopen",
                        "update meeting set state = 'live', ended_at = null, ended_mono_us = null,"
                        " ended_boot = null, ended_by_itself = 0, reopened_at = :at where id = :id"
                        " and state = 'ended' and ended_by_itself = 1"
                        " and :at between ended_at and ended_at + " G_STRINGIFY(
                            MEETING_REOPEN_MS) " and :mono is not null and :boot is not null"},
    [MEETING_CANCEL] = {"cancelled", "meeting.cancel",
                        "update meeting set state = 'cancelled' where id = :id"
                        " and state = 'scheduled' and :at is not null and :mono is not null"
                        " and :boot is not null"},
};

static bool take_step(sqlite3 *db, const char *id, MeetingStep step, const Actor *by, Moment now,
                      GError **error) {
  g_autoptr(Statement) update = db_prepare(db, steps[step].sql, error);
  g_autoptr(Statement) known = db_prepare(db, "select state from meeting where id = :id", error);
  if (!update || !known)
    return false;
  statement_text(known, ":id", id);
  if (!statement_one(known, "no such meeting", error))
    return false;
  statement_text(update, ":id", id);
  statement_int(update, ":at", now.wall_ms);
  statement_int(update, ":mono", now.mono_us);
  statement_text(update, ":boot", now.boot);
  if (!statement_run(update, error))
    return false;
  if (db_changes(db) == 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the meeting is %s",
                column_text(known, 0));
    return false;
  }
  bool vacant = step == MEETING_END_VACANT;
  json_t *detail = vacant ? json_pack("{s:s}", "reason", "vacant") : NULL;
  MeetingEvent event = {.meeting = id,
                        .kind = steps[step].kind,
                        .person = by ? by->person : NULL,
                        .data = detail,
                        .at = now};
  bool fine = ((step != MEETING_END && !vacant) || presence_close_meeting(db, id, now, error)) &&
              event_add(db, &event, error);
  if (fine)
    return audit_note(db, steps[step].audit, by, id, detail, now.wall_ms, error);
  json_decref(detail);
  return false;
}

bool meeting_open(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error) {
  return take_step(db, id, MEETING_OPEN, by, now, error);
}

bool meeting_end(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error) {
  return take_step(db, id, MEETING_END, by, now, error);
}

bool meeting_cancel(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error) {
  return take_step(db, id, MEETING_CANCEL, by, now, error);
}

bool meeting_reopen(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error) {
  return take_step(db, id, MEETING_REOPEN, by, now, error);
}

typedef struct {
  char *id, *person, *address;
  MeetingStep step;
  Moment now;
  MeetingStepped done;
  void *user;
} Step;

static bool step_work(sqlite3 *db, void *data, GError **error) {
  const Step *step = data;
  Actor by = {step->person, step->address};
  return take_step(db, step->id, step->step, &by, step->now, error);
}

static void step_done(void *data, const GError *error) {
  Step *step = data;
  if (step->done)
    step->done(step->user, error);
  g_free(step->id);
  g_free(step->person);
  g_free(step->address);
  g_free(step);
}

void meeting_step_queue(Store *store, const char *id, MeetingStep step, const Actor *by, Moment now,
                        MeetingStepped done, void *user) {
  Step *queued = g_new0(Step, 1);
  queued->id = g_strdup(id);
  queued->person = g_strdup(by ? by->person : NULL);
  queued->address = g_strdup(by ? by->address : NULL);
  queued->step = step;
  queued->now = now;
  queued->done = done;
  queued->user = user;
  store_write(store, step_work, step_done, queued);
}
