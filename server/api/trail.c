#include "api/trail.h"

#include <pthread.h>

#include "base/clock.h"
#include "model/right.h"

#define READINGS_MAX 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* reader threads share it */
static GHashTable *readings;                             /* "person subject id" → when it began */

static gboolean is_old(void *key, void *value, void *now_ms) {
  return *(const int64_t *)now_ms - *(const int64_t *)value > TRAIL_AGAIN_MS;
}

/* Whether a reading begins. Should the table ever be full of fresh ones, each does: too many
 * records rather than too few. */
static bool begins(const char *person, const char *subject, const char *id, int64_t now_ms) {
  g_autofree char *key = g_strjoin(" ", person, subject, id, NULL);
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

void trail_read(const Exchange *exchange, const Call *call) {
  const char *person = exchange->session->person;
  if (!info_is_file(call->info, call->verbs, call->scopes) ||
      !begins(person, call->info->subject->name, call->id, exchange->now_ms))
    return;
  g_autofree char *kind = g_strconcat(call->info->subject->name, ".read", NULL);
  queue(exchange, kind, call->id, "ok", NULL);
}

void trail_refused(const Exchange *exchange, const Call *call) {
  if (!exchange->session || !throttle_use(exchange->context->throttle, LIMIT_REFUSED,
                                          exchange->session->digest, clock_mono_us()))
    return;
  const ApiRequest *request = exchange->request;
  g_autofree char *kind = call && call->verb ? kind_of(call) : NULL;
  queue(exchange, kind ? kind : "request", call ? call->id : NULL, "refused",
        json_pack("{s:s, s:s}", "method", method_name(request->method), "path", request->path));
}
