/* Recordings: the catalogue, and the right to play a file. The bytes are sent by the front. */
#include <string.h>

#include "api/again.h"
#include "api/exchange.h"
#include "base/clock.h"
#include "recordings/catalog.h"

static void list(Exchange *exchange) {
  RecordingsQuery query = {.q = exchange_text(exchange, "q"),
                           .meeting = exchange_text(exchange, "meeting"),
                           .after = exchange_text(exchange, "after"),
                           .limit = (int)exchange_int(exchange, "limit")};
  GError *error = NULL;
  if (query.limit == 0)
    query.limit = LIST_USUAL;
  json_t *page = recordings_list(exchange->db, &query, exchange->session, &error);
  exchange_answer(exchange, 200, page, error);
}

static void show(Exchange *exchange) {
  GError *error = NULL;
  json_t *recording =
      recording_json(exchange->db, exchange_text(exchange, "recording"), exchange->session, &error);
  exchange_answer(exchange, 200, recording, error);
}

static bool begins_view(const Exchange *exchange) {
  g_autofree char *key =
      g_strjoin(" ", "view", exchange->session->digest, exchange_text(exchange, "recording"),
                exchange_text(exchange, "name"), NULL);
  return again_begins(key, exchange->now_ms);
}

static void note_view(const Exchange *exchange, const RecordingGrant *grant, const char *result) {
  json_t *detail = json_pack("{s:s, s:s*}", "file", exchange_text(exchange, "name"), "meeting",
                             grant ? grant->meeting : NULL);
  const AuditEntry entry = {.kind = "recording.view",
                            .subject = exchange->session->person,
                            .object = exchange_text(exchange, "recording"),
                            .result = result,
                            .address = exchange->request->address,
                            .detail = detail};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  json_decref(detail);
}

static void play(Exchange *exchange) {
  GError *error = NULL;
  RecordingGrant grant = {.path = NULL};
  if (!recording_authorise(exchange->db, exchange->context->config->recordings_dir,
                           exchange->session, exchange_text(exchange, "recording"),
                           exchange_text(exchange, "name"), &grant, &error)) {
    /* Asking for what is not there is recorded too, but not for as long as somebody keeps asking.
     */
    if (!exchange->request->again && g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND) &&
        throttle_use(exchange->context->throttle, LIMIT_REFUSED, exchange->session->digest,
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

static const Field meeting_parts[] = {
    ID("id"),
    RAW("title", 0, INT32_MAX),
    TIME("planned_start"),
    END,
};
static const Field gap_parts[] = {
    INT("at_ms", 0, INT64_MAX),
    INT("for_ms", 0, INT64_MAX),
    WORD("cause", "stopped broken",
         .about = "somebody stopped recording and began again, or it broke off"),
    END,
};
static const Field gap = OBJECT("gap", "RecordingGap", gap_parts);
static const Field person_parts[] = {ID("id"), RAW("name", 0, INT32_MAX), END};
static const Field file_parts[] = {
    RAW("name", 1, INT32_MAX),
    WORD("kind", "program track"),
    INT("part", 0, INT32_MAX),
    INT("track", 0, INT32_MAX, .flags = OR_NULL),
    RAW("source", 0, INT32_MAX, .flags = OR_NULL),
    OBJECT("person", "Someone", person_parts, .flags = OR_NULL),
    INT("start_ms", 0, INT64_MAX, .about = "from the recording's started_at"),
    INT("duration_ms", 0, INT64_MAX, .flags = OR_NULL, .about = "null while it is written"),
    INT("bytes", 0, INT64_MAX),
    RAW("sha256", 0, INT32_MAX, .flags = OR_NULL),
    WORD("type", "video/webm audio/webm"),
    RAW("url", 1, INT32_MAX),
    END,
};
static const Field file = OBJECT("file", "RecordingFile", file_parts);
static const Field recording_parts[] = {
    ID("id"),
    OBJECT("meeting", "RecordedMeeting", meeting_parts),
    WORD("state", "recording ready interrupted failed"),
    TIME("started_at"),
    TIME("ended_at", .flags = OR_NULL),
    INT("duration_ms", 0, INT64_MAX),
    INT("bytes", 0, INT64_MAX),
    LIST("gaps", 0, INT32_MAX, &gap, .about = "where nothing was recorded"),
    LIST("files", 0, INT32_MAX, &file, .about = "single tracks only for staff"),
    END,
};
static const Field recording = OBJECT("recording", "Recording", recording_parts);
static const Field fields[] = {
    TEXT("q", 1, 64, .about = "part of the meeting's title"),
    ID("meeting", .about = "of this meeting only"),
    INT("limit", 1, LIST_MOST),
    ID("after", .about = "next of the page before"),
    LIST("items", 0, LIST_MOST, &recording, .about = "one a meeting"),
    ID("next", .flags = OR_NULL),
    INT("total", 0, INT32_MAX),
    RAW("name", 1, ENDPOINT_ID_BYTES),
    END,
};

const Endpoint recording_endpoints[] = {
    {HTTP_GET, "recordings", FOR_PERSON, "listRecordings", list, .fields = fields,
     .query = "q? meeting? limit? after?", .out = "items next total", .what = "Recordings",
     .about = "those whose meeting one may see"},
    {HTTP_GET, "recordings/{recording}", FOR_PERSON, "getRecording", show, .answer = &recording,
     .what = "What was recorded of the meeting of which this is a part: one time line",
     .about = "who may see the meeting"},
    {HTTP_GET, "recordings/{recording}/files/{name}", FOR_PERSON, "getRecordingFile", play,
     .fields = fields, .type = "video/webm",
     .what = "Plays a file; takes Range and If-Range; is audited",
     .about = "who may see the meeting; single tracks: staff. Whoever loses the right while the "
              "file is sent gets no more of it"},
    {0},
};
