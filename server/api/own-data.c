/* What is kept of whoever asks, taken away by him as one archive (own-parts.h). It is read part by
 * part on the slow reader into a file, as a long list is (exports.h); what left is in the audit
 * record before the first byte leaves. */
#include <glib/gstdio.h>
#include <string.h>

#include "api/exchange.h"
#include "api/own-parts.h"
#include "api/transit.h"
#include "base/clock.h"
#include "base/zone.h"

#define ROOM_BYTES (64u << 20) /* that there must be before it is begun, files apart */

typedef struct {
  OwnTaking taking;
  char *path; /* until the response has it */
  unsigned part;
  GPtrArray *ids; /* of the files; NULL until all parts were read */
  unsigned file;
  char sha256[DIGEST_SIZE];
  bool whole;
} Leaving;

static void leaving_free(void *data) {
  Leaving *leaving = data;
  own_taking_clear(&leaving->taking);
  if (leaving->ids)
    g_ptr_array_unref(leaving->ids);
  if (leaving->path)
    g_unlink(leaving->path);
  g_free(leaving->path);
  g_free(leaving);
}

/* ---- at last: what left, before it leaves ---- */

static bool note(Exchange *exchange, GError **error) {
  Leaving *leaving = exchange->own;
  ApiResponse *response = exchange->response;
  g_autofree char *day =
      zone_format(exchange->context->config->time_zone, exchange->now_ms, "%Y-%m-%d");
  json_t *detail =
      json_pack("{s:s, s:s, s:I, s:i, s:s}", "list", exchange->request->path + strlen(API_PREFIX),
                "format", "zip", "rows", (json_int_t)leaving->taking.rows, "files",
                (int)json_array_size(leaving->taking.files), "sha256", leaving->sha256);
  if (!audit_note(exchange->db, "person.export", &exchange->actor, exchange->session->person,
                  detail, exchange->now_ms, error))
    return false;
  response->status = 200;
  response->content_type = "application/zip";
  response->disposition = g_strdup_printf("attachment; filename=\"own-data-%s.zip\"", day);
  response->file = g_steal_pointer(&leaving->path);
  response->file_once = true;
  return true;
}

/* ---- before it: one part or file after the other, on the slow reader ---- */

static bool begin_bundle(Leaving *leaving, GError **error) {
  const Exchange *exchange = leaving->taking.exchange;
  leaving->path = transit_path(exchange->context->config, ".zip", error);
  leaving->taking.bundle =
      leaving->path ? bundle_new(leaving->path, exchange->now_ms, error) : NULL;
  return leaving->taking.bundle != NULL;
}

static GPtrArray *ids_of(const json_t *named) {
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  const char *id;
  json_t *name;
  json_object_foreach((json_t *)(uintptr_t)named, id, name) g_ptr_array_add(ids, g_strdup(id));
  return ids;
}

static bool finish(Leaving *leaving, GError **error) {
  uint64_t bytes;
  leaving->whole = own_manifest_take(&leaving->taking, error) &&
                   bundle_close(g_steal_pointer(&leaving->taking.bundle), error) &&
                   (digest_path(leaving->path, leaving->sha256, &bytes) ||
                    store_fail_file(error, "read", leaving->path));
  return leaving->whole;
}

static bool take_next(sqlite3 *db, void *data, GError **error) {
  Leaving *leaving = data;
  if (!leaving->taking.bundle && !begin_bundle(leaving, error))
    return false;
  if (leaving->part < own_part_count())
    return own_part_take(&leaving->taking, db, leaving->part++, error);
  if (!leaving->ids)
    leaving->ids = ids_of(leaving->taking.named);
  if (leaving->file < leaving->ids->len)
    return own_file_take(&leaving->taking, db, leaving->ids->pdata[leaving->file++], error);
  return finish(leaving, error);
}

static void begin(Exchange *exchange);

/* Main thread. */
static void taken(void *data, const GError *error) {
  Leaving *leaving = data;
  Exchange *exchange = leaving->taking.exchange;
  if (error)
    exchange_fail(exchange, g_error_copy(error));
  else if (!leaving->whole && !transit_has_disk(exchange->context->config, ROOM_BYTES))
    exchange_problem(exchange, 507, "disk_full", "The server has no room for files");
  else if (!leaving->whole && !exchange->abandoned)
    exchange_then(exchange, begin);
  else if (!exchange->abandoned)
    exchange_write(exchange, note);
  exchange_proceed(exchange);
}

/* Main thread: the next of them. */
static void begin(Exchange *exchange) {
  store_read_long(exchange->context->store, take_next, taken, exchange->own);
}

static void take_away(Exchange *exchange) {
  const char *words = exchange_text(exchange, "words");
  HeadsIn in = HEADS_ZH;
  if (words)
    heads_in(words, &in);
  if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                    clock_mono_us())) {
    exchange_too_many(exchange, "Too many tables at once; wait a moment", 5);
    return;
  }
  Leaving *leaving = g_new0(Leaving, 1);
  own_taking_init(&leaving->taking, exchange, in);
  exchange->own = leaving;
  exchange->own_free = leaving_free;
  exchange_then(exchange, begin);
}

static const Field fields[] = {
    WORD("words", "zh en", .about = "language of the tables' heads; zh where it is not said"), END};

const Endpoint own_data_endpoints[] = {
    {HTTP_GET, "me/data.zip", FOR_ACCOUNT | MADE_TO_LEAVE, "getOwnData", take_away,
     .fields = fields, .query = "words?", .type = "application/zip",
     .what = "Takes away what is kept of oneself, as a ZIP of JSON, CSV and the files",
     .about = "what one may read of it by one's own rights; noted in the audit record. "
              "manifest.json says what is in it, with SHA-256"},
    {0},
};
