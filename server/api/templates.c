/* The templates of printed forms: fetching one, and bringing another, which is filled with nothing
 * by the locked-in process before it is kept, so that what it would refuse at printing is refused
 * now, by name. */
#include <errno.h>
#include <string.h>

#include "api/converter.h"
#include "api/exchange.h"
#include "api/filling.h"
#include "api/records.h"
#include "base/clock.h"
#include "domain/paper_template/paper_template.h"
#include "model/paper.h"

#define DISPOSITION "attachment; filename=\"%s.docx\""

static const Paper *find_form(Exchange *exchange, const Info **info) {
  const Paper *paper = paper_find(exchange->context->model, exchange_text(exchange, "form"), info);
  if (!paper)
    exchange_problem(exchange, 404, "not_found", "There is no such thing");
  return paper;
}

static void fetch(Exchange *exchange) {
  const Info *info;
  GError *error = NULL;
  gsize size;
  if (!find_form(exchange, &info))
    return;
  const char *form = exchange_text(exchange, "form");
  g_autoptr(GBytes) document =
      paper_template_find(exchange->db, form, exchange_bool(exchange, "shipped"), &error);
  if (!document) {
    exchange_fail(exchange, error);
    return;
  }
  const char *bytes = g_bytes_get_data(document, &size);
  exchange->response->status = 200;
  exchange->response->content_type = paper_type(PAPER_DOCX);
  exchange->response->foreign = true;
  exchange->response->disposition = g_strdup_printf(DISPOSITION, form);
  g_string_append_len(exchange->response->body, bytes, (gssize)size);
}

/* ---- bringing one ---- */

typedef struct {
  Exchange *exchange;
  Call *call;
  const Paper *paper;
  GBytes *document;
  Filling filling;
} Bringing;

static void bringing_free(void *data) {
  Bringing *bringing = data;
  filling_clear(&bringing->filling);
  g_clear_pointer(&bringing->document, g_bytes_unref);
  records_call_free(bringing->call);
  g_free(bringing);
}

static void refuse(Bringing *bringing, const GError *error) {
  if (bringing->call->error || bringing->call->problem.status != 0)
    records_refuse(bringing->exchange, bringing->call);
  else
    exchange_fail(bringing->exchange, g_error_copy(error));
  exchange_proceed(bringing->exchange);
}

/* On the writer. */
static bool put(Exchange *exchange, GError **error) {
  Bringing *bringing = exchange->own;
  char id[ID_CHARS + 1];
  const char *form = exchange_text(exchange, "form");
  if (!paper_template_put(exchange->db, form, exchange_text(exchange, "name"), bringing->document,
                          &exchange->actor, exchange->now_ms, id, error))
    return false;
  exchange->response->location = g_strconcat(API_PREFIX "paper_templates/", id, NULL);
  return exchange_made(exchange, 201, json_pack("{s:s, s:s}", "id", id, "form", form));
}

static void tried(void *data, int status, const GError *error) {
  Bringing *bringing = data;
  if (!filling_fine(&bringing->filling, status, &bringing->call->problem)) {
    refuse(bringing, error);
    return;
  }
  exchange_write(bringing->exchange, put);
  exchange_proceed(bringing->exchange);
}

static bool prepare(sqlite3 *db, void *data, GError **error) {
  Bringing *bringing = data;
  const Exchange *exchange = bringing->exchange;
  char *bytes;
  gsize size;
  if (!g_file_get_contents(exchange->request->file, &bytes, &size, error))
    return false;
  bringing->document = g_bytes_new_take(bytes, size);
  bringing->call->db = db;
  json_t *data_of_none = paper_of_none(bringing->call, bringing->paper, HEADS_ZH);
  bringing->call->db = NULL;
  bool fine = data_of_none && filling_prepare(&bringing->filling, exchange->context->config,
                                              data_of_none, bringing->document, error);
  json_decref(data_of_none);
  if (!fine && !*error)
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, "the form has no names");
  return fine;
}

static void prepared(void *data, const GError *error) {
  Bringing *bringing = data;
  Exchange *exchange = bringing->exchange;
  if (error) {
    refuse(bringing, error);
  } else if (!filling_run(&bringing->filling, exchange->context, tried, bringing)) {
    exchange_too_many(exchange, "Too many files at once; wait a moment", 5);
    exchange_proceed(exchange);
  }
}

/* Main thread. */
static void begin(Exchange *exchange) {
  store_read_long(exchange->context->store, prepare, prepared, exchange->own);
}

static void bring(Exchange *exchange) {
  const Info *info;
  const Paper *paper = find_form(exchange, &info);
  if (!paper)
    return;
  if (exchange->request->length > 0) { /* the body has not been taken yet */
    exchange->response->go_on = true;
    return;
  }
  if (!exchange->request->file) {
    exchange_problem(exchange, 422, "paper_template.no_file", "The template is the body");
    return;
  }
  if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                    clock_mono_us())) {
    exchange_too_many(exchange, "Too many files at once; wait a moment", 5);
    return;
  }
  Bringing *bringing = g_new0(Bringing, 1);
  bringing->exchange = exchange;
  bringing->paper = paper;
  bringing->call = g_new0(Call, 1);
  records_fill(exchange, exchange->session, bringing->call);
  bringing->call->info = info;
  call_begin(bringing->call);
  exchange->own = bringing;
  exchange->own_free = bringing_free;
  exchange_then(exchange, begin);
}

/* ---- what can be made here ---- */

static void printing(Exchange *exchange) {
  exchange_json(exchange, 200,
                json_pack("{s:b}", "pdf", converter_is_there(exchange->context->config)));
}

static const Field fields[] = {
    RAW("form", 1, 80), RAW("name", 1, 1000), BOOL("shipped"), ID("id"), BOOL("pdf"), END,
};

const Endpoint template_endpoints[] = {
    {HTTP_GET, "printing", FOR_ACCOUNT, "getPrinting", printing, .fields = fields, .out = "pdf",
     .what = "Whether forms can be printed as PDF here; as DOCX they can",
     .about = "PDFs are made by LibreOffice where it is installed (pdf_converter)"},
    {HTTP_GET, "paper_files/{form}", FOR_SYSTEM_ADMIN, "getPaperFile", fetch, .fields = fields,
     .query = "shipped?", .type = "*/*",
     .what = "Fetches the template of a printed form (SUBJECT.CODE): the one in use, or the one "
             "that comes with the program"},
    {HTTP_POST, "paper_files/{form}", FOR_SYSTEM_ADMIN | DONE_AGAIN, "putPaperFile", bring,
     .fields = fields, .query = "name", .out = "id form", .type = "*/*", .status = 201,
     .what = "Brings a template for a printed form, whose bytes, a DOCX, are the body; it is used "
             "from then on",
     .about = "at most 2 MiB; one with placeholders that stand for nothing, links to other places "
              "or macros is 422, and the former one stays in use"},
    {0},
};
