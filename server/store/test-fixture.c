#include "store/test-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/id.h"
#include "store/connection.h"
#include "store/events.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/rules.h"
#include "store/statement.h"

static GBytes *make_database(const char *path, StorePrepare prepare, void *data) {
  GError *error = NULL;
  char *bytes;
  gsize size;
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  connection_migrate(db, &error);
  g_assert_no_error(error);
  if (prepare)
    g_assert_true(db_exec(db, "begin", NULL) && prepare(db, data, &error) &&
                  db_exec(db, "commit", NULL));
  db_close(db);
  g_file_get_contents(path, &bytes, &size, &error);
  g_assert_no_error(error);
  return g_bytes_new_take(bytes, size);
}

void fixture_database(const char *path, StorePrepare prepare, void *data) {
  static GHashTable *made; /* prepare → GBytes */
  GError *error = NULL;
  if (!made)
    made = g_hash_table_new(NULL, NULL);
  GBytes *bytes = g_hash_table_lookup(made, (void *)prepare);
  if (!bytes) {
    g_hash_table_insert(made, (void *)prepare, make_database(path, prepare, data));
    return;
  }
  g_file_set_contents_full(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
                           G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error(error);
}

void fixture_init(Fixture *fixture) {
  GError *error = NULL;
  fixture->dir = g_dir_make_tmp("yishi-store-XXXXXX", &error);
  g_assert_no_error(error);
  fixture->config = config_load(NULL, &error);
  g_assert_no_error(error);
  g_free(fixture->config->data_dir);
  fixture->config->data_dir = g_strdup(fixture->dir);
  fixture->config->password_cost_log2 = 10;
  fixture->config->store_reserve_mib = 0;
  fixture->path = connection_path(fixture->dir, &error);
  g_assert_no_error(error);
  fixture_database(fixture->path, NULL, NULL);
  fixture->db = connection_open(fixture->path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  rules_keep(fixture->db, fixture->config, T0, &error);
  g_assert_no_error(error);
  fixture->mailbox = mailbox_new();
  fixture->store = NULL;
}

void fixture_remove(const char *dir) {
  g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
  const char *name;
  while (open && (name = g_dir_read_name(open))) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_unlink(path) != 0)
      fixture_remove(path);
  }
  g_rmdir(dir);
}

void fixture_clear(Fixture *fixture) {
  g_assert_null(fixture->store);
  db_close(fixture->db);
  mailbox_free(fixture->mailbox);
  config_free(fixture->config);
  fixture_remove(fixture->dir);
  g_free(fixture->dir);
  g_free(fixture->path);
}

void fixture_start(Fixture *fixture) {
  GError *error = NULL;
  g_clear_pointer(&fixture->db, db_close);
  fixture->store = store_open(fixture->config, fixture->mailbox, &error);
  g_assert_no_error(error);
}

void fixture_stop(Fixture *fixture) {
  GError *error = NULL;
  store_close(fixture->store);
  fixture->store = NULL;
  mailbox_drain(fixture->mailbox);
  fixture->db = connection_open(fixture->path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
}

/* Runs one statement with up to four texts and a number: ?1 … ?4, ?5. */
static void put(sqlite3 *db, const char *sql, const char *const texts[4], int64_t number) {
  g_autoptr(sqlite3_stmt) stmt = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  for (int n = 0; n < 4; n++)
    sqlite3_bind_text(stmt, n + 1, texts[n], -1, SQLITE_STATIC);
  sqlite3_bind_int64(stmt, 5, number);
  if (sqlite3_step(stmt) != SQLITE_DONE)
    g_error("%s: %s", sqlite3_errmsg(db), sql);
}

static void put_person(sqlite3 *db, const char *name, const char *login, const char *kind,
                       const char *organisation, char *id) {
  id_random(id, ID_CHARS);
  put(db, "insert into person (id, name, login, kind, created_at) values (?1, ?2, ?3, ?4, ?5)",
      (const char *[]){id, name, login, kind}, T0);
  if (organisation)
    put(db, "update person set organisation = ?2 where id = ?1",
        (const char *[]){id, organisation, NULL, NULL}, 0);
}

void fixture_person(sqlite3 *db, const char *name, const char *login, const char *kind,
                    unsigned roles, char *id) {
  put_person(db, name, login, kind, NULL, id);
  if (!roles)
    roles = strcmp(kind, "member") == 0 ? ROLE_MEMBER : strcmp(kind, "staff") == 0 ? ROLE_STAFF : 0;
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++)
    if (roles >> bit & 1)
      put(db,
          "insert into role_holder (id, person, role, state, valid_from, created_at)"
          " values (lower(hex(randomblob(8))), ?1, ?2, 'held', ?5, ?5)",
          (const char *[]){id, role_name((Role)(1u << bit)), NULL, NULL}, T0);
}

void fixture_invite(sqlite3 *db, const char *meeting, const FixtureInvited *invited, char *id) {
  char guest[ID_CHARS + 1];
  const char *person = invited->person;
  if (!person) {
    put_person(db, invited->guest_name, NULL, "guest", invited->organisation, guest);
    person = guest;
  }
  id_random(id, ID_CHARS);
  put(db,
      "insert into invitation (id, meeting, person, capacity, created_at) values (?1, ?2, ?3, ?4,"
      " ?5)",
      (const char *[]){id, meeting, person, invited->capacity}, T0);
}

void fixture_meeting(sqlite3 *db, const char *host, const FixtureInvited *invited, unsigned count,
                     char *id) {
  char invitation[ID_CHARS + 1];
  const FixtureInvited presides = {.person = host, .capacity = "host"};
  id_random(id, ID_CHARS);
  put(db,
      "insert into meeting (id, title, topic, planned_start, planned_end, host, created_at)"
      " values (?1, ?2, ?3, ?5, ?5 + 3600000, ?4, ?5)",
      (const char *[]){id, "协商座谈会", "城市更新", host}, T0);
  fixture_invite(db, id, &presides, invitation);
  for (unsigned i = 0; i < count; i++)
    fixture_invite(db, id, &invited[i], invitation);
}

void fixture_invitation(sqlite3 *db, const char *meeting, const char *person, char *id) {
  g_autoptr(Statement) row = db_prepare(
      db, "select id from invitation where meeting = :meeting and person = :person", NULL);
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  g_assert_true(statement_one(row, "none", NULL));
  g_strlcpy(id, column_text(row, 0), ID_CHARS + 1);
}

static void end_sessions(sqlite3 *db, const char *invitation) {
  put(db,
      "delete from session where (person, scope_meeting) in (select person, meeting from invitation"
      " where id = ?1)",
      (const char *[]){invitation, NULL, NULL, NULL}, 0);
}

char *fixture_link(sqlite3 *db, const char *invitation, int64_t expires_at) {
  char digest[65];
  char *secret = secret_new();
  secret_digest(secret, digest);
  put(db,
      "update invitation set link_digest = ?2, link_expires_at = ?5, link_used_at = null"
      " where id = ?1",
      (const char *[]){invitation, digest, NULL, NULL}, expires_at);
  end_sessions(db, invitation);
  return secret;
}

void fixture_revoke(sqlite3 *db, const char *invitation, int64_t at_ms) {
  put(db,
      "update invitation set revoked_at = ?5, link_digest = null, link_expires_at = null"
      " where id = ?1",
      (const char *[]){invitation, NULL, NULL, NULL}, at_ms);
  put(db,
      "update join_token set revoked_at = ?5 where used_at is null and (person, meeting) in"
      " (select person, meeting from invitation where id = ?1)",
      (const char *[]){invitation, NULL, NULL, NULL}, at_ms);
  end_sessions(db, invitation);
}

/* sql: of :id, and of the moment. */
static void run_step(sqlite3 *db, const char *sql, const char *meeting, Moment at,
                     const char *kind) {
  g_autoptr(Statement) update = db_prepare(db, sql, NULL);
  statement_text(update, ":id", meeting);
  statement_int(update, ":at", at.wall_ms);
  statement_int(update, ":mono", at.mono_us);
  statement_text(update, ":boot", at.boot);
  const MeetingEvent event = {.meeting = meeting, .kind = kind, .at = at};
  g_assert_true(statement_run(update, NULL) && event_add(db, &event, NULL));
}

void fixture_open(sqlite3 *db, const char *meeting, Moment at) {
  run_step(db,
           "update meeting set state = 'live', opened_at = :at, opened_mono_us = :mono,"
           " opened_boot = :boot where id = :id",
           meeting, at, "opened");
}

void fixture_end(sqlite3 *db, const char *meeting, Moment at) {
  g_assert_true(presence_close_meeting(db, meeting, at, NULL));
  run_step(db,
           "update meeting set state = 'ended', ended_at = :at, ended_mono_us = :mono,"
           " ended_boot = :boot where id = :id",
           meeting, at, "ended");
}

void fixture_cancel(sqlite3 *db, const char *meeting) {
  g_autoptr(Statement) update =
      db_prepare(db, "update meeting set state = 'cancelled' where id = :id", NULL);
  statement_text(update, ":id", meeting);
  g_assert_true(statement_run(update, NULL));
}

Moment fixture_moment(int64_t wall_ms) {
  return (Moment){wall_ms, (wall_ms - T0) * 1000 + 1000000, "boot-a"};
}

Session fixture_session(char *person, unsigned roles) {
  return (Session){.person = person,
                   .name = (char *)"name",
                   .kind = (char *)"member",
                   .roles = roles,
                   .csrf = (char *)"csrf"};
}

typedef struct {
  const Fixture *fixture;
  void (*work)(sqlite3 *db, void *data);
  void *data;
} Call;

static void *call_main(void *data) {
  Call *call = data;
  GError *error = NULL;
  sqlite3 *db = connection_open(call->fixture->path, CONNECTION_READ, &error);
  g_assert_no_error(error);
  call->work(db, call->data);
  db_close(db);
  return NULL;
}

void fixture_on_reader(Fixture *fixture, void (*work)(sqlite3 *db, void *data), void *data) {
  Call call = {fixture, work, data};
  g_thread_join(g_thread_new("test", call_main, &call));
  mailbox_drain(fixture->mailbox);
}
