#include "api/exports.h"

#include <glib/gstdio.h>
#include <string.h>

#include "api/records.h"
#include "api/transit.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/zone.h"
#include "model/export.h"
#include "model/serve.h"

typedef struct {
  Exchange *exchange;
  Call *call;
  Export *export;
  char *path;               /* until the response has it */
  char sha256[DIGEST_SIZE]; /* of the whole file */
  bool more;
} Leaving;

static void leaving_free(void *data) {
  Leaving *leaving = data;
  export_free(leaving->export);
  records_call_free(leaving->call);
  if (leaving->path)
    g_unlink(leaving->path);
  g_free(leaving->path);
  g_free(leaving);
}

/* "people-2026-11-30.xlsx": of the path's last part. */
static char *disposition(const Leaving *leaving) {
  const char *extension = sheet_extension(leaving->exchange->record.format);
  g_autofree char *name = g_path_get_basename(leaving->exchange->request->path);
  g_autofree char *day = zone_format(leaving->call->zone, leaving->call->now_ms, "%Y-%m-%d");
  return g_strdup_printf("attachment; filename=\"%.*s-%s%s\"",
                         (int)(strlen(name) - strlen(extension)), name, day, extension);
}

/* On the writer: what left, before it leaves. */
static bool note(Exchange *exchange, GError **error) {
  Leaving *leaving = exchange->own;
  ApiResponse *response = exchange->response;
  g_autofree char *kind = g_strconcat(leaving->call->info->subject->name, ".export", NULL);
  json_t *detail = export_detail(leaving->export);
  json_object_set_new(detail, "list", json_string(exchange->request->path + strlen(API_PREFIX)));
  json_object_set_new(detail, "sha256", json_string(leaving->sha256));
  if (!audit_note(exchange->db, kind, &exchange->actor, leaving->call->id, detail, exchange->now_ms,
                  error))
    return false;
  response->status = 200;
  response->content_type = sheet_type(exchange->record.format);
  response->disposition = disposition(leaving);
  response->file = g_steal_pointer(&leaving->path);
  response->file_once = true;
  return true;
}

/* Whoever is shown the file later can tell whether it is the one that left. */
static bool digest(Leaving *leaving, GError **error) {
  uint64_t bytes;
  return digest_path(leaving->path, leaving->sha256, &bytes) ||
         store_fail_file(error, "read", leaving->path);
}

static bool take_slice(sqlite3 *db, void *data, GError **error) {
  Leaving *leaving = data;
  Exchange *exchange = leaving->exchange;
  if (!leaving->path)
    leaving->path =
        transit_path(exchange->context->config, sheet_extension(exchange->record.format), error);
  leaving->call->db = db;
  bool fine = leaving->path && export_slice(leaving->export, leaving->path, &leaving->more);
  leaving->call->db = NULL;
  if (!fine && !*error) /* what was wrong stands in the call */
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, "the list cannot be exported");
  return fine && (leaving->more || digest(leaving, error));
}

static void begin(Exchange *exchange);

/* Main thread. */
static void slice_taken(void *data, const GError *error) {
  Leaving *leaving = data;
  Exchange *exchange = leaving->exchange;
  if (error && (leaving->call->error || leaving->call->problem.status != 0))
    records_refuse(exchange, leaving->call);
  else if (error)
    exchange_fail(exchange, g_error_copy(error));
  else if (leaving->more && !exchange->abandoned)
    exchange_then(exchange, begin);
  else if (!exchange->abandoned)
    exchange_write(exchange, note);
  exchange_proceed(exchange);
}

/* Main thread: the next slice. */
static void begin(Exchange *exchange) {
  store_read_long(exchange->context->store, take_slice, slice_taken, exchange->own);
}

void exports_serve(Exchange *exchange) {
  Leaving *leaving = g_new0(Leaving, 1);
  leaving->exchange = exchange;
  leaving->call = records_call(exchange);
  exchange->own = leaving;
  exchange->own_free = leaving_free;
  if (serve_under(leaving->call))
    leaving->export = export_new(leaving->call, exchange->request->query, exchange->record.format);
  if (!leaving->export)
    records_refuse(exchange, leaving->call);
  else if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                         clock_mono_us()))
    exchange_too_many(exchange, "Too many tables at once; wait a moment", 5);
  else
    exchange_then(exchange, begin);
}
