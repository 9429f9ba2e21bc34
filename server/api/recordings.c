/* Playing a file of a recording; the record itself is a subject (domain/recording). The bytes are
 * sent by the front. */
#include <string.h>

#include "api/again.h"
#include "api/exchange.h"
#include "api/records.h"
#include "base/clock.h"
#include "recordings/catalog.h"

static bool begins_view(const Exchange *exchange) {
  g_autofree char *key =
      g_strjoin(" ", "view", exchange->session->digest, exchange_text(exchange, "recording"),
                exchange_text(exchange, "name"), NULL);
  return again_begins(key, exchange->now_ms);
}

/* sent: NULL: there is no such file, or not for him. */
static void note_view(const Exchange *exchange, const RecordingSent *sent, const char *result) {
  json_t *detail = json_pack("{s:s, s:s*}", "file", exchange_text(exchange, "name"), "meeting",
                             sent ? sent->meeting : NULL);
  const AuditEntry entry = {.kind = "recording.view",
                            .subject = exchange->session->person,
                            .object = exchange_text(exchange, "recording"),
                            .result = result,
                            .address = exchange->request->address,
                            .detail = detail};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  json_decref(detail);
}

/* The program is for who may play the recording, the single tracks for who sees them. */
static bool may_play(Exchange *exchange, const RecordingSent *sent, GError **error) {
  Call call;
  records_fill(exchange, exchange->session, &call);
  bool may = serve_may_on(&call, "recording", sent->entry, sent->track ? "tracks" : "play");
  if (call.error)
    g_propagate_error(error, g_steal_pointer(&call.error));
  else if (!may) /* the same answer as for a file that is not there */
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such file");
  call_clear(&call);
  return may;
}

static bool find(Exchange *exchange, RecordingSent *sent, GError **error) {
  return recording_file_find(exchange->db, exchange->context->config->recordings_dir,
                             exchange_text(exchange, "recording"), exchange_text(exchange, "name"),
                             sent, error) &&
         may_play(exchange, sent, error);
}

static void play(Exchange *exchange) {
  GError *error = NULL;
  RecordingSent sent = {.path = NULL};
  if (!find(exchange, &sent, &error)) {
    /* Asking for what is not there is recorded too, but not for as long as somebody keeps asking.
     */
    if (!exchange->request->again && g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND) &&
        throttle_use(exchange->context->throttle, LIMIT_REFUSED, exchange->session->digest,
                     clock_mono_us()))
      note_view(exchange, NULL, "refused");
    recording_sent_clear(&sent);
    exchange_fail(exchange, error);
    return;
  }
  if (!exchange->request->again && begins_view(exchange))
    note_view(exchange, &sent, "ok");
  exchange->response->status = 200;
  exchange->response->content_type = sent.type;
  exchange->response->file = g_strdup(sent.path);
  exchange->response->file_etag = *sent.sha256 ? g_strdup(sent.sha256) : NULL;
  recording_sent_clear(&sent);
}

static const Field fields[] = {RAW("name", 1, ENDPOINT_ID_BYTES), END};

const Endpoint recording_endpoints[] = {
    {HTTP_GET, "recordings/{recording}/files/{name}", FOR_PERSON, "getRecordingFile", play,
     .fields = fields, .type = "video/webm",
     .what = "Plays a file; takes Range and If-Range; is audited",
     .about = "who may see the meeting; single tracks: staff. Whoever loses the right while the "
              "file is sent gets no more of it"},
    {0},
};
