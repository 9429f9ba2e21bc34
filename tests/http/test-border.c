/* One caller must not stop the API: what many requests, wrong passwords and a locked database do to
 * other people's, over HTTP. Arguments: yishid, yishictl. */
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"

#define HALL 300
/* Other people's requests take milliseconds; the machine that tests may be busy. What waits for its
 * turn takes longer still. */
#define PROMPT_US (8 * SECOND_US)

static int status_of(GSocketConnection *connection) {
  g_autofree char *answer = answer_of(connection);
  return answer ? atoi(answer + 9) : 0;
}

static sqlite3 *database(const Place *place) {
  g_autofree char *path = g_build_filename(place->folder, "var", "yishi.db", NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout(db, 15000);
  return db;
}

static void execute(sqlite3 *db, const char *sql) {
  char *message = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error("%s: %s", sql, message);
}

static void expect_prompt(Place *place, const char *path, int status) {
  gint64 asked = g_get_monotonic_time();
  int got = ask(place, "GET", path, NULL, NULL);
  g_assert_cmpint(got, ==, status);
  gint64 took_us = g_get_monotonic_time() - asked;
  g_test_message("%s: %d ms", path, (int)(took_us / 1000));
  g_assert_cmpint(took_us, <, PROMPT_US);
}

static Place *begin(const char *more) {
  Place *place = place_new_with(more);
  start(place);
  make_staff(place);
  sign_in(place);
  return place;
}

static void end(Place *place) {
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_cmpint(finish(place), ==, 0);
  place_free(place);
}

/* Forty changes of a password, each of several hashes. */
static void test_hashing(void) {
  Place *place = begin("");
  GSocketConnection *changes[40];
  /* The hashes from here on are the real ones, and more. */
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_cmpint(finish(place), ==, 0);
  sqlite3 *db = database(place);
  execute(db, "update credential set cost_log2 = 16");
  sqlite3_close(db);
  start(place);
  for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++)
    changes[i] = ask_later(place, "PUT", "/api/v1/session/password",
                           "{\"old\":\"Kuaile-2025\",\"new\":\"Kuaile-2027\"}");
  for (unsigned i = 0; i < 5; i++) {
    expect_prompt(place, "/api/v1/session", 200);
    expect_prompt(place, "/healthz", 200);
  }
  unsigned tried = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++) {
    int status = status_of(changes[i]);
    tried += status == 403;
    g_assert_true(status == 403 || status == 429);
    g_object_unref(changes[i]);
  }
  g_assert_cmpuint(tried, ==, 5); /* of one account, in a minute */
  end(place);
}

/* While somebody else holds the database: what writes waits, what reads does not. */
static void test_locked(void) {
  Place *place = begin("");
  g_autofree char *meeting = make_meeting(place);
  g_autofree char *join_path = g_strdup_printf("/api/v1/meetings/%s/join", meeting);
  sqlite3 *db = database(place);
  execute(db, "begin immediate");
  GSocketConnection *writes[8];
  for (unsigned i = 0; i < G_N_ELEMENTS(writes); i++)
    writes[i] = ask_later(place, "POST", join_path, NULL);
  for (unsigned i = 0; i < 5; i++) {
    expect_prompt(place, "/api/v1/meetings", 200);
    expect_prompt(place, "/healthz", 200);
  }
  execute(db, "rollback");
  sqlite3_close(db);
  for (unsigned i = 0; i < G_N_ELEMENTS(writes); i++) {
    g_assert_cmpint(status_of(writes[i]), ==, 200);
    g_object_unref(writes[i]);
  }
  end(place);
}

static unsigned answered(GSocketConnection *const *asked, unsigned count) {
  unsigned found = 0;
  for (unsigned i = 0; i < count; i++)
    found += g_socket_condition_check(g_socket_connection_get_socket(asked[i]), G_IO_IN) != 0;
  return found;
}

/* Two hundred slow reads of one: others have their turn after one or two of them, not after all. */
static void test_reading(void) {
  Place *place = begin("");
  sqlite3 *db = database(place);
  execute(db, "insert into person (id, name, kind, created_at)"
              " with recursive n(i) as (values (1) union all select i + 1 from n where i < 4000)"
              " select printf('many%012d', i), 'Member ' || i, 'member', 0 from n");
  sqlite3_close(db);
  /* Known from here on: waits in the person's lane. The other cookie is nobody's session: it waits
   * in that of the address. */
  g_assert_cmpint(ask(place, "GET", "/api/v1/session", NULL, NULL), ==, 200);
  Place other = {.port = place->port, .cookie = g_strdup(place->cookie), .csrf = g_strdup("")};
  char *last = other.cookie + strlen(other.cookie) - 1;
  *last = *last == 'a' ? 'b' : 'a';
  GSocketConnection *reads[200];
  for (unsigned i = 0; i < G_N_ELEMENTS(reads); i++)
    reads[i] = ask_later(place, "GET", "/api/v1/people?q=nobody", NULL);
  for (unsigned i = 0; i < 5; i++)
    g_assert_cmpint(ask(&other, "GET", "/api/v1/session", NULL, NULL), ==, 401);
  g_assert_cmpuint(answered(reads, G_N_ELEMENTS(reads)), <, G_N_ELEMENTS(reads) / 2);
  for (unsigned i = 0; i < G_N_ELEMENTS(reads); i++) {
    g_assert_cmpint(status_of(reads[i]), ==, 200);
    g_object_unref(reads[i]);
  }
  g_free(other.cookie);
  g_free(other.csrf);
  end(place);
}

static char *token_of(Place *place, const char *meeting) {
  json_t *grant = NULL;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/join", meeting);
  g_assert_cmpint(ask(place, "POST", path, NULL, &grant), ==, 200);
  char *token = g_strdup(json_string_value(json_object_get(grant, "token")));
  json_decref(grant);
  return token;
}

/* What ends a session ends what came by it: the connection, and the token that was not used yet. */
static void test_session_ends(void) {
  Place *place = begin("");
  g_autofree char *meeting = make_meeting(place);
  Place other = {.port = place->port};
  for (unsigned by_password = 0; by_password < 2; by_password++) {
    sign_in(place);
    sign_in(&other);
    g_autoptr(GSocketConnection) first = join(&other, meeting);
    g_autofree char *token = token_of(&other, meeting);
    if (by_password)
      g_assert_cmpint(ask(place, "PUT", "/api/v1/session/password",
                          "{\"old\":\"" PASSWORD "\",\"new\":\"Kuaile-2027\"}", NULL),
                      ==, 204);
    else
      g_assert_cmpint(ask(&other, "DELETE", "/api/v1/session", NULL, NULL), ==, 204);
    g_assert_true(await(&other, first, "\"revoked\""));
    g_string_free(other.tail, TRUE);
    g_autoptr(GSocketConnection) late = hello(&other, token);
    g_assert_true(await(&other, late, "\"unauthorised\""));
    g_string_free(other.tail, TRUE);
  }
  g_free(other.cookie);
  g_free(other.csrf);
  end(place);
}

/* A password that is reset on the machine ends sessions in the database file, beside the server: it
 * is told, and ends the connections. */
static void test_reset_beside(void) {
  Place *place = begin("");
  g_autofree char *meeting = make_meeting(place);
  g_autoptr(GSocketConnection) first = join(place, meeting);
  const char *const reset[] = {yishictl, "--config", place->config, "admin",
                               "reset",  "--login",  "staff",       NULL};
  g_assert_cmpint(run(reset, NULL, NULL), ==, 0);
  g_assert_true(await(place, first, "\"revoked\""));
  end(place);
}

/* Told no public_url, the server knows by which name it is reached from who asks: a link that leads
 * where it listens may open for nobody but itself. */
static void test_links_lead_here(void) {
  Place *place = begin("");
  place->name = "localhost";
  g_autofree char *meeting = make_meeting(place);
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/invitations", meeting);
  g_autofree char *here = g_strdup_printf("http://localhost:%u/j/", place->port);
  json_t *invitation = NULL;
  g_assert_cmpint(
      ask(place, "POST", path, "{\"guest_name\":\"Guest\",\"capacity\":\"invited\"}", &invitation),
      ==, 201);
  g_assert_true(g_str_has_prefix(json_string_value(json_object_get(invitation, "link")), here));
  json_decref(invitation);
  end(place);
}

/* Three hundred people behind one address sign in at the same moment; then somebody there guesses.
 */
static void test_hall(void) {
  Place *place = begin("");
  sqlite3 *db = database(place);
  execute(db, "insert into person (id, name, login, kind, created_at)"
              " with recursive n(i) as (values (1) union all select i + 1 from n where i < 300)"
              " select printf('hall%012d', i), 'Member', 'm' || i, 'member', 0 from n");
  execute(db, "insert into credential (person, cost_log2, salt, hash, must_change, changed_at)"
              " select p.id, c.cost_log2, c.salt, c.hash, 0, 0 from person p, credential c"
              " where p.id like 'hall%'");
  sqlite3_close(db);
  Place stranger = {.port = place->port};
  GSocketConnection *people[HALL];
  gint64 begun = g_get_monotonic_time();
  for (unsigned i = 0; i < HALL; i++) {
    g_autofree char *body =
        g_strdup_printf("{\"login\":\"m%u\",\"password\":\"" PASSWORD "\"}", i + 1);
    people[i] = ask_later(&stranger, "POST", "/api/v1/session", body);
  }
  for (unsigned i = 0; i < HALL; i++) {
    g_assert_cmpint(status_of(people[i]), ==, 200);
    g_object_unref(people[i]);
  }
  gint64 took_us = g_get_monotonic_time() - begun;
  g_test_message("%d people: %d ms", HALL, (int)(took_us / 1000));
  g_assert_cmpint(took_us, <, 60 * SECOND_US);
  const char *guess = "{\"login\":\"nobody\",\"password\":\"" PASSWORD "\"}";
  GSocketConnection *guesses[70];
  unsigned tried = 0, refused = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(guesses); i++)
    guesses[i] = ask_later(&stranger, "POST", "/api/v1/session", guess);
  for (unsigned i = 0; i < G_N_ELEMENTS(guesses); i++) {
    int status = status_of(guesses[i]);
    tried += status == 401;
    refused += status == 429;
    g_object_unref(guesses[i]);
  }
  g_assert_cmpuint(tried, ==, 60);
  g_assert_cmpuint(refused, ==, 10);
  expect_prompt(place, "/api/v1/session", 200); /* who is signed in stays so */
  end(place);
}

int main(int argc, char **argv) {
  /* No question of proxies on loopback: libproxy throws where sanitizers do not expect C++. */
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  yishid = argv[1];
  yishictl = argv[2];
  g_test_add_func("/border/hashing", test_hashing);
  g_test_add_func("/border/locked", test_locked);
  g_test_add_func("/border/reading", test_reading);
  g_test_add_func("/border/session-ends", test_session_ends);
  g_test_add_func("/border/reset-beside", test_reset_beside);
  g_test_add_func("/border/links-lead-here", test_links_lead_here);
  g_test_add_func("/border/hall", test_hall);
  return g_test_run();
}
