#include "api/trail.h"

#include <string.h>

#include "api/again.h"
#include "base/clock.h"
#include "model/read.h"

static bool begins(const Exchange *exchange, const Call *call, const char *what) {
  g_autofree char *key =
      g_strjoin(" ", "read", exchange->session->person, call->deputy ? call->actor.person : "",
                call->info->subject->name, what, NULL);
  return again_begins(key, exchange->now_ms);
}

static void queue(const Exchange *exchange, const char *kind, const char *object,
                  const char *result, json_t *detail) {
  const AuditEntry entry = {.kind = kind,
                            .subject = exchange->session->person,
                            .object = object,
                            .result = result,
                            .address = exchange->request->address,
                            .detail = detail};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  json_decref(detail);
}

static char *kind_of(const Call *call) {
  return g_strdup_printf("%s.%s", call->info->subject->name, call->verb);
}

static void note_giver(const Call *call, json_t *detail) {
  if (call->deputy)
    json_object_set_new(detail, "on_behalf", json_string(call->actor.person));
}

/* Takes detail. */
static void queue_read(const Exchange *exchange, const Call *call, const char *id, json_t *detail) {
  g_autofree char *kind = g_strconcat(call->info->subject->name, ".read", NULL);
  note_giver(call, detail);
  queue(exchange, kind, id, "ok", detail);
}

void trail_read(const Exchange *exchange, const Call *call) {
  if (read_is_file(call, call->verbs, call->scopes) && begins(exchange, call, call->id))
    queue_read(exchange, call, call->id, json_object());
}

void trail_read_many(const Exchange *exchange, const Call *call) {
  const char *list = exchange->request->path + strlen(API_PREFIX);
  GPtrArray *pairs = exchange->request->query;
  g_autoptr(GString) query = g_string_new(NULL);
  for (unsigned i = 0; i < pairs->len; i++)
    g_string_append_printf(query, "%s%s", i > 0 ? "&" : "", (const char *)pairs->pdata[i]);
  g_autofree char *what = g_strconcat(list, "?", query->str, NULL);
  if (call->files > 0 && begins(exchange, call, what))
    queue_read(
        exchange, call, NULL,
        json_pack("{s:s, s:s, s:i}", "list", list, "query", query->str, "rows", (int)call->files));
}

void trail_refused(const Exchange *exchange, const Call *call) {
  if (!exchange->session || !throttle_use(exchange->context->throttle, LIMIT_REFUSED,
                                          exchange->session->digest, clock_mono_us()))
    return;
  const ApiRequest *request = exchange->request;
  g_autofree char *kind = call && call->verb ? kind_of(call) : NULL;
  json_t *detail =
      json_pack("{s:s, s:s}", "method", method_name(request->method), "path", request->path);
  if (call && call->refused)
    json_object_set(detail, "ids", call->refused);
  if (call)
    note_giver(call, detail);
  queue(exchange, kind ? kind : "request", call ? call->id : NULL, "refused", detail);
}
