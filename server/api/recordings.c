/* Recordings: the catalogue, and the right to play a file. The bytes are sent by the front. */
#include <pthread.h>
#include <string.h>

#include "api/handlers.h"
#include "base/clock.h"
#include "recordings/catalog.h"

/* A player asks for a file in many pieces; this long after the first they count as one view. */
#define VIEW_MS (10 * 60 * 1000)
#define VIEWS_MAX 4096

static pthread_mutex_t views_lock = PTHREAD_MUTEX_INITIALIZER; /* reader threads share it */
static GHashTable *views; /* "session recording file" -> time of the view, ms */

void recordings_index(Exchange *exchange) {
  RecordingsQuery query = {.q = exchange_query(exchange, "q"),
                           .meeting = exchange_query(exchange, "meeting"),
                           .after = exchange_query(exchange, "after")};
  GError *error = NULL;
  if (!exchange_limit(exchange, &query.limit))
    return;
  json_t *page = recordings_list(exchange->db, &query, exchange->session, &error);
  exchange_answer(exchange, 200, page, error);
}

void recordings_show(Exchange *exchange) {
  GError *error = NULL;
  json_t *recording =
      recording_json(exchange->db, exchange_id(exchange, 0), exchange->session, &error);
  exchange_answer(exchange, 200, recording, error);
}

static gboolean is_old(void *key, void *value, void *now_ms) {
  return *(const int64_t *)now_ms - *(const int64_t *)value > VIEW_MS;
}

/* Whether this request begins a view. Should the table ever be full of fresh ones, each request
 * does: too many records rather than too few. */
static bool begins_view(const Exchange *exchange) {
  g_autofree char *key = g_strjoin(" ", exchange->session->digest, exchange_id(exchange, 0),
                                   exchange_id(exchange, 1), NULL);
  pthread_mutex_lock(&views_lock);
  if (!views)
    views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  int64_t now_ms = exchange->now_ms;
  const int64_t *seen = g_hash_table_lookup(views, key);
  bool begins = !seen || now_ms - *seen > VIEW_MS;
  if (begins) {
    g_hash_table_foreach_remove(views, is_old, &now_ms);
    if (g_hash_table_size(views) < VIEWS_MAX) {
      int64_t *at = g_new(int64_t, 1);
      *at = now_ms;
      g_hash_table_insert(views, g_steal_pointer(&key), at);
    }
  }
  pthread_mutex_unlock(&views_lock);
  return begins;
}

static void note_view(const Exchange *exchange, const RecordingGrant *grant, const char *result) {
  json_t *detail = json_pack("{s:s, s:s*}", "file", exchange_id(exchange, 1), "meeting",
                             grant ? grant->meeting : NULL);
  const AuditEntry entry = {.kind = "recording.view",
                            .subject = exchange->session->person,
                            .object = exchange_id(exchange, 0),
                            .result = result,
                            .address = exchange->request->address,
                            .detail = detail};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  json_decref(detail);
}

void recordings_play(Exchange *exchange) {
  GError *error = NULL;
  RecordingGrant grant = {.path = NULL};
  if (!recording_authorise(exchange->db, exchange->context->config->recordings_dir,
                           exchange->session, exchange_id(exchange, 0), exchange_id(exchange, 1),
                           &grant, &error)) {
    /* Asking for what is not there is recorded too, but not for as long as somebody keeps asking.
     */
    if (!exchange->request->again && g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND) &&
        throttle_use(exchange->context->throttle, LIMIT_MISSING_FILES, exchange->session->digest,
                     clock_mono_us()))
      note_view(exchange, NULL, "refused");
    exchange_fail(exchange, error);
    return;
  }
  if (!exchange->request->again && begins_view(exchange))
    note_view(exchange, &grant, "ok");
  exchange->response->status = 200;
  exchange->response->content_type = grant.type;
  exchange->response->file = g_strdup(grant.path);
  exchange->response->file_etag = *grant.sha256 ? g_strdup(grant.sha256) : NULL;
  recording_grant_clear(&grant);
}
