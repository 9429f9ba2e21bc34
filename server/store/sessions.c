#include "store/sessions.h"

#include <string.h>

#include "base/log.h"
#include "store/meetings.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/second-factor.h"
#include "store/statement.h"

#define SESSION_MS (24 * 3600 * INT64_C(1000)) /* a log-in lasts a day at most */
#define TOUCH_MS 60000                         /* how exactly last_seen_at is kept */
/* A session that is gone was ended, and takes its connections along; one that ran out does not, so
 * its row stays for as long as a meeting could last. */
#define KEPT_MS (7 * SESSION_MS)

void session_free(Session *session) {
  if (!session)
    return;
  g_free(session->person);
  g_free(session->name);
  g_free(session->login);
  g_free(session->kind);
  g_free(session->csrf);
  g_free(session->scope_meeting);
  g_free(session);
}

json_t *session_json(sqlite3 *db, const Session *session, const char *time_zone, GError **error) {
  g_autofree char *shown = person_shown(db, session->person, error);
  if (!shown)
    return NULL;
  SecondFactor factor;
  if (!second_factor_read(db, session->person, &factor, error))
    return NULL;
  return json_pack(
      "{s:{s:s, s:s, s:s, s:s?, s:s, s:o}, s:s, s:s?, s:b, s:{s:b, s:b, s:i}, s:i, s:s}", "person",
      "id", session->person, "name", session->name, "shown", shown, "login", session->login, "kind",
      session->kind, "roles", roles_json(session->roles), "csrf", session->csrf, "scope_meeting",
      session->scope_meeting, "must_change_password", session->must_change_password,
      "second_factor", "on", factor.confirmed, "must", session->second_factor_must, "codes_left",
      (int)factor.codes_left, "idle_min", session->idle_min, "time_zone", time_zone);
}

/* Somebody of these roles works for an office, not for himself alone. */
static bool is_office(unsigned roles) {
  return roles & ROLES_ALL & ~ROLES_PERSONAL;
}

static bool must_have_factor(const Config *config, unsigned roles) {
  return config->second_factor_must && is_office(roles);
}

bool session_must_enrol_for(const Session *session, const Config *config, unsigned roles) {
  return must_have_factor(config, roles) && !session->second_factor;
}

static bool not_found(GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such session");
  return false;
}

/* Being in a meeting is activity, and so is having been in one until a moment ago: of the session
 * that one came by. Another one of the same person, left open somewhere, stays idle. Whoever came
 * by a personal link may wait as long as the meeting is ahead: there is no password to come back
 * with, and the session opens nothing but that meeting. */
static Statement *select_session(sqlite3 *db, GError **error) {
  return db_prepare(
      db,
      "select s.person, p.name, p.login, p.kind, s.csrf, s.scope_meeting, s.last_seen_at,"
      " coalesce(c.must_change, 0), exists (select 1 from presence_segment o"
      "  where o.session = s.digest and o.left_at is null) or exists (select 1 from meeting m"
      "  where m.id = s.scope_meeting and m.state in ('scheduled', 'live')),"
      " coalesce((select max(l.left_at) from presence_segment l where l.session = s.digest), 0),"
      " exists (select 1 from second_factor f where f.person = p.id and f.confirmed_at is not null)"
      " from session s join person p on p.id = s.person left join credential c on c.person = p.id"
      " where s.digest = :digest and s.expires_at > :now and p.active = 1",
      error);
}

static Session *find_by_digest(sqlite3 *db, const Config *config, const char *digest,
                               int64_t now_ms, GError **error) {
  g_autoptr(Statement) row = select_session(db, error);
  if (!row)
    return NULL;
  statement_text(row, ":digest", digest);
  statement_int(row, ":now", now_ms);
  if (!statement_one(row, "no such session", error))
    return NULL;
  g_autoptr(Session) session = g_new0(Session, 1);
  g_strlcpy(session->digest, digest, sizeof session->digest);
  session->person = g_strdup(column_text(row, 0));
  session->name = g_strdup(column_text(row, 1));
  session->login = g_strdup(column_text(row, 2));
  session->kind = g_strdup(column_text(row, 3));
  session->csrf = g_strdup(column_text(row, 4));
  session->scope_meeting = g_strdup(column_text(row, 5));
  session->last_seen_at = column_int(row, 6);
  session->must_change_password = !session->scope_meeting && column_int(row, 7);
  session->roles = session->scope_meeting ? 0 : person_roles(db, session->person);
  session->idle_min =
      is_office(session->roles) ? config->session_idle_staff_min : config->session_idle_member_min;
  session->second_factor = column_int(row, 10);
  session->second_factor_must = must_have_factor(config, session->roles);
  int64_t active_ms = MAX(session->last_seen_at, column_int(row, 9));
  if (!column_int(row, 8) && now_ms - active_ms > (int64_t)session->idle_min * 60000) {
    not_found(error);
    return NULL;
  }
  return g_steal_pointer(&session);
}

Session *session_find(sqlite3 *db, const Config *config, const char *secret, int64_t now_ms,
                      GError **error) {
  char digest[65];
  secret_digest(secret, digest);
  return find_by_digest(db, config, digest, now_ms, error);
}

/* Writes a session; digest gets the hash of the secret. */
static bool insert_session(sqlite3 *db, const char *person, const char *scope_meeting,
                           const char *address, int64_t now_ms, int64_t expires_at,
                           char secret[SECRET_CHARS + 1], char digest[65], GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into session (digest, person, csrf, scope_meeting, created_at, last_seen_at,"
      " expires_at, address) values (:digest, :person, :csrf, :scope, :now, :now, :expires,"
      " :address)",
      error);
  if (!insert)
    return false;
  g_autofree char *csrf = secret_new();
  id_random(secret, SECRET_CHARS);
  secret_digest(secret, digest);
  statement_text(insert, ":digest", digest);
  statement_text(insert, ":person", person);
  statement_text(insert, ":csrf", csrf);
  statement_text(insert, ":scope", scope_meeting);
  statement_int(insert, ":now", now_ms);
  statement_int(insert, ":expires", expires_at);
  statement_text(insert, ":address", address ? address : "");
  return statement_run(insert, error);
}

Session *session_begin(sqlite3 *db, const Config *config, const char *person, const char *address,
                       int64_t now_ms, char secret[SECRET_CHARS + 1], GError **error) {
  char digest[65];
  if (!insert_session(db, person, NULL, address, now_ms, now_ms + SESSION_MS, secret, digest,
                      error))
    return NULL;
  return find_by_digest(db, config, digest, now_ms, error);
}

static bool mark_link_used(sqlite3 *db, const char *invitation, int64_t now_ms, GError **error) {
  g_autoptr(Statement) used = db_prepare(
      db, "update invitation set link_used_at = coalesce(link_used_at, :now) where id = :id",
      error);
  if (!used)
    return false;
  statement_text(used, ":id", invitation);
  statement_int(used, ":now", now_ms);
  return statement_run(used, error);
}

Session *session_from_link(sqlite3 *db, const Config *config, const char *link, const char *address,
                           int64_t now_ms, char secret[SECRET_CHARS + 1], GError **error) {
  char digest[65];
  secret_digest(link, digest);
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select i.id, i.meeting, i.person, i.link_expires_at from invitation i"
                 " join person p on p.id = i.person"
                 " where i.link_digest = :digest and i.revoked_at is null and p.active = 1",
                 error);
  if (!row)
    return NULL;
  statement_text(row, ":digest", digest);
  if (!statement_one(row, "no such link", error))
    return NULL;
  if (column_int(row, 3) <= now_ms) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the link has expired");
    return NULL;
  }
  const char *meeting = column_text(row, 1), *person = column_text(row, 2);
  Actor actor = {person, address};
  if (!mark_link_used(db, column_text(row, 0), now_ms, error) ||
      !insert_session(db, person, meeting, address, now_ms, column_int(row, 3), secret, digest,
                      error) ||
      !audit_note(db, "session.link", &actor, meeting, NULL, now_ms, error))
    return NULL;
  return find_by_digest(db, config, digest, now_ms, error);
}

typedef struct {
  char digest[65];
  int64_t now_ms;
} Touch;

static bool touch_work(sqlite3 *db, void *data, GError **error) {
  const Touch *touch = data;
  g_autoptr(Statement) update = db_prepare(
      db, "update session set last_seen_at = max(last_seen_at, :now) where digest = :digest",
      error);
  if (!update)
    return false;
  statement_text(update, ":digest", touch->digest);
  statement_int(update, ":now", touch->now_ms);
  return statement_run(update, error);
}

void session_touch(Store *store, const Session *session, int64_t now_ms) {
  if (now_ms - session->last_seen_at < TOUCH_MS)
    return;
  Touch *touch = g_new0(Touch, 1);
  g_strlcpy(touch->digest, session->digest, sizeof touch->digest);
  touch->now_ms = now_ms;
  store_write(store, touch_work, NULL, touch);
}

bool session_delete(sqlite3 *db, const Session *session, const Actor *by, int64_t now_ms,
                    GError **error) {
  g_autoptr(Statement) delete = db_prepare(db, "delete from session where digest = :digest", error);
  if (!delete)
    return false;
  statement_text(delete, ":digest", session->digest);
  return statement_run(delete, error) &&
         audit_note(db, "session.logout", by, NULL, NULL, now_ms, error);
}

bool sessions_purge(sqlite3 *db, int64_t now_ms, GError **error) {
  g_autoptr(Statement) sessions =
      db_prepare(db, "delete from session where expires_at <= :now", error);
  g_autoptr(Statement) tokens =
      db_prepare(db, "delete from join_token where expires_at <= :now", error);
  if (!sessions || !tokens)
    return false;
  statement_int(sessions, ":now", now_ms - KEPT_MS);
  statement_int(tokens, ":now", now_ms);
  return statement_run(sessions, error) && statement_run(tokens, error);
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
