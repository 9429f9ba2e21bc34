#include "api/trail.h"

#include <pthread.h>

#include <string.h>

#include "base/clock.h"
#include "model/read.h"

#define READINGS_MAX 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* reader threads share it */
/* "person giver subject what" → when it began */
static GHashTable *readings;

static gboolean is_old(void *key, void *value, void *now_ms) {
  return *(const int64_t *)now_ms - *(const int64_t *)value > TRAIL_AGAIN_MS;
}

/* Whether a reading begins. Should the table ever be full of fresh ones, each does: too many
 * records rather than too few. */
static bool begins(const Exchange *exchange, const Call *call, const char *what) {
  int64_t now_ms = exchange->now_ms;
  g_autofree char *key =
      g_strjoin(" ", exchange->session->person, call->deputy ? call->actor.person : "",
                call->info->subject->name, what, NULL);
  pthread_mutex_lock(&lock);
  if (!readings)
    readings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const int64_t *seen = g_hash_table_lookup(readings, key);
  bool fresh = !seen || now_ms < *seen || now_ms - *seen > TRAIL_AGAIN_MS;
  if (fresh) {
    g_hash_table_foreach_remove(readings, is_old, &now_ms);
    if (g_hash_table_size(readings) < READINGS_MAX)
      g_hash_table_replace(readings, g_steal_pointer(&key), g_memdup2(&now_ms, sizeof now_ms));
  }
  pthread_mutex_unlock(&lock);
  return fresh;
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
