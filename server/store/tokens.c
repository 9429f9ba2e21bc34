/* Join tokens (sessions.h): they carry a person from HTTPS to the WebSocket once. Everything that
 * may have changed in between is checked again when they are redeemed. */
#include <string.h>

#include "base/limit-table.h"
#include "store/people.h"
#include "store/sessions.h"
#include "store/statement.h"

void join_grant_free(JoinGrant *grant) {
  if (!grant)
    return;
  g_free(grant->meeting);
  g_free(grant->person);
  g_free(grant->name);
  g_free(grant->kind);
  g_free(grant->capacity);
  g_free(grant->link);
  g_free(grant->session);
  g_free(grant);
}

static bool forbid(GError **error, const char *why) {
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_FORBIDDEN, why);
  return false;
}

/* CONFLICT when it has ended or was cancelled. */
static bool meeting_is_ahead(sqlite3 *db, const char *id, GError **error) {
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

/* The oldest unused ones beyond what a person may have, with room for one more, are gone. */
static bool make_room(sqlite3 *db, const char *person, GError **error) {
  g_autoptr(Statement) trim =
      db_prepare(db,
                 "delete from join_token where digest in (select digest from join_token"
                 " where person = :person and used_at is null order by created_at desc, digest"
                 " limit -1 offset :kept)",
                 error);
  if (!trim)
    return false;
  statement_text(trim, ":person", person);
  statement_int(trim, ":kept", limit_most(LIMIT_TOKENS) - 1);
  return statement_run(trim, error);
}

bool join_token_create(sqlite3 *db, const Session *session, const char *meeting, int64_t now_ms,
                       char token[SECRET_CHARS + 1], int64_t *expires_at, GError **error) {
  if (session->scope_meeting && strcmp(session->scope_meeting, meeting) != 0)
    return forbid(error, "not invited to this meeting");
  const JoinClaim claim = {
      .meeting = meeting, .person = session->person, .staff = session->roles & ROLE_STAFF};
  g_autoptr(JoinGrant) now = join_grant_now(db, &claim, error);
  if (!now)
    return false;
  if (!meeting_is_ahead(db, meeting, error) || !make_room(db, session->person, error))
    return false;
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into join_token (digest, meeting, person, manage, link, session, created_at,"
      " expires_at) values (:digest, :meeting, :person, :manage, iif(:by_link, (select"
      " link_digest from invitation where meeting = :meeting and person = :person), null),"
      " :session, :now, :expires)",
      error);
  if (!insert)
    return false;
  char digest[65];
  id_random(token, SECRET_CHARS);
  secret_digest(token, digest);
  *expires_at = now_ms + JOIN_TOKEN_MS;
  statement_text(insert, ":digest", digest);
  statement_text(insert, ":meeting", meeting);
  statement_text(insert, ":person", session->person);
  statement_int(insert, ":manage", claim.staff);
  statement_text(insert, ":session", *session->digest ? session->digest : NULL);
  statement_int(insert, ":by_link", session->scope_meeting != NULL);
  statement_int(insert, ":now", now_ms);
  statement_int(insert, ":expires", *expires_at);
  return statement_run(insert, error);
}

static bool use_up(sqlite3 *db, const char *digest, int64_t now_ms, GError **error) {
  g_autoptr(Statement) use =
      db_prepare(db,
                 "update join_token set used_at = :now where digest = :digest and used_at is null"
                 " and revoked_at is null and expires_at > :now",
                 error);
  if (!use)
    return false;
  statement_text(use, ":digest", digest);
  statement_int(use, ":now", now_ms);
  if (!statement_run(use, error))
    return false;
  return db_changes(db) == 1 || forbid(error, "the join token is unknown, used or expired");
}

JoinGrant *join_grant_now(sqlite3 *db, const JoinClaim *claim, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select s.name, iif(p.kind = 'admin', 'staff', p.kind), i.capacity, m.host = p.id,"
      " exists (select 1 from person_role r where r.person = p.id and r.role = 'staff'), t.standing"
      " from person p join person_shown s on s.id = p.id join meeting m on m.id = :meeting"
      " left join invitation i on i.meeting = m.id and i.person = p.id and i.revoked_at is null"
      " left join meeting_standing t on t.meeting = m.id and t.person = p.id"
      " where p.id = :person and p.active = 1 and (:link is null or i.link_digest = :link)"
      " and (:session is null or exists (select 1 from session s where s.digest = :session))",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":meeting", claim->meeting);
  statement_text(row, ":person", claim->person);
  statement_text(row, ":link", claim->link);
  statement_text(row, ":session", claim->session);
  int result = statement_step(row, error);
  if (result == SQLITE_ERROR)
    return NULL;
  bool found = result == SQLITE_ROW;
  const char *capacity = found ? column_text(row, 2) : NULL;
  bool host = found && column_int(row, 3);
  bool manage = found && claim->staff && column_int(row, 4);
  const char *standing = found ? column_text(row, 5) : NULL;
  if (g_strcmp0(standing, "barred") == 0) {
    forbid(error, "removed from this meeting for good");
    return NULL;
  }
  if (!capacity && !host && !manage) {
    forbid(error, "not invited to this meeting any more");
    return NULL;
  }
  JoinGrant *grant = g_new0(JoinGrant, 1);
  grant->meeting = g_strdup(claim->meeting);
  grant->person = g_strdup(claim->person);
  grant->name = g_strdup(column_text(row, 0));
  grant->kind = g_strdup(column_text(row, 1));
  grant->capacity = g_strdup(host ? "host" : capacity ? capacity : "observe");
  grant->deputy = g_strcmp0(standing, "deputy") == 0;
  grant->host = host || manage || strcmp(grant->capacity, "host") == 0 || grant->deputy;
  grant->staff = claim->staff;
  grant->link = g_strdup(claim->link);
  grant->session = g_strdup(claim->session);
  return grant;
}

JoinGrant *join_token_redeem(sqlite3 *db, const char *token, int64_t now_ms, GError **error) {
  char digest[65];
  secret_digest(token, digest);
  g_autoptr(Statement) row = db_prepare(
      db, "select meeting, person, manage, link, session from join_token where digest = :digest",
      error);
  if (!row || !use_up(db, digest, now_ms, error))
    return NULL;
  statement_text(row, ":digest", digest);
  if (!statement_one(row, "the join token is gone", error))
    return NULL;
  const JoinClaim claim = {.meeting = column_text(row, 0),
                           .person = column_text(row, 1),
                           .staff = column_int(row, 2),
                           .link = column_text(row, 3),
                           .session = column_text(row, 4)};
  g_autoptr(JoinGrant) grant = join_grant_now(db, &claim, error);
  if (!grant || !meeting_is_ahead(db, grant->meeting, error))
    return NULL;
  return g_steal_pointer(&grant);
}
