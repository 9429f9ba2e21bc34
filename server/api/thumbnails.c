#include "api/thumbnails.h"

#include <glib/gstdio.h>
#include <string.h>

#include "api/transit.h"
#include "api/worker.h"
#include "store/thumbnail-file.h"

#define TYPE "image/jpeg" /* of all of them */
#define ROOM_BYTES (1u << 20)
#define LATER_S 2 /* after which one may be asked for again */

struct Thumbnails {
  Workers *workers;
  GHashTable *making; /* sha256 → Making, which owns it */
};

/* One that is being made, or waits for its turn. */
typedef struct {
  ApiContext *context;
  char *sha256, *out;
  GPtrArray *waiting; /* Exchange */
} Making;

static void making_free(void *data) {
  Making *making = data;
  g_free(making->sha256);
  g_free(making->out);
  g_ptr_array_unref(making->waiting);
  g_free(making);
}

Thumbnails *thumbnails_new(void) {
  Thumbnails *thumbnails = g_new0(Thumbnails, 1);
  thumbnails->workers = workers_new(THUMBNAILS_MOST, THUMBNAILS_WAITING);
  thumbnails->making = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, making_free);
  return thumbnails;
}

void thumbnails_stop(Thumbnails *thumbnails) {
  workers_stop(thumbnails->workers);
}

void thumbnails_free(Thumbnails *thumbnails) {
  if (!thumbnails)
    return;
  g_assert(g_hash_table_size(thumbnails->making) == 0);
  g_hash_table_unref(thumbnails->making);
  workers_free(thumbnails->workers);
  g_free(thumbnails);
}

/* ---- the answers ---- */

static void answer(Exchange *exchange, const char *sha256) {
  ApiResponse *response = exchange->response;
  response->status = 200;
  response->content_type = TYPE;
  response->file = thumbnail_file_path(exchange->context->config->data_dir, sha256);
  response->file_etag = g_strconcat(sha256, "-thumbnail", NULL);
  response->foreign = true;
}

static void answer_none(Exchange *exchange) {
  exchange_problem(exchange, 409, "no_thumbnail", "There is no thumbnail of this file");
}

/* ---- making one ---- */

/* What it was made of, or that there is none, is kept; why it did not come so far is not. */
static ThumbnailState keep(const Making *making, int status, GError **error) {
  const char *data_dir = making->context->config->data_dir;
  GStatBuf facts;
  bool made = status == 0 && g_stat(making->out, &facts) == 0 && facts.st_size > 0;
  if (!thumbnail_file_keep(data_dir, making->sha256, made ? making->out : NULL, error))
    return THUMBNAIL_NOT_YET;
  return made ? THUMBNAIL_THERE : THUMBNAIL_NONE;
}

static void made(void *data, int status, const GError *not_run) {
  Making *making = data;
  g_autoptr(GError) error = NULL;
  ThumbnailState state = not_run ? THUMBNAIL_NOT_YET : keep(making, status, &error);
  g_unlink(making->out);
  g_hash_table_steal(making->context->thumbnails->making, making->sha256);
  for (unsigned i = 0; i < making->waiting->len; i++) {
    Exchange *exchange = making->waiting->pdata[i];
    if (state == THUMBNAIL_THERE)
      answer(exchange, making->sha256);
    else if (state == THUMBNAIL_NONE)
      answer_none(exchange);
    else if (not_run)
      exchange_problem(exchange, 503, "unavailable", "No thumbnail can be made now");
    else
      exchange_fail(exchange, g_error_copy(error));
    exchange_proceed(exchange);
  }
  making_free(making);
}

static bool run(Making *making) {
  const Config *config = making->context->config;
  g_autofree char *program =
      worker_program(config->thumbnail_program, "yishi-thumbnail", "thumbnails");
  g_autofree char *in = blob_path(config->data_dir, making->sha256);
  Worker worker = {.program = program, .in = in, .out = making->out, .most_s = THUMBNAIL_MOST_S};
  return workers_run(making->context->thumbnails->workers, &worker, made, making);
}

static unsigned waiting_for(const Thumbnails *thumbnails, const char *person) {
  GHashTableIter iter;
  void *value;
  unsigned count = 0;
  g_hash_table_iter_init(&iter, thumbnails->making);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const GPtrArray *waiting = ((const Making *)value)->waiting;
    const Exchange *first = waiting->pdata[0];
    count += strcmp(first->session->person, person) == 0;
  }
  return count;
}

/* Too many wait. It is no refusal: a page that shows a record asks for all of its pictures at once,
 * and a browser writes every refusal into its console. */
static void answer_later(Exchange *exchange) {
  exchange->response->status = 202;
  exchange->response->retry_after_s = LATER_S;
  exchange_proceed(exchange);
}

/* Takes its turn, with who asks as the first who waits. */
static void begin_making(Exchange *exchange, const char *sha256) {
  Thumbnails *thumbnails = exchange->context->thumbnails;
  GError *error = NULL;
  char *out = transit_path(exchange->context->config, ".jpg", &error);
  if (!out) {
    exchange_fail(exchange, error);
    exchange_proceed(exchange);
    return;
  }
  Making *making = g_new0(Making, 1);
  *making = (Making){exchange->context, g_strdup(sha256), out, g_ptr_array_new()};
  g_ptr_array_add(making->waiting, exchange);
  g_hash_table_insert(thumbnails->making, making->sha256, making);
  if (!run(making)) {
    g_hash_table_remove(thumbnails->making, making->sha256);
    answer_later(exchange);
  }
}

/* It may have been made since the reader looked: then it is made again, for a fraction of a second.
 */
static void begin(Exchange *exchange) {
  const Thumbnails *thumbnails = exchange->context->thumbnails;
  const char *sha256 = exchange->own;
  Making *making = g_hash_table_lookup(thumbnails->making, sha256);
  if (making)
    g_ptr_array_add(making->waiting, exchange);
  else if (waiting_for(thumbnails, exchange->session->person) >= THUMBNAILS_OF_ONE)
    answer_later(exchange);
  else
    begin_making(exchange, sha256);
}

static bool is_picture(const char *mime) {
  return strcmp(mime, "image/jpeg") == 0 || strcmp(mime, "image/png") == 0;
}

void thumbnails_serve(Exchange *exchange, const char *sha256, const char *mime) {
  const Config *config = exchange->context->config;
  ThumbnailState state = is_picture(mime)
                             ? thumbnail_file_state(config->data_dir, sha256, exchange->now_ms)
                             : THUMBNAIL_NONE;
  if (state == THUMBNAIL_THERE) {
    answer(exchange, sha256);
  } else if (state == THUMBNAIL_NONE) {
    answer_none(exchange);
  } else if (!transit_has_disk(config, ROOM_BYTES)) {
    exchange_problem(exchange, 507, "disk_full", "The server has no room for files");
  } else {
    exchange->own = g_strdup(sha256);
    exchange->own_free = g_free;
    exchange_then(exchange, begin);
  }
}
