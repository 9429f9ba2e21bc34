/* Sessions, personal links, join tokens. */
#include <string.h>

#include "store/link-expiry.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define MINUTE INT64_C(60000)
static const Actor actor = {NULL, "192.0.2.1"};

static void run(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  db_exec(db, sql, &error);
  g_assert_no_error(error);
}

static bool found(Fixture *f, const char *secret, int64_t now_ms) {
  GError *error = NULL;
  g_autoptr(Session) session = session_find(f->db, f->config, secret, now_ms, &error);
  if (!session)
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  return session != NULL;
}

/* Signs in, and uses the session after ten minutes. */
static void make_session(Fixture *f, const char *person, char secret[SECRET_CHARS + 1]) {
  GError *error = NULL;
  g_autoptr(Session) session =
      session_begin(f->db, f->config, person, "192.0.2.9", T0, secret, &error);
  g_assert_no_error(error);
  json_t *json = session_json(f->db, session, "Asia/Shanghai", &error);
  g_assert_no_error(error);
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(json, "person"), "name")), ==,
                  "赵七");
  g_assert_true(json_is_true(json_object_get(json, "must_change_password")));
  g_assert_true(json_is_null(json_object_get(json, "scope_meeting")));
  json_decref(json);
  fixture_start(f);
  /* Not yet due, then due. */
  session_touch(f->store, session, T0 + MINUTE - 1);
  session_touch(f->store, session, T0 + 10 * MINUTE);
  fixture_stop(f);
}

static void test_idle(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char person[17], meeting[17], secret[SECRET_CHARS + 1];
  PasswordHash hash;
  fixture_person(f.db, "赵七", "zhao", "staff", 0, person);
  fixture_meeting(f.db, person, NULL, 0, meeting);
  g_assert_true(password_hash("Abcdefghi1", 10, &hash, &error));
  g_assert_true(password_store(f.db, person, &hash, true, T0, &error));
  make_session(&f, person, secret);
  /* Staff: 15 minutes from the touch at 10. */
  g_assert_true(found(&f, secret, T0 + 25 * MINUTE));
  g_assert_false(found(&f, secret, T0 + 25 * MINUTE + 1));
  g_assert_false(found(&f, "nonsense", T0));
  /* A live meeting counts as activity, and so does having been in one. */
  PresenceOpen segment = {.id = "seg0000000000000",
                          .device = "desktop",
                          .address = "192.0.2.9",
                          .participant = "p",
                          .at = fixture_moment(T0 + 20 * MINUTE)};
  memcpy(segment.meeting, meeting, 17);
  memcpy(segment.person, person, 17);
  secret_digest(secret, segment.session);
  g_assert_true(presence_open(f.db, &segment, &error));
  g_assert_true(found(&f, secret, T0 + 300 * MINUTE));
  g_assert_true(
      presence_close(f.db, segment.id, "left", fixture_moment(T0 + 300 * MINUTE), &error));
  g_assert_true(found(&f, secret, T0 + 315 * MINUTE));
  g_assert_false(found(&f, secret, T0 + 315 * MINUTE + 1));
  /* A day is the end, and an account that was closed. */
  run(f.db, "update session set last_seen_at = 9000000000000");
  g_assert_true(found(&f, secret, T0 + 24 * 60 * MINUTE - 1));
  g_assert_false(found(&f, secret, T0 + 24 * 60 * MINUTE));
  run(f.db, "update person set active = 0");
  g_assert_false(found(&f, secret, T0));
  g_autoptr(Statement) kept =
      db_prepare(f.db, "select 1 from session where digest = :secret", &error);
  statement_text(kept, ":secret", secret); /* the secret itself is nowhere */
  g_assert_cmpint(statement_step(kept, &error), ==, SQLITE_DONE);
  g_clear_pointer(&kept, statement_free);
  fixture_clear(&f);
}

/* A session that was left idle stays so, whatever its owner does elsewhere. */
static void test_idle_stays_idle(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char person[17], meeting[17], left[SECRET_CHARS + 1], other[SECRET_CHARS + 1];
  fixture_person(f.db, "赵七", "zhao", "staff", 0, person);
  fixture_meeting(f.db, person, NULL, 0, meeting);
  session_free(session_begin(f.db, f.config, person, "192.0.2.9", T0, left, &error));
  session_free(session_begin(f.db, f.config, person, "192.0.2.8", T0 + 10 * MINUTE, other, &error));
  g_assert_no_error(error);
  g_assert_true(found(&f, left, T0 + 15 * MINUTE));
  PresenceOpen segment = {.id = "seg0000000000000",
                          .device = "phone",
                          .address = "192.0.2.8",
                          .participant = "p",
                          .at = fixture_moment(T0 + 16 * MINUTE)};
  memcpy(segment.meeting, meeting, 17);
  memcpy(segment.person, person, 17);
  secret_digest(other, segment.session);
  g_assert_true(presence_open(f.db, &segment, &error));
  g_assert_false(found(&f, left, T0 + 17 * MINUTE));
  g_assert_true(found(&f, other, T0 + 200 * MINUTE));
  g_assert_true(
      presence_close(f.db, segment.id, "left", fixture_moment(T0 + 200 * MINUTE), &error));
  g_assert_false(found(&f, left, T0 + 201 * MINUTE));
  g_assert_true(found(&f, other, T0 + 215 * MINUTE));
  g_assert_false(found(&f, other, T0 + 215 * MINUTE + 1));
  fixture_clear(&f);
}

/* A meeting with a member and a guest invited; links[i] are their secrets. */
typedef struct {
  Fixture f;
  char host[17], member[17], meeting[17];
  char *invitation, *link; /* of the guest */
} Linked;

static void linked_init(Linked *l) {
  fixture_init(&l->f);
  fixture_person(l->f.db, "主持人", "host", "staff", 0, l->host);
  fixture_person(l->f.db, "委员", "member", "member", 0, l->member);
  FixtureInvited member = {.person = l->member, .capacity = "attend"};
  fixture_meeting(l->f.db, l->host, &member, 1, l->meeting);
  FixtureInvited guest = {.guest_name = "专家", .organisation = "大学", .capacity = "invited"};
  l->invitation = g_malloc(ID_CHARS + 1);
  fixture_invite(l->f.db, l->meeting, &guest, l->invitation);
  l->link = fixture_link(l->f.db, l->invitation, link_expiry_default(T0 + 3600000, T0));
}

static void linked_clear(Linked *l) {
  g_free(l->invitation);
  g_free(l->link);
  fixture_clear(&l->f);
}

static Session *follow(Linked *l, const char *link, int64_t now_ms, int code) {
  GError *error = NULL;
  char secret[SECRET_CHARS + 1];
  Session *session =
      session_from_link(l->f.db, l->f.config, link, "192.0.2.7", now_ms, secret, &error);
  if (session)
    g_assert_true(found(&l->f, secret, now_ms));
  else
    g_assert_error(error, STORE_ERROR, code);
  g_clear_error(&error);
  return session;
}

static JoinGrant *redeem(Linked *l, const char *token, int64_t now_ms) {
  GError *error = NULL;
  JoinGrant *grant = join_token_redeem(l->f.db, token, now_ms, &error);
  if (!grant)
    g_assert_true(error->domain == STORE_ERROR &&
                  (error->code == STORE_ERROR_FORBIDDEN || error->code == STORE_ERROR_CONFLICT));
  g_clear_error(&error);
  return grant;
}

static void test_links(void) {
  Linked l;
  linked_init(&l);
  GError *error = NULL;
  int64_t expiry = T0 + 25 * 60 * MINUTE; /* planned end + 24 h */
  g_autoptr(Session) session = follow(&l, l.link, T0, 0);
  g_assert_cmpstr(session->scope_meeting, ==, l.meeting);
  g_assert_cmpuint(session->roles, ==, 0);
  char other[17], invitation[17], token[SECRET_CHARS + 1];
  int64_t expires_at;
  g_assert_true(join_token_create(l.f.db, session, l.meeting, T0, token, &expires_at, &error));
  /* It opens no other meeting, of those neither to which the same person is invited. */
  fixture_meeting(l.f.db, l.host, NULL, 0, other);
  fixture_invite(l.f.db, other, &(FixtureInvited){.person = session->person, .capacity = "attend"},
                 invitation);
  g_assert_false(join_token_create(l.f.db, session, other, T0, token, &expires_at, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN);
  g_clear_error(&error);
  session_free(follow(&l, l.link, expiry - 1, 0)); /* again, from a second device */
  g_assert_null(follow(&l, l.link, expiry, STORE_ERROR_CONFLICT));
  g_assert_null(follow(&l, "nonsense", T0, STORE_ERROR_NOT_FOUND));
  /* A fresh link kills the old one and what came from it. */
  g_autofree char *link = fixture_link(l.f.db, l.invitation, T0 + MINUTE);
  g_assert_null(follow(&l, l.link, T0, STORE_ERROR_NOT_FOUND));
  session_free(follow(&l, link, T0, 0));
  g_assert_null(follow(&l, link, T0 + MINUTE, STORE_ERROR_CONFLICT));
  fixture_revoke(l.f.db, l.invitation, T0);
  g_assert_null(follow(&l, link, T0, STORE_ERROR_NOT_FOUND));
  g_assert_true(sessions_purge(l.f.db, expiry, &error));
  linked_clear(&l);
}

/* Whoever came early by a link and waits is not sent away; after the meeting it is as with others.
 */
static void test_link_waits(void) {
  Linked l;
  linked_init(&l);
  GError *error = NULL;
  char secret[SECRET_CHARS + 1];
  session_free(session_from_link(l.f.db, l.f.config, l.link, "192.0.2.7", T0, secret, &error));
  g_assert_no_error(error);
  g_assert_true(found(&l.f, secret, T0 + 300 * MINUTE));
  fixture_open(l.f.db, l.meeting, fixture_moment(T0 + MINUTE));
  g_assert_true(found(&l.f, secret, T0 + 300 * MINUTE));
  fixture_end(l.f.db, l.meeting, fixture_moment(T0 + 2 * MINUTE));
  g_assert_true(found(&l.f, secret, T0 + 30 * MINUTE));
  g_assert_false(found(&l.f, secret, T0 + 30 * MINUTE + 1));
  linked_clear(&l);
}

/* Staff who follow a link get what the invitation gives, not their roles. */
static void test_link_narrows(void) {
  Linked l;
  linked_init(&l);
  GError *error = NULL;
  char invitation[17];
  fixture_invitation(l.f.db, l.meeting, l.host, invitation);
  g_autofree char *link = fixture_link(l.f.db, invitation, T0 + MINUTE);
  g_autoptr(Session) session = follow(&l, link, T0, 0);
  g_assert_cmpuint(session->roles, ==, 0);
  char token[SECRET_CHARS + 1];
  int64_t expires_at;
  g_assert_true(join_token_create(l.f.db, session, l.meeting, T0, token, &expires_at, &error));
  g_autoptr(JoinGrant) grant = redeem(&l, token, T0);
  g_assert_true(grant->host && !grant->staff); /* the meeting's host, not staff */
  linked_clear(&l);
}

static void token_for(Linked *l, char *person, unsigned roles, char token[SECRET_CHARS + 1]) {
  GError *error = NULL;
  Session session = fixture_session(person, roles);
  int64_t expires_at;
  g_assert_true(join_token_create(l->f.db, &session, l->meeting, T0, token, &expires_at, &error));
  g_assert_cmpint(expires_at, ==, T0 + JOIN_TOKEN_MS);
}

static void test_token(void) {
  Linked l;
  linked_init(&l);
  char token[SECRET_CHARS + 1];
  token_for(&l, l.member, ROLE_MEMBER, token);
  g_autoptr(JoinGrant) grant = redeem(&l, token, T0 + 1);
  g_assert_cmpstr(grant->meeting, ==, l.meeting);
  g_assert_cmpstr(grant->person, ==, l.member);
  g_assert_cmpstr(grant->name, ==, "委员");
  g_assert_cmpstr(grant->capacity, ==, "attend");
  g_assert_false(grant->host);
  g_assert_null(redeem(&l, token, T0 + 2)); /* single use */
  token_for(&l, l.member, ROLE_MEMBER, token);
  g_assert_null(redeem(&l, token, T0 + JOIN_TOKEN_MS));
  g_assert_null(redeem(&l, "nonsense", T0));
  token_for(&l, l.host, ROLE_STAFF, token);
  g_autoptr(JoinGrant) host = redeem(&l, token, T0);
  g_assert_true(host->host);
  g_assert_cmpstr(host->capacity, ==, "host");
  linked_clear(&l);
}

static void test_token_rechecks(void) {
  Linked l;
  linked_init(&l);
  GError *error = NULL;
  char token[SECRET_CHARS + 1], stranger[17];
  fixture_person(l.f.db, "外人", NULL, "member", 0, stranger);
  Session session = fixture_session(stranger, ROLE_MEMBER);
  int64_t expires_at;
  g_assert_false(join_token_create(l.f.db, &session, l.meeting, T0, token, &expires_at, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN);
  g_clear_error(&error);
  /* Revoked between making and using. */
  g_autoptr(Session) guest = follow(&l, l.link, T0, 0);
  g_assert_true(join_token_create(l.f.db, guest, l.meeting, T0, token, &expires_at, &error));
  fixture_revoke(l.f.db, l.invitation, T0);
  g_assert_null(redeem(&l, token, T0));
  /* Ended between making and using. */
  token_for(&l, l.member, ROLE_MEMBER, token);
  fixture_cancel(l.f.db, l.meeting);
  g_assert_null(redeem(&l, token, T0));
  Session staff = fixture_session(l.host, ROLE_STAFF);
  g_assert_false(join_token_create(l.f.db, &staff, l.meeting, T0, token, &expires_at, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  linked_clear(&l);
}

/* However a session ends, its unused tokens and what came by them end with it; one that merely ran
 * out ends nobody's meeting. */
static void test_token_of_session(void) {
  static const char *const ends[] = {
      "delete from session where 1",
      "update person set active = 0",
  };
  for (unsigned i = 0; i <= G_N_ELEMENTS(ends); i++) {
    Linked l;
    linked_init(&l);
    GError *error = NULL;
    char secret[SECRET_CHARS + 1], used[SECRET_CHARS + 1], unused[SECRET_CHARS + 1];
    int64_t expires_at;
    g_autoptr(Session) session =
        session_begin(l.f.db, l.f.config, l.member, "192.0.2.9", T0, secret, &error);
    g_assert_true(join_token_create(l.f.db, session, l.meeting, T0, used, &expires_at, &error));
    g_assert_true(join_token_create(l.f.db, session, l.meeting, T0, unused, &expires_at, &error));
    g_autoptr(JoinGrant) grant = redeem(&l, used, T0 + 1);
    g_assert_cmpstr(grant->session, ==, session->digest);
    const JoinClaim claim = {.meeting = l.meeting, .person = l.member, .session = grant->session};
    g_autoptr(JoinGrant) before = join_grant_now(l.f.db, &claim, &error);
    g_assert_no_error(error);
    g_assert_nonnull(before);
    g_assert_true(sessions_purge(l.f.db, T0 + 25 * 60 * MINUTE, &error));
    g_autoptr(JoinGrant) ran_out = join_grant_now(l.f.db, &claim, &error);
    g_assert_no_error(error);
    g_assert_nonnull(ran_out);
    if (i == G_N_ELEMENTS(ends))
      g_assert_true(session_delete(l.f.db, session, &actor, T0, &error));
    else
      run(l.f.db, ends[i]);
    g_assert_null(join_grant_now(l.f.db, &claim, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN);
    g_clear_error(&error);
    g_assert_null(redeem(&l, unused, T0 + 1));
    linked_clear(&l);
  }
}

/* Whoever asks for thousands has four, the newest. */
static void test_token_few(void) {
  Linked l;
  linked_init(&l);
  GError *error = NULL;
  char tokens[20][SECRET_CHARS + 1], other[SECRET_CHARS + 1];
  token_for(&l, l.host, ROLE_STAFF, other);
  for (unsigned i = 0; i < 20; i++) {
    Session session = fixture_session(l.member, ROLE_MEMBER);
    int64_t expires_at;
    g_assert_true(
        join_token_create(l.f.db, &session, l.meeting, T0 + i, tokens[i], &expires_at, &error));
  }
  for (unsigned i = 0; i < 16; i++)
    g_assert_null(redeem(&l, tokens[i], T0 + 30));
  for (unsigned i = 16; i < 20; i++) {
    g_autoptr(JoinGrant) grant = redeem(&l, tokens[i], T0 + 30);
    g_assert_nonnull(grant);
  }
  g_autoptr(JoinGrant) of_another = redeem(&l, other, T0 + 30);
  g_assert_nonnull(of_another);
  linked_clear(&l);
}

typedef struct {
  const char *token;
  unsigned in, out;
} Race;

static bool race_work(sqlite3 *db, void *data, GError **error) {
  Race *race = data;
  g_autoptr(JoinGrant) grant = join_token_redeem(db, race->token, T0, error);
  race->in += grant != NULL;
  return grant != NULL;
}

static void race_done(void *data, const GError *error) {
  ((Race *)data)->out += error != NULL;
}

/* Many at once: one wins. */
static void test_token_race(void) {
  Linked l;
  linked_init(&l);
  char token[SECRET_CHARS + 1];
  Race race = {token, 0, 0};
  token_for(&l, l.member, ROLE_MEMBER, token);
  fixture_start(&l.f);
  for (unsigned i = 0; i < 20; i++)
    store_write(l.f.store, race_work, race_done, &race);
  fixture_stop(&l.f);
  g_assert_cmpuint(race.in, ==, 1);
  g_assert_cmpuint(race.out, ==, 19);
  linked_clear(&l);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sessions/idle", test_idle);
  g_test_add_func("/sessions/link-waits", test_link_waits);
  g_test_add_func("/sessions/idle-stays-idle", test_idle_stays_idle);
  g_test_add_func("/sessions/links", test_links);
  g_test_add_func("/sessions/link-narrows", test_link_narrows);
  g_test_add_func("/tokens/single-use", test_token);
  g_test_add_func("/tokens/rechecked", test_token_rechecks);
  g_test_add_func("/tokens/of-session", test_token_of_session);
  g_test_add_func("/tokens/few", test_token_few);
  g_test_add_func("/tokens/race", test_token_race);
  return g_test_run();
}
