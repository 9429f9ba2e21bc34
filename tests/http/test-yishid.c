/* The built server as its users meet it: started with a configuration, asked over HTTP and
 * WebSocket, stopped by a signal, killed, started again. Arguments: yishid, yishictl. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"

/* Who was there, by the segments of the attendance; the last one's ended_by ("" while open). */
static unsigned segments(Place *place, const char *meeting, char *ended_by, size_t size) {
  json_t *rows = NULL;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/attendance", meeting);
  g_assert_cmpint(ask(place, "GET", path, NULL, &rows), ==, 200);
  json_t *list = json_object_get(json_array_get(json_object_get(rows, "items"), 0), "segments");
  size_t count = json_array_size(list);
  const char *reason =
      json_string_value(json_object_get(json_array_get(list, count ? count - 1 : 0), "ended_by"));
  g_strlcpy(ended_by, reason ? reason : "", size);
  json_decref(rows);
  return (unsigned)count;
}

static void open_meeting(Place *place, const char *meeting) {
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/open", meeting);
  g_assert_cmpint(ask(place, "POST", path, NULL, NULL), ==, 200);
}

/* How many events of the meeting have this in their text. */
static unsigned events(Place *place, const char *meeting, const char *kind, const char *reason) {
  json_t *page = NULL;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/events?limit=200", meeting);
  g_assert_cmpint(ask(place, "GET", path, NULL, &page), ==, 200);
  unsigned count = 0;
  size_t index;
  json_t *event;
  json_array_foreach(json_object_get(page, "items"), index, event) {
    const json_t *data = json_object_get(event, "data");
    count +=
        g_strcmp0(json_string_value(json_object_get(event, "kind")), kind) == 0 &&
        (!reason || g_strcmp0(json_string_value(json_object_get(data, "reason")), reason) == 0);
  }
  json_decref(page);
  return count;
}

static void test_life(void) {
  Place *place = place_new();
  start(place);
  json_t *health = NULL;
  g_assert_cmpint(ask(place, "GET", "/healthz", NULL, &health), ==, 200);
  g_assert_cmpstr(json_string_value(json_object_get(health, "status")), ==, "ok");
  json_decref(health);
  g_assert_cmpint(ask(place, "GET", "/metrics", NULL, NULL), ==, 200);
  g_assert_cmpint(ask(place, "GET", "/api/v1/session", NULL, NULL), ==, 401);
  g_autofree char *said = NULL;
  const char *const second[] = {yishid, "--config", place->config, NULL};
  g_assert_cmpint(run(second, NULL, &said), ==, 1); /* one server a data folder */
  make_staff(place);
  sign_in(place);
  g_autofree char *meeting = make_meeting(place);
  open_meeting(place, meeting);
  g_autoptr(GSocketConnection) connection = join(place, meeting);
  char ended_by[32];
  /* Told to stop: it says goodbye, closes what is open and ends by itself. */
  gint64 asked = g_get_monotonic_time();
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_true(await(place, connection, "\"bye\""));
  g_assert_true(await(place, connection, "\"shutdown\""));
  g_assert_cmpint(finish(place), ==, 0);
  g_assert_cmpint(g_get_monotonic_time() - asked, <, 9 * SECOND_US);
  g_string_free(place->tail, TRUE);
  start(place);
  g_assert_cmpuint(segments(place, meeting, ended_by, sizeof ended_by), ==, 1);
  g_assert_cmpstr(ended_by, ==, "shutdown");
  g_assert_cmpuint(events(place, meeting, "shutdown", NULL), ==, 1);
  g_assert_cmpuint(events(place, meeting, "left", "shutdown"), ==, 1);
  g_subprocess_send_signal(place->process, SIGINT);
  g_assert_cmpint(finish(place), ==, 0);
  place_free(place);
}

/* What the API takes away is taken from the open connection too. */
static void test_rights(void) {
  Place *place = place_new();
  start(place);
  make_staff(place);
  sign_in(place);
  g_autofree char *meeting = make_meeting(place);
  g_autofree char *invite = g_strdup_printf("/api/v1/meetings/%s/invitations", meeting);
  json_t *invitation = NULL, *session = NULL;
  g_assert_cmpint(
      ask(place, "POST", invite, "{\"guest_name\":\"客\",\"capacity\":\"attend\"}", &invitation),
      ==, 201);
  const char *link = json_string_value(json_object_get(invitation, "link"));
  Place guest = {.port = place->port};
  g_autofree char *secret = g_strdup_printf("{\"secret\":\"%s\"}", strrchr(link, '/') + 1);
  g_assert_cmpint(ask(&guest, "POST", "/api/v1/session/link", secret, &session), ==, 200);
  guest.csrf = g_strdup(json_string_value(json_object_get(session, "csrf")));
  g_autoptr(GSocketConnection) connection = join(&guest, meeting);
  g_autofree char *renew =
      g_strdup_printf("%s/%s/link", invite, json_string_value(json_object_get(invitation, "id")));
  gint64 asked = g_get_monotonic_time();
  g_assert_cmpint(ask(place, "POST", renew, NULL, NULL), ==, 200);
  g_assert_true(await(&guest, connection, "\"revoked\""));
  g_assert_cmpint(g_get_monotonic_time() - asked, <, 2 * SECOND_US);
  g_assert_cmpint(ask(&guest, "GET", "/api/v1/session", NULL, NULL), ==, 401);
  /* The event is committed within a second; asked through another connection, so wait for it. */
  gint64 until = g_get_monotonic_time() + 5 * SECOND_US;
  while (events(place, meeting, "left", NULL) == 0)
    g_assert_cmpint(g_get_monotonic_time(), <, until);
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_cmpint(finish(place), ==, 0);
  json_decref(invitation);
  json_decref(session);
  g_string_free(guest.tail, TRUE);
  g_free(guest.cookie);
  g_free(guest.csrf);
  place_free(place);
}

static void test_killed(void) {
  Place *place = place_new();
  start(place);
  make_staff(place);
  sign_in(place);
  g_autofree char *meeting = make_meeting(place);
  open_meeting(place, meeting);
  GSocketConnection *connection = join(place, meeting);
  g_string_free(place->tail, TRUE);
  char ended_by[32];
  /* The join is committed within a second; asked through another connection, so wait for it. */
  gint64 until = g_get_monotonic_time() + 5 * SECOND_US;
  while (segments(place, meeting, ended_by, sizeof ended_by) == 0)
    g_assert_cmpint(g_get_monotonic_time(), <, until);
  g_subprocess_send_signal(place->process, SIGKILL);
  g_assert_cmpint(finish(place), ==, -1);
  gint64 asked = g_get_monotonic_time();
  start(place);
  g_assert_cmpint(g_get_monotonic_time() - asked, <, 3 * SECOND_US);
  g_assert_cmpuint(segments(place, meeting, ended_by, sizeof ended_by), ==, 1);
  g_assert_cmpstr(ended_by, ==, "crash");
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_cmpint(finish(place), ==, 0);
  g_object_unref(connection);
  place_free(place);
}

static void test_configuration(void) {
  g_autofree char *output = NULL, *value = NULL, *document = NULL, *url = NULL;
  Place *place = place_new();
  const char *const values[] = {
      yishid, "--config", place->config, "--print-config-value", "password_cost_log2", NULL};
  g_assert_cmpint(run(values, NULL, &value), ==, 0);
  g_assert_cmpstr(value, ==, "10\n");
  const char *const urls[] = {yishid, "--config", place->config, "--print-url", NULL};
  g_assert_cmpint(run(urls, NULL, &url), ==, 0);
  g_assert_cmpstr(url, ==, "http://127.0.0.1:0\n");
  /* What --print-config prints is itself a configuration. */
  const char *const documents[] = {yishid, "--print-config", NULL};
  g_assert_cmpint(run(documents, NULL, &document), ==, 0);
  g_assert_true(g_file_set_contents(place->config, document, -1, NULL));
  g_clear_pointer(&value, g_free);
  g_assert_cmpint(run(values, NULL, &value), ==, 0);
  g_assert_cmpstr(value, ==, "15\n");
  g_assert_true(g_file_set_contents(place->config, "data_dir = x\nlisten_prt = 1\n", -1, NULL));
  const char *const bad[] = {yishid, "--config", place->config, NULL};
  g_assert_cmpint(run(bad, NULL, &output), ==, 2);
  g_assert_nonnull(strstr(output, "yishi.conf:2"));
  g_assert_nonnull(strstr(output, "listen_prt"));
  /* Passwords do not cross the network as they are. */
  g_clear_pointer(&output, g_free);
  g_assert_true(g_file_set_contents(place->config, "listen_address = 0.0.0.0\n", -1, NULL));
  g_assert_cmpint(run(bad, NULL, &output), ==, 2);
  g_assert_nonnull(strstr(output, "tls"));
  /* A secret that others may read is found before anything is opened. */
  g_clear_pointer(&output, g_free);
  g_autofree char *secret = g_build_filename(place->folder, "turn.secret", NULL);
  g_autofree char *relay =
      g_strdup_printf("data_dir = %s/unmade\nturn_uris = turn:localhost\nturn_secret_file = %s\n",
                      place->folder, secret);
  g_assert_true(g_file_set_contents(secret, "0123456789abcdef", -1, NULL));
  g_assert_cmpint(g_chmod(secret, 0644), ==, 0);
  g_assert_true(g_file_set_contents(place->config, relay, -1, NULL));
  g_assert_cmpint(run(bad, NULL, &output), ==, 1);
  g_assert_nonnull(strstr(output, "read by others"));
  g_assert_null(strstr(output, "0123456789"));
  g_autofree char *unmade = g_build_filename(place->folder, "unmade", NULL);
  g_assert_false(g_file_test(unmade, G_FILE_TEST_EXISTS));
  place_free(place);
}

int main(int argc, char **argv) {
  /* No question of proxies on loopback: libproxy throws where sanitizers do not expect C++. */
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  yishid = argv[1];
  yishictl = argv[2];
  g_test_add_func("/yishid/configuration", test_configuration);
  g_test_add_func("/yishid/life", test_life);
  g_test_add_func("/yishid/rights", test_rights);
  g_test_add_func("/yishid/killed", test_killed);
  return g_test_run();
}
