#include "api/imports.h"

#include <glib/gstdio.h>
#include <string.h>

#include "api/records.h"
#include "api/transit.h"
#include "api/worker.h"
#include "base/clock.h"
#include "model/import-run.h"

#define READING_MOST_S 60

typedef struct {
  Exchange *exchange;
  Call *call;
  char *rows; /* path of what the process writes */
  ImportPlan *plan;
} Coming;

static void coming_free(void *data) {
  Coming *coming = data;
  import_plan_free(coming->plan);
  records_call_free(coming->call);
  if (coming->rows)
    g_unlink(coming->rows);
  g_free(coming->rows);
  g_free(coming);
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
  records_call_free(coming->call); /* it may have given way to others */
  coming->call = records_call(exchange);
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

/* However it ended: what it wrote tells. */
static void file_read(void *data, int status, const GError *error) {
  Coming *coming = data;
  if (error) {
    exchange_fail(coming->exchange, g_error_copy(error));
    exchange_proceed(coming->exchange);
    return;
  }
  store_read_long(coming->exchange->context->store, make_plan, plan_made, coming);
}

/* Main thread. */
static void read_file(Exchange *exchange) {
  Coming *coming = exchange->own;
  g_autoptr(GError) error = NULL;
  g_autofree char *program =
      worker_program(exchange->context->config->table_program, "yishi-table", "tables");
  coming->rows = transit_path(exchange->context->config, ".rows", &error);
  Worker worker = {.program = program,
                   .in = exchange->request->file,
                   .out = coming->rows,
                   .most_s = READING_MOST_S};
  if (coming->rows && workers_run(exchange->context->workers, &worker, file_read, coming))
    return;
  if (coming->rows)
    exchange_too_many(exchange, "Too many files at once; wait a moment", 5);
  else
    exchange_fail(exchange, g_steal_pointer(&error));
  exchange_proceed(exchange);
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
