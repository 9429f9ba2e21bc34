#include "front/fake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

gint fake_clients, fake_effects, fake_gone;
gint fake_denied, fake_refused, fake_active, fake_idle, fake_held, fake_abandoned;
char fake_last_address[64];

static Mailbox *the_mailbox;

/* ---- the store: two threads. pthread's own locks, which the thread sanitizer understands ---- */

#define READERS 2

typedef struct {
  StoreWork work;
  StoreDone done;
  void *data;
} Work;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static GQueue waiting = G_QUEUE_INIT; /* of Work, NULL: end */
static pthread_t readers[READERS];
static bool gate_open = true;

static void finish_work(void *data) {
  Work *work = data;
  work->done(work->data, NULL);
  g_free(work);
}

static Work *next_work(void) {
  pthread_mutex_lock(&lock);
  while (g_queue_is_empty(&waiting))
    pthread_cond_wait(&moved, &lock);
  Work *work = g_queue_pop_head(&waiting);
  pthread_mutex_unlock(&lock);
  return work;
}

static void push_work(Work *work) {
  pthread_mutex_lock(&lock);
  g_queue_push_tail(&waiting, work);
  pthread_cond_broadcast(&moved);
  pthread_mutex_unlock(&lock);
}

static void *reader_main(void *unused) {
  Work *work;
  while ((work = next_work())) {
    sqlite3 *db = NULL;
    g_assert(sqlite3_open(":memory:", &db) == SQLITE_OK);
    work->work(db, work->data, NULL);
    sqlite3_close(db);
    mailbox_post(the_mailbox, finish_work, NULL, work);
  }
  return NULL;
}

void store_read(Store *store, StoreWork work, StoreDone done, void *data) {
  Work *item = g_new(Work, 1);
  *item = (Work){work, done, data};
  push_work(item);
}

void store_probe(Store *store, StoreWork work, StoreDone done, void *data) {
  store_read(store, work, done, data);
}

static void set_gate(bool open) {
  pthread_mutex_lock(&lock);
  gate_open = open;
  pthread_cond_broadcast(&moved);
  pthread_mutex_unlock(&lock);
}

static void wait_at_gate(void) {
  pthread_mutex_lock(&lock);
  while (!gate_open)
    pthread_cond_wait(&moved, &lock);
  pthread_mutex_unlock(&lock);
}

/* ---- the API: a few routes ------------------------------------------------------------------ */

struct Exchange {
  const ApiContext *context;
  ApiRequest *request;
  ApiResponse *response;
  ApiDone done;
  void *user;
};

ApiIntake api_intake(const ApiContext *context, const ApiRequest *request) {
  bool is_kept = strcmp(request->path, "/api/v1/attachments") == 0;
  bool passes = strcmp(request->path, "/api/v1/table") == 0;
  return (ApiIntake){is_kept  ? BLOB_BYTES_MOST
                     : passes ? API_TABLE_MAX
                              : API_BODY_MAX,
                     is_kept || passes, passes};
}

/* Who has a cookie may send files, and is whom it says; of one that passes it is told how long it
 * is and how it begins.
 */
static void answer_file(const ApiRequest *request, ApiResponse *response) {
  g_autofree char *text = NULL;
  gsize size;
  if (request->file) {
    g_assert_true(g_file_get_contents(request->file, &text, &size, NULL));
    response->status = 201;
    g_string_printf(response->body, "%" G_GSIZE_FORMAT " %.4s", size, text);
  } else if (request->stored.size > 0) {
    response->status = 201;
    g_string_printf(response->body, "sha256=%s size=%" G_GUINT64_FORMAT " mime=%s",
                    request->stored.sha256, request->stored.size, request->stored.kind->mime);
  } else if (request->cookie && request->length > 0) {
    response->person = g_strdup(request->cookie);
    response->go_on = true;
  } else {
    api_problem(response, 401, "signed_out", "Please sign in", NULL);
  }
}

static void answer(const ApiContext *context, const ApiRequest *request, ApiResponse *response) {
  response->status = 200;
  response->content_type = "application/json";
  if (strcmp(request->path, "/api/v1/echo") == 0) {
    g_string_append_len(response->body, (const char *)request->body->data, request->body->len);
  } else if (strcmp(request->path, "/api/v1/facts") == 0) {
    const char *q = api_request_query(request, "q");
    g_string_printf(response->body, "method=%d origin=%d csrf=%s cookie=%s address=%s q=%s",
                    request->method, request->origin_ok, request->csrf ? request->csrf : "-",
                    request->cookie ? request->cookie : "-", request->address, q ? q : "-");
  } else if (strcmp(request->path, "/api/v1/big") == 0) {
    g_string_set_size(response->body, 3000000);
    memset(response->body->str, 'x', response->body->len);
  } else if (strcmp(request->path, "/api/v1/known") == 0) {
    const char *who = api_request_query(request, "who");
    response->person = g_strdup(who ? who : "known");
  } else if (api_intake(context, request).is_file) {
    answer_file(request, response);
  } else if (strcmp(request->path, "/api/v1/effect") == 0) {
    Effect effect = {EFFECT_PERSON_REVOKED, g_strdup("m"), g_strdup("p")};
    g_array_append_val(response->effects, effect);
  } else if (strcmp(request->path, "/api/v1/wait") == 0) {
    set_gate(false);
    g_atomic_int_inc(&fake_held);
    wait_at_gate();
    Effect effect = {EFFECT_MEETING_CHANGED, g_strdup("m"), NULL};
    g_array_append_val(response->effects, effect);
  } else if (strcmp(request->path, "/api/v1/go") == 0) {
    set_gate(true);
  } else if (strcmp(request->path, "/api/v1/file") == 0 && g_atomic_int_get(&fake_denied)) {
    g_atomic_int_add(&fake_refused, request->again);
    api_problem(response, 404, "not_found", "There is no such file", NULL);
  } else if (strcmp(request->path, "/api/v1/file") == 0) {
    g_atomic_int_add(request->background ? &fake_idle : &fake_active, request->again);
    response->content_type = "video/webm";
    response->file = g_build_filename(context->config->data_dir, "recording.webm", NULL);
  } else {
    api_problem(response, 404, "not_found", "There is nothing here", NULL);
  }
}

static bool run_exchange(sqlite3 *db, void *data, GError **error) {
  Exchange *exchange = data;
  answer(exchange->context, exchange->request, exchange->response);
  return true;
}

static void exchange_done(void *data, const GError *error) {
  Exchange *exchange = data;
  exchange->done(exchange->user, exchange->response);
  api_request_free(exchange->request);
  g_free(exchange);
}

Exchange *api_begin(ApiContext *context, ApiRequest *request, ApiDone done, void *user) {
  Exchange *exchange = g_new(Exchange, 1);
  *exchange = (Exchange){context, request, api_response_new(), done, user};
  store_read(NULL, run_exchange, exchange_done, exchange);
  return exchange;
}

void api_abandon(Exchange *exchange) {
  g_atomic_int_inc(&fake_abandoned);
}

/* ---- the dispatch: echoes -------------------------------------------------------------------- */

struct Client {
  ClientSink sink;
  void *user;
};

Client *dispatch_client_new(Dispatch *dispatch, const ClientSink *sink, void *user,
                            const char *address, int64_t now_us) {
  Client *client = g_new(Client, 1);
  *client = (Client){*sink, user};
  g_atomic_int_inc(&fake_clients);
  g_strlcpy(fake_last_address, address, sizeof fake_last_address);
  return client;
}

void dispatch_message(Client *client, const char *text, size_t len, int64_t now_us) {
  g_assert(text[len] == 0);
  if (strcmp(text, "flood") == 0) {
    g_autofree char *page = g_strnfill(100000, 'f');
    for (int i = 0; i < 1000; i++)
      client->sink.send(client->user, page, 100000);
  } else if (strcmp(text, "join") == 0) {
    client->sink.joined(client->user);
    client->sink.send(client->user, "welcome", 7);
  } else if (strcmp(text, "bye") == 0) {
    client->sink.send(client->user, "goodbye", 7);
    client->sink.close(client->user, 4003, "removed");
    client->sink.send(client->user, "too late", 8);
  } else {
    client->sink.send(client->user, text, len);
  }
}

void dispatch_client_gone(Client *client, int64_t now_us) {
  g_atomic_int_add(&fake_clients, -1);
  g_atomic_int_inc(&fake_gone);
  g_free(client);
}

/* ---- the server ------------------------------------------------------------------------------ */

static void meeting_effect(void *user, const char *meeting) {
  g_atomic_int_inc(&fake_effects);
}

static void person_effect(void *user, const char *meeting, const char *person) {
  g_atomic_int_inc(&fake_effects);
}

static const ApiEffects effects = {meeting_effect, meeting_effect, person_effect};

static void write_web(const char *web) {
  g_autofree char *assets = g_build_filename(web, "assets", NULL);
  g_autofree char *index = g_build_filename(web, "index.html", NULL);
  g_autofree char *script = g_build_filename(assets, "app-1234.js", NULL);
  g_autofree char *packed = g_build_filename(assets, "app-1234.js.gz", NULL);
  g_assert(g_mkdir_with_parents(assets, 0700) == 0);
  g_assert(g_file_set_contents(index, "<!doctype html>page", -1, NULL));
  g_assert(g_file_set_contents(script, "let a = 1;", -1, NULL));
  g_assert(g_file_set_contents(packed, "packed", -1, NULL));
}

FakeServer *fake_server_new(const char *first, ...) {
  FakeServer *server = g_new0(FakeServer, 1);
  server->folder = g_dir_make_tmp("yishi-front-XXXXXX", NULL);
  server->web = g_build_filename(server->folder, "web", NULL);
  write_web(server->web);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_printf(text, "data_dir = %s\nweb_dir = %s\nlisten_port = 0\n", server->folder,
                  server->web);
  va_list settings;
  va_start(settings, first);
  for (const char *name = first; name; name = va_arg(settings, const char *))
    g_string_append_printf(text, "%s = %s\n", name, va_arg(settings, const char *));
  va_end(settings);
  g_autofree char *path = g_build_filename(server->folder, "yishi.conf", NULL);
  g_assert(g_file_set_contents(path, text->str, -1, NULL));
  server->config = config_load(path, NULL);
  g_assert(server->config);
  server->mailbox = the_mailbox = mailbox_new();
  server->loop = g_main_loop_new(NULL, FALSE);
  server->mailbox_source = mailbox_source(server->mailbox);
  g_source_attach(server->mailbox_source, NULL);
  for (unsigned i = 0; i < READERS; i++)
    g_assert(pthread_create(&readers[i], NULL, reader_main, NULL) == 0);
  fake_clients = fake_effects = fake_gone = 0;
  server->api = (ApiContext){.config = server->config};
  ListenerParts parts = {
      .config = server->config, .api = &server->api, .effects = &effects, .loop = server->loop};
  GError *error = NULL;
  server->listener = listener_new(&parts, &error);
  g_assert_no_error(error);
  return server;
}

void fake_server_free(FakeServer *server) {
  for (unsigned i = 0; i < READERS; i++)
    push_work(NULL);
  for (unsigned i = 0; i < READERS; i++)
    pthread_join(readers[i], NULL);
  while (mailbox_drain(server->mailbox) > 0)
    ;
  listener_free(server->listener);
  g_source_destroy(server->mailbox_source);
  g_source_unref(server->mailbox_source);
  g_main_loop_unref(server->loop);
  mailbox_free(server->mailbox);
  config_free(server->config);
  g_free(server->api.base_url);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", server->folder);
  g_assert(system(remove) == 0);
  g_free(server->folder);
  g_free(server->web);
  g_free(server);
}

typedef struct {
  FakeServer *server;
  void (*client)(unsigned port);
} Run;

static gboolean quit(void *data) {
  g_main_loop_quit(data);
  return G_SOURCE_REMOVE;
}

static void *run_client(void *data) {
  Run *run = data;
  run->client(listener_port(run->server->listener));
  g_idle_add(quit, run->server->loop);
  return NULL;
}

void fake_server_run(FakeServer *server, void (*client)(unsigned port)) {
  Run run = {server, client};
  GThread *thread = g_thread_new("client", run_client, &run);
  g_main_loop_run(server->loop);
  g_thread_join(thread);
}

/* ---- the client ------------------------------------------------------------------------------ */

int fake_connect(unsigned port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct timeval wait = {.tv_sec = 15};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  g_assert(connect(fd, (struct sockaddr *)&where, sizeof where) == 0);
  return fd;
}

void fake_send(int fd, const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
    if (sent <= 0)
      return; /* the server closed; what it said is what counts */
    text += sent;
    length -= (size_t)sent;
  }
}

char *fake_receive(int fd) {
  g_autoptr(GString) text = g_string_new(NULL);
  char byte;
  while (!g_str_has_suffix(text->str, "\r\n\r\n")) {
    if (recv(fd, &byte, 1, 0) <= 0)
      return NULL;
    g_string_append_c(text, byte);
  }
  const char *length = strstr(text->str, "Content-Length: ");
  size_t left = length ? (size_t)atol(length + 16) : 0;
  size_t at = text->len;
  g_string_set_size(text, at + left);
  while (left > 0) {
    ssize_t got = recv(fd, text->str + at, left, 0);
    if (got <= 0) {
      g_string_truncate(text, at);
      break;
    }
    at += (size_t)got;
    left -= (size_t)got;
  }
  return g_strdup(text->str);
}

char *fake_exchange(unsigned port, const char *text) {
  int fd = fake_connect(port);
  fake_send(fd, text);
  char *answer = fake_receive(fd);
  close(fd);
  return answer;
}

bool fake_closed(int fd) {
  char bytes[4096];
  ssize_t got;
  while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
    ;
  return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

gint64 fake_cpu_us(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * G_USEC_PER_SEC + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}
