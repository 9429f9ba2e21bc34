#include "api/papers.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "api/converter.h"
#include "api/filling.h"
#include "api/records.h"
#include "api/transit.h"
#include "api/worker.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/zone.h"
#include "domain/paper_template/paper_template.h"
#include "model/export.h"
#include "model/paper.h"
#include "model/read.h"
#include "model/serve.h"

#define CONVERTED "form.pdf" /* in its folder; papers/pdf.c */

typedef struct {
  Exchange *exchange;
  Call *call;
  const Paper *paper;
  HeadsIn in;
  GPtrArray *query; /* without `words`; borrowed texts */
  Export *export;   /* of a list */
  Filling filling;
  char *folder, *pdf;       /* of the converter, and what it makes there; or NULL */
  char sha256[DIGEST_SIZE]; /* of what leaves */
  bool converting;          /* it stands in the context for who prints */
} Printing;

/* What a converter left there, hundreds of small files where it was killed, is not removed by the
 * main thread. */
static bool remove_folder(sqlite3 *db, void *data, GError **error) {
  transit_remove(data);
  return true;
}

static void removed(void *data, const GError *error) {
  if (error) /* the store stops */
    transit_remove(data);
  g_free(data);
}

static void end_turn(Printing *printing) {
  if (printing->converting)
    g_hash_table_remove(printing->exchange->context->converting,
                        printing->exchange->session->person);
  printing->converting = false;
}

static void printing_free(void *data) {
  Printing *printing = data;
  ApiContext *context = printing->exchange->context;
  filling_clear(&printing->filling);
  if (printing->folder)
    store_read_long(context->store, remove_folder, removed, printing->folder);
  end_turn(printing);
  g_free(printing->pdf);
  export_free(printing->export);
  records_call_free(printing->call);
  g_ptr_array_unref(printing->query);
  g_free(printing);
}

/* error: or NULL. What is wrong with what was asked is told to who asked; the rest is for the log.
 */
static void refuse(Printing *printing, const GError *error) {
  int told = printing->call->problem.status;
  if (error && (told == 0 || told >= 500))
    log_limited(LOG_WARN, "api", "form_not_made", "form=%s.%s reason=%s",
                printing->call->info->subject->name, printing->paper->code, log_q(error->message));
  if (printing->call->error || printing->call->problem.status != 0)
    records_refuse(printing->exchange, printing->call);
  else
    exchange_problem(printing->exchange, 500, "paper_template.failed", "The form was not made");
  exchange_proceed(printing->exchange);
}

/* Nobody waits for it any more: then nothing leaves, and nothing is noted as if it had. */
static bool is_over(Printing *printing) {
  if (!printing->exchange->abandoned)
    return false;
  exchange_problem(printing->exchange, 503, "unavailable", "Nobody waits for it any more");
  exchange_proceed(printing->exchange);
  return true;
}

static const char *made(const Printing *printing) {
  return printing->pdf ? printing->pdf : printing->filling.out;
}

/* ---- at last: what left, before it leaves ---- */

/* "李明-record-2026-11-30.pdf" would tell a name to whoever sees the line: the form's alone. */
static char *disposition(const Printing *printing) {
  const Call *call = printing->call;
  g_autofree char *day = zone_format(call->zone, call->now_ms, "%Y-%m-%d");
  return g_strdup_printf("attachment; filename=\"%s-%s-%s%s\"", call->info->subject->name,
                         printing->paper->code, day,
                         paper_extension(printing->exchange->record.print));
}

/* What was asked, as an export has it (export_detail). */
static char *query_of(const Printing *printing) {
  const GPtrArray *query = printing->exchange->request->query;
  g_autoptr(GString) text = g_string_new(NULL);
  for (unsigned i = 0; i < query->len; i++)
    g_string_append_printf(text, "%s%s", i ? "&" : "", (const char *)query->pdata[i]);
  return g_strdup(text->str);
}

static json_t *detail_of(const Printing *printing) {
  g_autofree char *query = query_of(printing);
  json_t *detail = printing->export ? export_detail(printing->export)
                                    : json_pack("{s:s, s:i}", "query", query, "rows", 1);
  json_object_set_new(detail, "list",
                      json_string(printing->exchange->request->path + strlen(API_PREFIX)));
  json_object_set_new(detail, "form", json_string(printing->paper->code));
  json_object_set_new(detail, "format",
                      json_string(paper_extension(printing->exchange->record.print) + 1));
  json_object_set_new(detail, "sha256", json_string(printing->sha256));
  return detail;
}

/* On the writer. A form is taken away as a table is, and so found and proved as one. */
static bool note(Exchange *exchange, GError **error) {
  Printing *printing = exchange->own;
  ApiResponse *response = exchange->response;
  g_autofree char *kind = g_strconcat(printing->call->info->subject->name, ".export", NULL);
  if (!audit_note(exchange->db, kind, &exchange->actor, printing->call->id, detail_of(printing),
                  exchange->now_ms, error))
    return false;
  response->status = 200;
  response->content_type = paper_type(exchange->record.print);
  response->disposition = disposition(printing);
  response->file =
      printing->pdf ? g_steal_pointer(&printing->pdf) : g_steal_pointer(&printing->filling.out);
  response->file_once = true;
  return true;
}

static bool digest(sqlite3 *db, void *data, GError **error) {
  Printing *printing = data;
  uint64_t bytes;
  if (digest_path(made(printing), printing->sha256, &bytes) && bytes > 0)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_DISK, "cannot read %s: %s", made(printing),
              g_strerror(errno));
  return false;
}

static void digested(void *data, const GError *error) {
  Printing *printing = data;
  if (is_over(printing))
    return;
  if (error) {
    refuse(printing, error);
    return;
  }
  exchange_write(printing->exchange, note);
  exchange_proceed(printing->exchange);
}

static void finish(Printing *printing) {
  store_read_long(printing->exchange->context->store, digest, digested, printing);
}

/* ---- before it: a PDF is made ---- */

/* The converter made a file of its own folder: it leaves it as what it is to be. */
static bool take_pdf(Printing *printing) {
  g_autofree char *path = g_build_filename(printing->folder, CONVERTED, NULL);
  GStatBuf facts;
  printing->pdf = transit_path(printing->exchange->context->config, ".pdf", NULL);
  if (printing->pdf && g_lstat(path, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0 &&
      g_rename(path, printing->pdf) == 0)
    return true;
  g_clear_pointer(&printing->pdf, g_free);
  return false;
}

static void converted(void *data, int status, const GError *error) {
  Printing *printing = data;
  if (is_over(printing))
    return;
  if (status == 0 && !error && take_pdf(printing))
    finish(printing);
  else
    refuse(printing, error);
}

/* A folder of its own, with the document. */
static bool make_folder(Printing *printing) {
  printing->folder = transit_path(printing->exchange->context->config, ".pdf.d", NULL);
  g_autofree char *in =
      printing->folder ? g_build_filename(printing->folder, "form.docx", NULL) : NULL;
  if (!in || g_mkdir(printing->folder, 0700) != 0 || g_rename(printing->filling.out, in) != 0)
    return false;
  return true;
}

static void too_many(Printing *printing) {
  exchange_too_many(printing->exchange, "Too many files at once; wait a moment", 5);
  exchange_proceed(printing->exchange);
}

static void convert(Printing *printing) {
  const Config *config = printing->exchange->context->config;
  g_autofree char *program = worker_program(config->pdf_program, "yishi-pdf", "papers");
  if (!make_folder(printing)) {
    g_autoptr(GError) error = NULL;
    store_fail_file(&error, "make", printing->folder ? printing->folder : "transit");
    refuse(printing, error);
    return;
  }
  Worker worker = {.program = program,
                   .argument = config->pdf_converter,
                   .second = printing->folder,
                   .most_s = CONVERTING_MOST_S};
  if (!workers_run(printing->exchange->context->converters, &worker, converted, printing))
    too_many(printing);
}

/* ---- before it: the template is filled ---- */

static void filled(void *data, int status, const GError *error) {
  Printing *printing = data;
  if (is_over(printing))
    return;
  if (!filling_fine(&printing->filling, status, &printing->call->problem))
    refuse(printing, error);
  else if (printing->exchange->record.print == PAPER_PDF)
    convert(printing);
  else
    finish(printing);
}

/* ---- first: what the form says ---- */

static json_t *read_list_form(Printing *printing) {
  Call *call = printing->call;
  bool more = true;
  printing->export = export_new(call, printing->query, SHEET_ROWS);
  if (!printing->export)
    return NULL;
  while (more && export_rows(printing->export) <= PAPER_ROWS_MOST)
    if (!export_slice(printing->export, NULL, &more))
      return NULL;
  if (export_rows(printing->export) > PAPER_ROWS_MOST) {
    problem_say(&call->problem, 409, "too_many_rows", json_pack("{s:i}", "most", PAPER_ROWS_MOST));
    return NULL;
  }
  return paper_of_list(call, printing->paper, printing->in, printing->export);
}

static json_t *read_form(Printing *printing) {
  if (printing->paper->list)
    return read_list_form(printing);
  return read_as_of(printing->call, printing->query)
             ? paper_of_row(printing->call, printing->paper, printing->in)
             : NULL;
}

static bool gather(sqlite3 *db, void *data, GError **error) {
  Printing *printing = data;
  Call *call = printing->call;
  g_autofree char *form =
      g_strdup_printf("%s.%s", call->info->subject->name, printing->paper->code);
  g_autoptr(GBytes) template = paper_template_find(db, form, false, error);
  if (!template)
    return false;
  call->db = db;
  json_t *said = serve_under(call) ? read_form(printing) : NULL;
  call->db = NULL;
  bool fine = said && filling_prepare(&printing->filling, printing->exchange->context->config, said,
                                      template, error);
  json_decref(said);
  if (!fine && !*error) /* what was wrong stands in the call */
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, "the form cannot be printed");
  return fine;
}

static void gathered(void *data, const GError *error) {
  Printing *printing = data;
  if (is_over(printing))
    return;
  if (error)
    refuse(printing, error);
  else if (!filling_run(&printing->filling, printing->exchange->context, filled, printing))
    too_many(printing);
}

/* One PDF at a time of a person, waiting or being made: the converter is everybody's, and who has a
 * link to a meeting may print its notice. */
static bool take_turn(Printing *printing) {
  Exchange *exchange = printing->exchange;
  if (exchange->record.print == PAPER_PDF)
    printing->converting =
        g_hash_table_add(exchange->context->converting, g_strdup(exchange->session->person));
  return printing->converting || exchange->record.print != PAPER_PDF;
}

/* Who asked has gone: what runs for him ends, and he may ask again at once. */
static void left(Exchange *exchange) {
  Printing *printing = exchange->own;
  end_turn(printing);
  workers_drop(exchange->context->workers, printing);
  workers_drop(exchange->context->converters, printing);
}

/* Main thread. */
static void begin(Exchange *exchange) {
  Printing *printing = exchange->own;
  if (is_over(printing))
    return;
  exchange->left = left;
  if (!take_turn(printing)) {
    too_many(printing);
    return;
  }
  store_read_long(exchange->context->store, gather, gathered, exchange->own);
}

/* `words` is the form's: Chinese unless it says otherwise. A list's columns are all that it has, in
 * those words, whatever its template takes of them. */
static bool take_query(Printing *printing) {
  const GPtrArray *query = printing->exchange->request->query;
  bool fine = true;
  for (unsigned i = 0; i < query->len; i++) {
    char *pair = query->pdata[i];
    if (printing->paper->list && g_str_has_prefix(pair, "columns="))
      fine = problem_add(&printing->call->problem, "columns", "unknown", NULL);
    else if (!g_str_has_prefix(pair, "words="))
      g_ptr_array_add(printing->query, g_strdup(pair));
    else if (!heads_in(pair + 6, &printing->in))
      fine = problem_add(&printing->call->problem, "words", "words", NULL);
  }
  if (printing->paper->list)
    g_ptr_array_add(printing->query,
                    g_strconcat("words=", printing->in == HEADS_EN ? "en" : "zh", NULL));
  return fine;
}

void papers_serve(Exchange *exchange) {
  Printing *printing = g_new0(Printing, 1);
  printing->exchange = exchange;
  printing->call = records_call(exchange);
  printing->paper = exchange->record.paper;
  printing->in = HEADS_ZH;
  printing->query = g_ptr_array_new_with_free_func(g_free);
  exchange->own = printing;
  exchange->own_free = printing_free;
  if (!take_query(printing))
    records_refuse(exchange, printing->call);
  else if (exchange->record.print == PAPER_PDF && !converter_is_there(exchange->context->config))
    exchange_problem(exchange, 503, "paper_template.no_converter", "No PDF can be made here");
  else if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                         clock_mono_us()))
    exchange_too_many(exchange, "Too many files at once; wait a moment", 5);
  else
    exchange_then(exchange, begin);
}
