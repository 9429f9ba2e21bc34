/* Invitations and the personal links that belong to them (meetings.h). A link's secret is shown
 * once, when it is made; the row keeps its digest. */
#include "store/invitations.h"

#include <string.h>

#include "base/id.h"
#include "store/check.h"
#include "store/link-expiry.h"
#include "store/page.h"
#include "store/people.h"
#include "store/standing.h"
#include "store/statement.h"

#define CAPACITIES "attend observe invited host"

bool person_is_invitable(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select 1 from person p where p.id = :id and " PERSON_IS_INVITABLE, error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  int result = statement_step(row, error);
  if (result == SQLITE_DONE)
    return check_fail(error, "there is no such person, the account is closed, or it is an"
                             " administrator's");
  return result == SQLITE_ROW;
}

static bool make_guest(sqlite3 *db, const InvitationNew *invitation, int64_t now_ms, char *id,
                       GError **error) {
  PersonNew guest = {
      .name = invitation->guest_name, .kind = "guest", .organisation = invitation->organisation};
  return person_create(db, &guest, NULL, now_ms, id, error);
}

static bool check_expiry(sqlite3 *db, const char *meeting, int64_t expires_at, int64_t now_ms,
                         GError **error) {
  if (expires_at == 0)
    return true;
  if (!check_time("expires_at", expires_at, error))
    return false;
  if (expires_at <= now_ms)
    return check_fail(error, "expires_at lies in the past");
  g_autoptr(Statement) row =
      db_prepare(db, "select planned_end from meeting where id = :id", error);
  if (!row)
    return false;
  statement_text(row, ":id", meeting);
  if (!statement_one(row, "no such meeting", error))
    return false;
  return expires_at <= link_expiry_latest(column_int(row, 0), now_ms) ||
         check_fail(error, "expires_at lies more than 30 days after the meeting");
}

bool invitation_insert(sqlite3 *db, const char *meeting, const InvitationNew *invitation,
                       int64_t now_ms, char *id, GError **error) {
  char guest[ID_CHARS + 1];
  const char *person = invitation->person;
  if (!check_word("capacity", invitation->capacity, CAPACITIES, error) ||
      !check_expiry(db, meeting, invitation->expires_at, now_ms, error))
    return false;
  if (!person == !invitation->guest_name)
    return check_fail(error, "an invitation wants either person or guest_name");
  if (!person) {
    if (!make_guest(db, invitation, now_ms, guest, error))
      return false;
    person = guest;
  } else if (!person_is_invitable(db, person, error)) {
    return false;
  }
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into invitation (id, meeting, person, capacity, link_until, created_at)"
                 " values (:id, :meeting, :person, :capacity, nullif(:until, 0), :now)"
                 " on conflict (meeting, person) do update"
                 " set capacity = excluded.capacity, revoked_at = null, link_digest = null,"
                 " link_expires_at = null, link_used_at = null, link_until = excluded.link_until"
                 " where revoked_at is not null returning id",
                 error);
  if (!insert)
    return false;
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":meeting", meeting);
  statement_text(insert, ":person", person);
  statement_text(insert, ":capacity", invitation->capacity);
  statement_int(insert, ":until", invitation->expires_at);
  statement_int(insert, ":now", now_ms);
  int result = statement_step(insert, error);
  if (result == SQLITE_DONE) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "this person is invited already");
    return false;
  }
  if (result == SQLITE_ROW) {
    g_strlcpy(id, column_text(insert, 0), ID_CHARS + 1);
    return statement_step(insert, error) == SQLITE_DONE;
  }
  return false;
}

#define INVITATION_COLUMNS                                                                         \
  "select i.id, p.id, s.name, p.kind, p.organisation, i.capacity, i.link_expires_at,"              \
  " i.link_used_at, p.sector, s.code, p.login is not null from invitation i join person p on "     \
  "p.id = i.person"                                                                                \
  " join person_shown s on s.id = p.id "

static json_t *invitation_row(Statement *row, const char *link) {
  json_t *invitation = json_pack(
      "{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:b}, s:s, s:o, s:o}", "id", column_text(row, 0),
      "person", "id", column_text(row, 1), "name", column_text(row, 2), "kind", column_text(row, 3),
      "sector", column_text(row, 8), "organisation", column_text(row, 4), "code",
      column_text(row, 9), "account", (int)column_int(row, 10), "capacity", column_text(row, 5),
      "link_expires_at", json_time(!column_null(row, 6), column_int(row, 6)), "link_used_at",
      json_time(!column_null(row, 7), column_int(row, 7)));
  if (link)
    json_object_set_new(invitation, "link", json_string(link));
  return invitation;
}

static json_t *invitation_json(sqlite3 *db, const char *meeting, const char *id, const char *link,
                               GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db, INVITATION_COLUMNS "where i.id = :id and i.meeting = :meeting and i.revoked_at is null",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  statement_text(row, ":meeting", meeting);
  return statement_one(row, "no such invitation", error) ? invitation_row(row, link) : NULL;
}

json_t *invitations_list(sqlite3 *db, const char *meeting, const char *after, int limit,
                         GError **error) {
  limit = page_limit(limit);
  g_autoptr(Statement) rows =
      db_prepare(db,
                 INVITATION_COLUMNS
                 "where i.meeting = :meeting and i.revoked_at is null and (p.name, i.id) >"
                 " (coalesce((select c.name from invitation a join person c on c.id = a.person"
                 "  where a.id = :after), ''), :after) order by p.name, i.id limit :limit",
                 error);
  g_autoptr(Statement) count = db_prepare(
      db, "select count(*) from invitation where meeting = :meeting and revoked_at is null", error);
  if (!rows || !count)
    return NULL;
  statement_text(count, ":meeting", meeting);
  if (!statement_one(count, "", error))
    return NULL;
  statement_text(rows, ":meeting", meeting);
  statement_text(rows, ":after", after ? after : "");
  statement_int(rows, ":limit", limit + 1);
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    json_array_append_new(items, invitation_row(rows, NULL));
  if (result == SQLITE_ERROR) {
    json_decref(items);
    return NULL;
  }
  return page_finish(items, limit, "id", column_int(count, 0));
}

/* A fresh secret for the row; link gets the whole address, free with g_free. */
static bool set_link(sqlite3 *db, const char *meeting, const char *id, int64_t expires_at,
                     const char *link_base, int64_t now_ms, char **link, GError **error) {
  g_autoptr(Statement) planned =
      db_prepare(db, "select planned_end from meeting where id = :id", error);
  g_autoptr(Statement) update = db_prepare(
      db,
      "update invitation set link_digest = :digest, link_used_at = null, link_expires_at ="
      " iif(:expires > 0, :expires, iif(link_until > :now, link_until, :default))"
      " where id = :id and meeting = :meeting and revoked_at is null",
      error);
  if (!update || !planned)
    return false;
  statement_text(planned, ":id", meeting);
  if (!statement_one(planned, "no such meeting", error))
    return false;
  g_autofree char *secret = secret_new();
  char digest[65];
  secret_digest(secret, digest);
  statement_text(update, ":id", id);
  statement_text(update, ":meeting", meeting);
  statement_text(update, ":digest", digest);
  statement_int(update, ":expires", expires_at);
  statement_int(update, ":now", now_ms);
  statement_int(update, ":default", link_expiry_default(column_int(planned, 0), now_ms));
  if (!statement_run(update, error))
    return false;
  *link = g_strconcat(link_base, secret, NULL);
  return true;
}

/* Whom an invitation that is valid is for. */
typedef struct {
  char person[ID_CHARS + 1];
  bool is_host; /* the meeting's own */
} Invited;

static bool invited(sqlite3 *db, const char *meeting, const char *id, Invited *out,
                    GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select i.person, m.host = i.person"
                 " from invitation i join meeting m on m.id = i.meeting"
                 " where i.id = :id and i.meeting = :meeting and i.revoked_at is null",
                 error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  statement_text(row, ":meeting", meeting);
  if (!statement_one(row, "no such invitation", error))
    return false;
  g_strlcpy(out->person, column_text(row, 0), sizeof out->person);
  out->is_host = column_int(row, 1);
  return true;
}

/* Who is to run the meeting comes in, whoever shut him out before. */
static bool let_in(sqlite3 *db, const char *meeting, const char *invitation, const char *capacity,
                   const Actor *by, int64_t now_ms, GError **error) {
  Invited who;
  return strcmp(capacity, "host") != 0 ||
         (invited(db, meeting, invitation, &who, error) &&
          standing_step(db, meeting, who.person, STANDING_READMIT, by, now_ms, NULL, error));
}

json_t *invitation_create(sqlite3 *db, const char *meeting, const InvitationNew *invitation,
                          const char *link_base, const Actor *by, int64_t now_ms, GError **error) {
  char id[ID_CHARS + 1];
  g_autofree char *link = NULL;
  if (!meeting_is_ahead(db, meeting, error) ||
      !invitation_insert(db, meeting, invitation, now_ms, id, error) ||
      (link_base &&
       !set_link(db, meeting, id, invitation->expires_at, link_base, now_ms, &link, error)) ||
      !audit_note(db, "invitation.create", by, meeting,
                  json_pack("{s:s, s:s}", "invitation", id, "capacity", invitation->capacity),
                  now_ms, error) ||
      !let_in(db, meeting, id, invitation->capacity, by, now_ms, error))
    return NULL;
  return invitation_json(db, meeting, id, link, error);
}

static bool refuse_for_host(GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
              "this is the meeting's host: appoint another one first");
  return false;
}

json_t *invitation_set_capacity(sqlite3 *db, const char *meeting, const char *invitation,
                                const char *capacity, const Actor *by, int64_t now_ms,
                                GError **error) {
  Invited who;
  g_autoptr(Statement) update =
      db_prepare(db, "update invitation set capacity = :capacity where id = :id", error);
  if (!update || !meeting_is_ahead(db, meeting, error) ||
      !check_word("capacity", capacity, CAPACITIES, error) ||
      !invited(db, meeting, invitation, &who, error))
    return NULL;
  if (who.is_host && strcmp(capacity, "host") != 0) {
    refuse_for_host(error);
    return NULL;
  }
  statement_text(update, ":id", invitation);
  statement_text(update, ":capacity", capacity);
  if (!statement_run(update, error) ||
      !audit_note(db, "invitation.capacity", by, meeting,
                  json_pack("{s:s, s:s}", "invitation", invitation, "capacity", capacity), now_ms,
                  error) ||
      !let_in(db, meeting, invitation, capacity, by, now_ms, error))
    return NULL;
  return invitation_json(db, meeting, invitation, NULL, error);
}

/* What the person got by the link dies with it. */
static bool end_link_sessions(sqlite3 *db, const char *meeting, const char *person,
                              GError **error) {
  g_autoptr(Statement) sessions = db_prepare(
      db, "delete from session where person = :person and scope_meeting = :meeting", error);
  if (!sessions)
    return false;
  statement_text(sessions, ":person", person);
  statement_text(sessions, ":meeting", meeting);
  return statement_run(sessions, error);
}

json_t *invitation_renew_link(sqlite3 *db, const char *meeting, const char *invitation,
                              int64_t expires_at, const char *link_base, const Actor *by,
                              int64_t now_ms, GError **error) {
  Invited who;
  g_autofree char *link = NULL;
  if (!invited(db, meeting, invitation, &who, error) ||
      !check_expiry(db, meeting, expires_at, now_ms, error) ||
      !set_link(db, meeting, invitation, expires_at, link_base, now_ms, &link, error) ||
      !end_link_sessions(db, meeting, who.person, error) ||
      !audit_note(db, "invitation.link", by, meeting, json_pack("{s:s}", "invitation", invitation),
                  now_ms, error))
    return NULL;
  return invitation_json(db, meeting, invitation, link, error);
}

bool invitation_revoke(sqlite3 *db, const char *meeting, const char *invitation, char *person,
                       const Actor *by, int64_t now_ms, GError **error) {
  Invited who;
  if (!invited(db, meeting, invitation, &who, error))
    return false;
  if (who.is_host)
    return refuse_for_host(error);
  g_strlcpy(person, who.person, sizeof who.person);
  g_autoptr(Statement) update = db_prepare(
      db,
      "update invitation set revoked_at = :now, link_digest = null, link_expires_at = null"
      " where id = :id",
      error);
  g_autoptr(Statement) tokens =
      db_prepare(db,
                 "update join_token set revoked_at = :now"
                 " where person = :person and meeting = :meeting and used_at is null",
                 error);
  if (!update || !tokens)
    return false;
  statement_text(update, ":id", invitation);
  statement_int(update, ":now", now_ms);
  statement_text(tokens, ":person", person);
  statement_text(tokens, ":meeting", meeting);
  statement_int(tokens, ":now", now_ms);
  return statement_run(update, error) && statement_run(tokens, error) &&
         end_link_sessions(db, meeting, person, error) &&
         audit_note(db, "invitation.revoke", by, meeting,
                    json_pack("{s:s}", "invitation", invitation), now_ms, error);
}

/* One link, and what somebody came by it: that session ends when the link does. */
static bool move_link(sqlite3 *db, const char *meeting, Statement *row, int64_t old_end_ms,
                      int64_t new_end_ms, int64_t now_ms, GError **error) {
  g_autoptr(Statement) link =
      db_prepare(db,
                 "update invitation set link_expires_at = iif(link_digest is null, null, :expires),"
                 " link_until = iif(link_until is null, null, :until) where id = :id",
                 error);
  g_autoptr(Statement) sessions = db_prepare(db,
                                             "update session set expires_at = :expires"
                                             " where person = :person and scope_meeting = :meeting",
                                             error);
  if (!link || !sessions)
    return false;
  int64_t expires_ms = link_expiry_moved(column_int(row, 2), old_end_ms, new_end_ms, now_ms);
  statement_text(link, ":id", column_text(row, 0));
  statement_int(link, ":expires", expires_ms);
  statement_int(link, ":until",
                link_expiry_moved(column_int(row, 3), old_end_ms, new_end_ms, now_ms));
  statement_text(sessions, ":person", column_text(row, 1));
  statement_text(sessions, ":meeting", meeting);
  statement_int(sessions, ":expires", expires_ms);
  return statement_run(link, error) && (column_null(row, 2) || statement_run(sessions, error));
}

bool invitations_move_links(sqlite3 *db, const char *meeting, int64_t old_end_ms,
                            int64_t new_end_ms, int64_t now_ms, GError **error) {
  if (new_end_ms == old_end_ms)
    return true;
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select id, person, link_expires_at, link_until from invitation"
                 " where meeting = :meeting and revoked_at is null"
                 " and (link_digest is not null or link_until is not null)",
                 error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    if (!move_link(db, meeting, rows, old_end_ms, new_end_ms, now_ms, error))
      return false;
  return result == SQLITE_DONE;
}

/* Guests of one name in different meetings are not told apart by the view: they never meet, but one
 * browser may hold the session of the one and the link of the other. */
bool link_owner(sqlite3 *db, const char *secret, const char *other, char *person, char **name,
                GError **error) {
  char digest[65];
  secret_digest(secret, digest);
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select p.id, p.name, p.code from invitation i"
                 " join person_shown p on p.id = i.person where i.link_digest = :digest",
                 error);
  if (!row)
    return false;
  statement_text(row, ":digest", digest);
  if (!statement_one(row, "no such link", error))
    return false;
  g_strlcpy(person, column_text(row, 0), ID_CHARS + 1);
  const char *shown = column_text(row, 1);
  *name = strcmp(shown, other) != 0 ? g_strdup(shown)
                                    : g_strdup_printf("%s（%s）", shown, column_text(row, 2));
  return true;
}
