#include "api/imports.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "api/records.h"
#include "api/transit.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/import-run.h"

#define READING_MOST_S 60
#define BUILD_PLACE "../tables/yishi-table" /* from the server's program, not installed */

typedef struct {
  Exchange *exchange;
  Call *call;
  char *rows; /* path of what the process writes */
  GSubprocess *process;
  unsigned timer;
  ImportPlan *plan;
} Coming;

static void coming_free(void *data) {
  Coming *coming = data;
  import_plan_free(coming->plan);
  records_call_free(coming->call);
  g_clear_object(&coming->process);
  if (coming->rows)
    g_unlink(coming->rows);
  g_free(coming->rows);
  g_free(coming);
}

/* config's, else beside this program, else in the build folder's place. Free with g_free. */
static char *program_of(const Config *config) {
  if (*config->table_program)
    return g_strdup(config->table_program);
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = g_path_get_dirname(self ? self : ".");
  char *beside = g_build_filename(dir, "yishi-table", NULL);
  if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free(beside);
  return g_build_filename(dir, BUILD_PLACE, NULL);
}

/* ---- at last: what was planned is kept, on the writer ---- */

static bool keep_plan(Call *call, void *user) {
  const Coming *coming = user;
  const char *file = api_request_query(coming->exchange->request, "file");
  g_autofree char *name =
      file ? g_utf8_substring(file, 0, MIN(g_utf8_strlen(file, -1), 200)) : NULL;
  return import_keep(call, coming->plan, name);
}

static bool keep(Exchange *exchange, GError **error) {
  Coming *coming = exchange->own;
  return records_run(exchange, coming->call, keep_plan, coming, error);
}

static bool refused(Exchange *exchange, const GError *error) {
  return records_refused(exchange, ((Coming *)exchange->own)->call);
}

/* ---- before it: a plan is made of the rows, on the slow reader ---- */

static bool make_plan(sqlite3 *db, void *data, GError **error) {
  Coming *coming = data;
  g_auto(ImportTable) table = {{0}, NULL};
  g_autofree char *text = NULL;
  if (!g_file_get_contents(coming->rows, &text, NULL, error))
    return false;
  import_table_read(&table, text);
  coming->call->db = db;
  coming->plan = import_plan_new(coming->call, &table);
  coming->call->db = NULL;
  if (!coming->plan) /* what was wrong stands in the call */
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, "the table cannot be imported");
  return coming->plan != NULL;
}

/* Main thread. */
static void plan_made(void *data, const GError *error) {
  Coming *coming = data;
  Exchange *exchange = coming->exchange;
  if (coming->plan)
    exchange_write_alone(exchange, keep, refused);
  else if (coming->call->error || coming->call->problem.status != 0)
    records_refuse(exchange, coming->call);
  else
    exchange_fail(exchange, g_error_copy(error));
  exchange_proceed(exchange);
}

/* ---- first: the file is read, in a process of its own ---- */

static gboolean takes_too_long(void *data) {
  Coming *coming = data;
  coming->timer = 0;
  log_warn("api", "table_too_slow", "seconds=%d", READING_MOST_S);
  g_subprocess_force_exit(coming->process);
  return G_SOURCE_REMOVE;
}

/* However it ended: what it wrote tells. */
static void file_read(GObject *object, GAsyncResult *result, void *data) {
  Coming *coming = data;
  g_subprocess_wait_finish(G_SUBPROCESS(object), result, NULL);
  if (coming->timer)
    g_source_remove(coming->timer);
  store_read_long(coming->exchange->context->store, make_plan, plan_made, coming);
}

/* The process has the two files and nothing else of ours. */
static GSubprocess *start(Coming *coming, const char *file, GError **error) {
  g_autofree char *program = program_of(coming->exchange->context->config);
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
  char *environment[] = {NULL};
  int in = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  int out = open(coming->rows, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (in < 0 || out < 0) {
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s", g_strerror(errno));
    if (in >= 0)
      close(in);
    if (out >= 0)
      close(out);
    return NULL;
  }
  g_subprocess_launcher_set_environ(launcher, environment);
  g_subprocess_launcher_take_stdin_fd(launcher, in);
  g_subprocess_launcher_take_stdout_fd(launcher, out);
  return g_subprocess_launcher_spawn(launcher, error, program, NULL);
}

/* Main thread. */
static void read_file(Exchange *exchange) {
  Coming *coming = exchange->own;
  g_autoptr(GError) error = NULL;
  coming->rows = transit_path(exchange->context->config, ".rows", &error);
  coming->process = coming->rows ? start(coming, exchange->request->file, &error) : NULL;
  if (!coming->process) {
    exchange_fail(exchange, g_steal_pointer(&error));
    exchange_proceed(exchange);
    return;
  }
  coming->timer = g_timeout_add_seconds(READING_MOST_S, takes_too_long, coming);
  g_subprocess_wait_async(coming->process, NULL, file_read, coming);
}

void imports_serve(Exchange *exchange) {
  const ApiRequest *request = exchange->request;
  Coming *coming = g_new0(Coming, 1);
  coming->exchange = exchange;
  coming->call = records_call(exchange);
  exchange->own = coming;
  exchange->own_free = coming_free;
  if (!serve_may(coming->call))
    records_refuse(exchange, coming->call);
  else if (request->length > 0 && !transit_has_disk(exchange->context->config, request->length))
    exchange_problem(exchange, 507, "disk_full", "The server has no room for files");
  else if (request->length > 0) /* the body has not been taken yet */
    exchange->response->go_on = true;
  else if (!request->file)
    exchange_problem(exchange, 422, "import_plan.no_file", "The table is the body of the request");
  else if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                         clock_mono_us()))
    exchange_too_many(exchange, "Too many tables at once; wait a moment", 5);
  else
    exchange_then(exchange, read_file);
}
