#include "store/test-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/connection.h"
#include "store/people.h"
#include "store/rules.h"
#include "store/statement.h"

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
  fixture->db = connection_open(fixture->path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  connection_migrate(fixture->db, &error);
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

void fixture_person(sqlite3 *db, const char *name, const char *login, const char *kind,
                    unsigned roles, char *id) {
  GError *error = NULL;
  PersonNew person = {.name = name, .login = login, .kind = kind, .roles = roles};
  person_create(db, &person, NULL, T0, id, &error);
  g_assert_no_error(error);
}

void fixture_meeting(sqlite3 *db, const char *host, const InvitationNew *invitations,
                     unsigned count, char *id) {
  GError *error = NULL;
  MeetingNew meeting = {.title = "协商座谈会",
                        .topic = "城市更新",
                        .planned_start = T0,
                        .planned_end = T0 + 3600000,
                        .host = host,
                        .invitations = invitations,
                        .invitation_count = count};
  meeting_create(db, &meeting, NULL, T0, id, &error);
  g_assert_no_error(error);
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
