/* The control socket: a meeting, what its media threads tell, and a client on a thread of its own.
 */
#include "front/control.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/conform.h"
#include "api/openapi.h"
#include "front/bed.h"
#include "peer/figures.h"
#include "peers.h"
#include "store/connection.h"
#include "store/statement.h"

typedef struct {
  const char *path, *say; /* say NULL: through peers_ask */
  json_t *lines;
  char *answer;
  gint done;
} Asker;

static void *ask(void *data) {
  Asker *asker = data;
  g_autofree char *folder = g_path_get_dirname(asker->path);
  if (!asker->say) {
    asker->lines = peers_ask(folder, NULL);
  } else {
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    g_strlcpy(where.sun_path, asker->path, sizeof where.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&where, sizeof where), ==, 0);
    send(fd, asker->say, strlen(asker->say), MSG_NOSIGNAL);
    char answer[512];
    ssize_t count = recv(fd, answer, sizeof answer - 1, 0);
    asker->answer = g_strndup(answer, count > 0 ? (size_t)count : 0);
    close(fd);
  }
  g_atomic_int_set(&asker->done, 1);
  g_main_context_wakeup(NULL);
  return NULL;
}

static char *path_of(const Bed *bed) {
  return g_build_filename(bed->config->data_dir, CONTROL_NAME, NULL);
}

static void run(Asker *asker) {
  GThread *thread = g_thread_new("asker", ask, asker);
  while (!g_atomic_int_get(&asker->done))
    g_main_context_iteration(NULL, TRUE);
  g_thread_join(thread);
}

/* The API answers with the same lines (api/lines.c), as its document says. */
static void check_documented(const Bed *bed, json_t *lines) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = connection_path(bed->config->data_dir, &error);
  sqlite3 *db = connection_open(path, CONNECTION_READ, &error);
  g_assert_no_error(error);
  json_t *document = openapi_document(bed->model, db, &error);
  g_assert_no_error(error);
  ApiResponse *response = api_response_new();
  json_t *body = json_pack("{s:O}", "lines", lines);
  char *text = json_dumps(body, JSON_COMPACT);
  g_string_assign(response->body, text);
  response->status = 200;
  response->content_type = "application/json";
  conform_check(document, "getLines", response);
  free(text);
  json_decref(body);
  json_decref(document);
  api_response_free(response);
  db_close(db);
}

/* Two people on two media threads: both are there once both threads have answered. */
static void test_peers(void) {
  Bed *bed = bed_new_on(2, 2, 1);
  Control *control = control_new(bed->config, bed->assembly, NULL);
  g_assert_nonnull(control);
  g_autofree char *path = path_of(bed);
  struct stat found;
  g_assert_cmpint(g_stat(path, &found), ==, 0);
  g_assert_cmpuint(found.st_mode & 0777, ==, 0600);
  bed_open(bed);
  Page *page = bed_join(bed, g_ptr_array_index(bed->people, 0));
  page_send(page, "{s:s, s:s, s:{s:s}}", "t", "offer", "sdp",
            "v=0\r\na=fingerprint:sha-256 A:1\r\n", "sources", "0", "mic");
  while (bed->offers->len == 0)
    g_main_context_iteration(NULL, TRUE);
  uint32_t peer = g_array_index(bed->offers, BedOffer, 0).peer;

  Asker asker = {.path = path};
  GThread *thread = g_thread_new("asker", ask, &asker);
  while (!strstr(bed->calls->str, "figures 1 there\n"))
    g_main_context_iteration(NULL, TRUE);
  PeerFigures figures[] = {
      {.peer = peer,
       .state = PEER_CONNECTED,
       .way = WAY_TCP,
       .rtt_us = 41600,
       .loss_down = 0.1234,
       .source = CAPACITY_BY_FEEDBACK,
       .bps = 700000,
       .wanted_bps = 2100000,
       .repairs = 5,
       .dropped = {[REFUSED_DUPLICATE] = 12},
       .pictures = {1, 2}},
      {.peer = 4711} /* gone meanwhile */
  };
  bed_events_of()->figures(bed->assembly, 1, figures, 2);
  bed_events_of()->figures(bed->assembly, 77, figures, 2); /* nobody's */
  for (unsigned i = 0; i < 5; i++)
    g_main_context_iteration(NULL, FALSE);
  g_assert_cmpint(g_atomic_int_get(&asker.done), ==, 0);
  bed_events_of()->figures(bed->assembly, 1, NULL, 0);
  while (!g_atomic_int_get(&asker.done))
    g_main_context_iteration(NULL, TRUE);
  g_thread_join(thread);
  g_assert_cmpuint(json_array_size(asker.lines), ==, 1);
  const json_t *line = json_array_get(asker.lines, 0);
  g_assert_cmpstr(text_at(line, "way"), ==, "tcp");
  g_assert_cmpstr(text_at(line, "person"), ==, g_ptr_array_index(bed->people, 0));
  g_assert_cmpstr(text_at(line, "estimate_by"), ==, "feedback");
  g_assert_cmpint(json_integer_value(json_object_get(line, "rtt_ms")), ==, 42);
  g_assert_cmpint(json_integer_value(json_object_get(line, "loss_down_permille")), ==, 123);
  g_assert_cmpint(json_integer_value(json_object_get(line, "estimate_kbps")), ==, 700);
  const json_t *troubles = json_object_get(line, "troubles");
  g_assert_cmpuint(json_array_size(troubles), ==, 3);
  g_assert_cmpstr(json_string_value(json_array_get(troubles, 0)), ==, "loss_down");
  g_assert_cmpint(json_integer_value(json_object_get(line, "badness")), >, 120);
  const json_t *dropped = json_object_get(line, "dropped");
  g_assert_cmpuint(json_object_size(dropped), ==, 1);
  g_assert_cmpint(json_integer_value(json_object_get(dropped, "duplicate")), ==, 12);
  check_documented(bed, asker.lines);
  json_decref(asker.lines);
  control_free(control);
  g_assert_cmpint(g_stat(path, &found), ==, -1);
  page_free(page);
  bed_free(bed);
}

static void test_nonsense(void) {
  Bed *bed = bed_new(1);
  Control *control = control_new(bed->config, bed->assembly, NULL);
  g_autofree char *path = path_of(bed);
  Asker unknown = {.path = path, .say = "reboot\n"};
  run(&unknown);
  g_assert_cmpstr(unknown.answer, ==, "{\"error\":\"unknown_command\"}\n");
  g_free(unknown.answer);
  g_autofree char *long_line = g_strnfill(1000, 'x');
  Asker endless = {.path = path, .say = long_line};
  run(&endless);
  g_assert_cmpstr(endless.answer, ==, "");
  g_free(endless.answer);
  control_free(control);
  bed_free(bed);
}

/* The server goes while somebody waits for an answer: he gets none, and nothing is touched. */
static void test_gone(void) {
  Bed *bed = bed_new(1);
  Control *control = control_new(bed->config, bed->assembly, NULL);
  g_autofree char *path = path_of(bed);
  Asker asker = {.path = path, .say = "peers\n"};
  GThread *thread = g_thread_new("asker", ask, &asker);
  while (!strstr(bed->calls->str, "figures 1\n"))
    g_main_context_iteration(NULL, TRUE);
  control_free(control);
  bed_events_of()->figures(bed->assembly, 1, NULL, 0);
  while (!g_atomic_int_get(&asker.done))
    g_main_context_iteration(NULL, TRUE);
  g_thread_join(thread);
  g_assert_cmpstr(asker.answer, ==, "");
  g_free(asker.answer);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/front/control/peers", test_peers);
  g_test_add_func("/front/control/nonsense", test_nonsense);
  g_test_add_func("/front/control/gone", test_gone);
  return g_test_run();
}
