#include "place.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

const char *yishid, *yishictl;

Place *place_new(void) {
  return place_new_with("");
}

Place *place_new_with(const char *more) {
  Place *place = g_new0(Place, 1);
  place->folder = g_dir_make_tmp("yishi-http-XXXXXX", NULL);
  place->config = g_build_filename(place->folder, "yishi.conf", NULL);
  g_autofree char *text = g_strdup_printf("data_dir = %s/var\nlisten_port = 0\nmedia_port = 0\n"
                                          "media_addresses = 127.0.0.1\nlog_level = warn\n"
                                          "password_cost_log2 = 10\nsecond_factor_must = no\n%s",
                                          place->folder, more);
  g_assert_true(g_file_set_contents(place->config, text, -1, NULL));
  return place;
}

void place_free(Place *place) {
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

GSubprocess *spawn(GSubprocessFlags flags, const char *const *argv) {
  GError *error = NULL;
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
  g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
  GSubprocess *process = g_subprocess_launcher_spawnv(launcher, argv, &error);
  g_assert_no_error(error);
  return process;
}

int run(const char *const *argv, const char *input, char **output) {
  GError *error = NULL;
  g_autoptr(GSubprocess) process =
      spawn(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                G_SUBPROCESS_FLAGS_STDERR_MERGE,
            argv);
  g_subprocess_communicate_utf8(process, input, NULL, output, NULL, &error);
  g_assert_no_error(error);
  return g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
}

void start(Place *place) {
  const char *const argv[] = {yishid, "--config", place->config, NULL};
  place->process = spawn(G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autoptr(GDataInputStream) lines =
      g_data_input_stream_new(g_subprocess_get_stdout_pipe(place->process));
  g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
  g_assert_true(line && g_str_has_prefix(line, "Yishi is ready: http://127.0.0.1:"));
  place->port = (unsigned)atoi(strrchr(line, ':') + 1);
}

int finish(Place *place) {
  g_assert_true(g_subprocess_wait(place->process, NULL, NULL));
  int status = g_subprocess_get_if_exited(place->process)
                   ? g_subprocess_get_exit_status(place->process)
                   : -1;
  g_clear_object(&place->process);
  return status;
}

GSocketConnection *dial(const Place *place) {
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_socket_client_set_timeout(client, 15);
  GError *error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect_to_host(client, "127.0.0.1", (guint16)place->port, NULL, &error);
  g_assert_no_error(error);
  return connection;
}

void put(GSocketConnection *connection, const void *bytes, size_t length) {
  g_assert_true(g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                          bytes, length, NULL, NULL, NULL));
}

GSocketConnection *ask_later(const Place *place, const char *method, const char *path,
                             const char *json) {
  GSocketConnection *connection = dial(place);
  g_autofree char *session =
      place->cookie ? g_strdup_printf("Cookie: yishi_session=%s\r\nX-CSRF-Token: %s\r\n"
                                      "If-Match: *\r\n",
                                      place->cookie, place->csrf)
                    : g_strdup("");
  const char *name = place->name ? place->name : "127.0.0.1";
  g_autofree char *request = g_strdup_printf(
      "%s %s HTTP/1.1\r\nHost: %s:%u\r\nOrigin: http://%s:%u\r\n%s"
      "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
      method, path, name, place->port, name, place->port, session, json ? strlen(json) : 0,
      json ? json : "");
  put(connection, request, strlen(request));
  return connection;
}

char *answer_of(GSocketConnection *connection) {
  g_autoptr(GString) answer = g_string_new(NULL);
  char bytes[4096];
  gssize got;
  while ((got = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), bytes,
                                    sizeof bytes, NULL, NULL)) > 0)
    g_string_append_len(answer, bytes, got);
  return g_str_has_prefix(answer->str, "HTTP/1.1 ") ? g_strdup(answer->str) : NULL;
}

int ask(Place *place, const char *method, const char *path, const char *json, json_t **body) {
  g_autoptr(GSocketConnection) connection = ask_later(place, method, path, json);
  g_autofree char *answer = answer_of(connection);
  g_assert_nonnull(answer);
  const char *cookie = strstr(answer, "Set-Cookie: yishi_session=");
  if (cookie) {
    g_free(place->cookie);
    place->cookie = g_strndup(cookie + 26, strcspn(cookie + 26, ";"));
  }
  if (body)
    *body = json_loads(strstr(answer, "\r\n\r\n") + 4, JSON_DISABLE_EOF_CHECK, NULL);
  return atoi(answer + 9);
}

void make_staff(const Place *place) {
  g_autofree char *output = NULL;
  const char *const argv[] = {yishictl, "--config",         place->config, "admin",
                              "create", "--login",          "staff",       "--role",
                              "staff",  "--password-stdin", NULL};
  if (run(argv, PASSWORD "\n", &output) != 0)
    g_error("yishictl: %s", output);
}

void sign_in(Place *place) {
  json_t *session = NULL;
  g_assert_cmpint(ask(place, "POST", "/api/v1/session",
                      "{\"login\":\"staff\",\"password\":\"" PASSWORD "\"}", &session),
                  ==, 200);
  g_free(place->csrf);
  place->csrf = g_strdup(json_string_value(json_object_get(session, "csrf")));
  json_decref(session);
}

/* ---- a little WebSocket ---- */

void put_text(GSocketConnection *connection, const char *text) {
  size_t length = strlen(text);
  g_assert_cmpuint(length, <, 65536);
  g_autoptr(GByteArray) frame = g_byte_array_new();
  const guint8 head[8] = {0x81, 0x80 | 126, (guint8)(length >> 8), (guint8)length};
  g_byte_array_append(frame, head, sizeof head); /* with a mask of zeros */
  g_byte_array_append(frame, (const guint8 *)text, (guint)length);
  put(connection, frame->data, frame->len);
}

bool await(Place *place, GSocketConnection *connection, const char *wanted) {
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

GSocketConnection *hello(Place *place, const char *token) {
  g_autofree char *message = g_strdup_printf(
      "{\"t\":\"hello\",\"id\":1,\"token\":\"%s\",\"device\":\"desktop\",\"client\":\"test 1\"}",
      token);
  GSocketConnection *connection = dial(place);
  g_autofree char *handshake = g_strdup_printf(
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Protocol: yishi.v1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      place->port, place->port);
  put(connection, handshake, strlen(handshake));
  place->tail = g_string_new(NULL);
  g_assert_true(await(place, connection, "HTTP/1.1 101"));
  put_text(connection, message);
  return connection;
}

GSocketConnection *join(Place *place, const char *meeting) {
  json_t *grant = NULL;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/join", meeting);
  g_assert_cmpint(ask(place, "POST", path, NULL, &grant), ==, 200);
  GSocketConnection *connection = hello(place, json_string_value(json_object_get(grant, "token")));
  json_decref(grant);
  g_assert_true(await(place, connection, "\"welcome\""));
  return connection;
}

char *make_meeting(Place *place) {
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
