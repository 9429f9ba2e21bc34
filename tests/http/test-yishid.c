/* The built server as its users meet it: started with a configuration, asked over HTTP and
 * WebSocket, stopped by a signal, killed, started again. Arguments: yishid, yishictl. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define PASSWORD "Kuaile-2026"
#define SECOND_US G_USEC_PER_SEC

static const char *yishid, *yishictl;

typedef struct {
  char *folder, *config;
  GSubprocess *process;
  unsigned port;
  char *cookie, *csrf;
  GString *tail; /* of the WebSocket's stream */
} Place;

static Place *place_new(void) {
  Place *place = g_new0(Place, 1);
  place->folder = g_dir_make_tmp("yishi-http-XXXXXX", NULL);
  place->config = g_build_filename(place->folder, "yishi.conf", NULL);
  g_autofree char *text = g_strdup_printf("data_dir = %s/var\nlisten_port = 0\nmedia_port = 0\n"
                                          "media_addresses = 127.0.0.1\nlog_level = warn\n"
                                          "password_cost_log2 = 10\n",
                                          place->folder);
  g_assert_true(g_file_set_contents(place->config, text, -1, NULL));
  return place;
}

static void place_free(Place *place) {
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", place->folder);
  g_assert_true(system(remove) == 0);
  g_free(place->folder);
  g_free(place->config);
  g_free(place->cookie);
  g_free(place->csrf);
  g_free(place);
}

/* A test that fails leaves no server behind. */
static void die_with_parent(void *data) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *spawn(GSubprocessFlags flags, const char *const *argv) {
  GError *error = NULL;
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
  g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
  GSubprocess *process = g_subprocess_launcher_spawnv(launcher, argv, &error);
  g_assert_no_error(error);
  return process;
}

/* Runs to its end; its exit status. */
static int run(const char *const *argv, const char *input, char **output) {
  GError *error = NULL;
  g_autoptr(GSubprocess) process =
      spawn(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                G_SUBPROCESS_FLAGS_STDERR_MERGE,
            argv);
  g_subprocess_communicate_utf8(process, input, NULL, output, NULL, &error);
  g_assert_no_error(error);
  return g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
}

/* Starts and waits for the line that says it is ready. */
static void start(Place *place) {
  const char *const argv[] = {yishid, "--config", place->config, NULL};
  place->process = spawn(G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autoptr(GDataInputStream) lines =
      g_data_input_stream_new(g_subprocess_get_stdout_pipe(place->process));
  g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
  g_assert_true(line && g_str_has_prefix(line, "Yishi is ready: http://127.0.0.1:"));
  place->port = (unsigned)atoi(strrchr(line, ':') + 1);
}

/* Waits for the end and returns how it ended: the exit status, or -1 for a signal. */
static int finish(Place *place) {
  g_assert_true(g_subprocess_wait(place->process, NULL, NULL));
  int status = g_subprocess_get_if_exited(place->process)
                   ? g_subprocess_get_exit_status(place->process)
                   : -1;
  g_clear_object(&place->process);
  return status;
}

static GSocketConnection *dial(const Place *place) {
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_socket_client_set_timeout(client, 15);
  GError *error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect_to_host(client, "127.0.0.1", (guint16)place->port, NULL, &error);
  g_assert_no_error(error);
  return connection;
}

static void put(GSocketConnection *connection, const void *bytes, size_t length) {
  g_assert_true(g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                          bytes, length, NULL, NULL, NULL));
}

/* Asks with the session, if there is one; the status. body gets the answer's JSON. */
static int ask(Place *place, const char *method, const char *path, const char *json,
               json_t **body) {
  g_autoptr(GSocketConnection) connection = dial(place);
  g_autofree char *session =
      place->cookie ? g_strdup_printf("Cookie: yishi_session=%s\r\nX-CSRF-Token: %s\r\n",
                                      place->cookie, place->csrf)
                    : g_strdup("");
  g_autofree char *request = g_strdup_printf(
      "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n%s"
      "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
      method, path, place->port, place->port, session, json ? strlen(json) : 0, json ? json : "");
  put(connection, request, strlen(request));
  g_autoptr(GString) answer = g_string_new(NULL);
  char bytes[4096];
  gssize got;
  while ((got = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), bytes,
                                    sizeof bytes, NULL, NULL)) > 0)
    g_string_append_len(answer, bytes, got);
  g_assert_true(g_str_has_prefix(answer->str, "HTTP/1.1 "));
  const char *cookie = strstr(answer->str, "Set-Cookie: yishi_session=");
  if (cookie) {
    g_free(place->cookie);
    place->cookie = g_strndup(cookie + 26, strcspn(cookie + 26, ";"));
  }
  if (body)
    *body = json_loads(strstr(answer->str, "\r\n\r\n") + 4, JSON_DISABLE_EOF_CHECK, NULL);
  return atoi(answer->str + 9);
}

static void make_staff(const Place *place) {
  g_autofree char *output = NULL;
  const char *const argv[] = {yishictl, "--config",         place->config, "admin",
                              "create", "--login",          "staff",       "--role",
                              "staff",  "--password-stdin", NULL};
  if (run(argv, PASSWORD "\n", &output) != 0)
    g_error("yishictl: %s", output);
}

static void sign_in(Place *place) {
  json_t *session = NULL;
  g_assert_cmpint(ask(place, "POST", "/api/v1/session",
                      "{\"login\":\"staff\",\"password\":\"" PASSWORD "\"}", &session),
                  ==, 200);
  g_free(place->csrf);
  place->csrf = g_strdup(json_string_value(json_object_get(session, "csrf")));
  json_decref(session);
}

/* ---- a little WebSocket ---- */

static void put_text(GSocketConnection *connection, const char *text) {
  size_t length = strlen(text);
  g_assert_cmpuint(length, <, 65536);
  g_autoptr(GByteArray) frame = g_byte_array_new();
  const guint8 head[8] = {0x81, 0x80 | 126, (guint8)(length >> 8), (guint8)length};
  g_byte_array_append(frame, head, sizeof head); /* with a mask of zeros */
  g_byte_array_append(frame, (const guint8 *)text, (guint)length);
  put(connection, frame->data, frame->len);
}

/* Reads on until `wanted` has come by in the stream. */
static bool await(Place *place, GSocketConnection *connection, const char *wanted) {
  char bytes[4096];
  for (;;) {
    char *found = memmem(place->tail->str, place->tail->len, wanted, strlen(wanted));
    if (found) {
      g_string_erase(place->tail, 0, found - place->tail->str + (gssize)strlen(wanted));
      return true;
    }
    gssize got = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), bytes,
                                     sizeof bytes, NULL, NULL);
    if (got <= 0)
      return false;
    g_string_append_len(place->tail, bytes, got);
  }
}

static GSocketConnection *join(Place *place, const char *meeting) {
  json_t *grant = NULL;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/join", meeting);
  g_assert_cmpint(ask(place, "POST", path, NULL, &grant), ==, 200);
  g_autofree char *hello = g_strdup_printf(
      "{\"t\":\"hello\",\"id\":1,\"token\":\"%s\",\"device\":\"desktop\",\"client\":\"test 1\"}",
      json_string_value(json_object_get(grant, "token")));
  json_decref(grant);
  GSocketConnection *connection = dial(place);
  g_autofree char *handshake = g_strdup_printf(
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Protocol: yishi.v1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      place->port, place->port);
  put(connection, handshake, strlen(handshake));
  place->tail = g_string_new(NULL);
  g_assert_true(await(place, connection, "HTTP/1.1 101"));
  put_text(connection, hello);
  g_assert_true(await(place, connection, "\"welcome\""));
  return connection;
}

static char *make_meeting(Place *place) {
  json_t *session = NULL, *meeting = NULL;
  g_assert_cmpint(ask(place, "GET", "/api/v1/session", NULL, &session), ==, 200);
  gint64 now = g_get_real_time() / 1000;
  g_autofree char *body =
      g_strdup_printf("{\"title\":\"协商\",\"planned_start\":%" G_GINT64_FORMAT
                      ",\"planned_end\":%" G_GINT64_FORMAT ",\"host\":\"%s\"}",
                      now, now + 3600000,
                      json_string_value(json_object_get(json_object_get(session, "person"), "id")));
  g_assert_cmpint(ask(place, "POST", "/api/v1/meetings", body, &meeting), ==, 201);
  char *id = g_strdup(json_string_value(json_object_get(meeting, "id")));
  json_decref(session);
  json_decref(meeting);
  return id;
}

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
  g_assert_true(await(&guest, connection, "\"removed\""));
  g_assert_cmpint(g_get_monotonic_time() - asked, <, 2 * SECOND_US);
  g_assert_cmpint(ask(&guest, "GET", "/api/v1/session", NULL, NULL), ==, 401);
  /* The event is committed within a second; asked through another connection, so wait for it. */
  gint64 until = g_get_monotonic_time() + 5 * SECOND_US;
  while (events(place, meeting, "removed", NULL) == 0)
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
