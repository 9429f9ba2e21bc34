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

void recordings_index(Call *call) {
  RecordingsQuery query = {.q = call_query(call, "q"),
                           .meeting = call_query(call, "meeting"),
                           .after = call_query(call, "after")};
  GError *error = NULL;
  if (!call_limit(call, &query.limit))
    return;
  json_t *page = recordings_list(call->db, &query, call->session, &error);
  call_answer(call, 200, page, error);
}

void recordings_show(Call *call) {
  GError *error = NULL;
  json_t *recording = recording_json(call->db, call_id(call, 0), call->session, &error);
  call_answer(call, 200, recording, error);
}

static gboolean is_old(void *key, void *value, void *now_ms) {
  return *(const int64_t *)now_ms - *(const int64_t *)value > VIEW_MS;
}

/* Whether this request begins a view. Should the table ever be full of fresh ones, each request
 * does: too many records rather than too few. */
static bool begins_view(const Call *call) {
  g_autofree char *key =
      g_strjoin(" ", call->session->digest, call_id(call, 0), call_id(call, 1), NULL);
  pthread_mutex_lock(&views_lock);
  if (!views)
    views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  int64_t now_ms = call->now_ms;
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

static void note_view(const Call *call, const RecordingGrant *grant, const char *result) {
  json_t *detail =
      json_pack("{s:s, s:s*}", "file", call_id(call, 1), "meeting", grant ? grant->meeting : NULL);
  const AuditEntry entry = {.kind = "recording.view",
                            .subject = call->session->person,
                            .object = call_id(call, 0),
                            .result = result,
                            .address = call->request->address,
                            .detail = detail};
  audit_queue(call->context->store, &entry, call->now_ms);
  json_decref(detail);
}

void recordings_play(Call *call) {
  GError *error = NULL;
  RecordingGrant grant = {.path = NULL};
  if (!recording_authorise(call->db, call->context->config->recordings_dir, call->session,
                           call_id(call, 0), call_id(call, 1), &grant, &error)) {
    /* Asking for what is not there is recorded too, but not for as long as somebody keeps asking.
     */
    if (!call->request->again && g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND) &&
        throttle_use(call->context->throttle, LIMIT_MISSING_FILES, call->session->digest,
                     clock_mono_us()))
      note_view(call, NULL, "refused");
    call_fail(call, error);
    return;
  }
  if (!call->request->again && begins_view(call))
    note_view(call, &grant, "ok");
  call->response->status = 200;
  call->response->content_type = grant.type;
  call->response->file = g_strdup(grant.path);
  call->response->file_etag = *grant.sha256 ? g_strdup(grant.sha256) : NULL;
  recording_grant_clear(&grant);
}
