/* What administrators look at beside records: the room on the disk, whether the audit record is
 * whole, and the table of who may what (model/rights.h), to read and as a file. And, for everybody,
 * what of it he might give to a deputy. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "api/exchange.h"
#include "api/transit.h"
#include "base/clock.h"
#include "base/zone.h"
#include "model/behalf.h"
#include "model/right.h"
#include "model/rights.h"
#include "model/sheet.h"
#include "store/audit-heads.h"
#include "store/audit-proof.h"
#include "store/people.h"
#include "store/statement.h"

/* ---- storage ---- */

static bool number_of(sqlite3 *db, const char *sql, int64_t *number, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, sql, error);
  if (!row || !statement_one(row, "", error))
    return false;
  *number = column_int(row, 0);
  return true;
}

static void storage(Exchange *exchange) {
  GError *error = NULL;
  struct statvfs facts = {0};
  int64_t database = 0, recordings = 0, attachments = 0;
  if (statvfs(exchange->context->config->data_dir, &facts) != 0)
    g_set_error_literal(&error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "the data folder cannot be read");
  bool fine = !error &&
              number_of(exchange->db,
                        "select page_count * page_size from pragma_page_count, pragma_page_size",
                        &database, &error) &&
              number_of(exchange->db,
                        "select coalesce(sum(r.bytes), 0) from recording r join recording_entry e"
                        " on e.id = r.entry where e.purged_at is null",
                        &recordings, &error) &&
              number_of(exchange->db,
                        "select coalesce(sum(size), 0) from attachment where removed_at is null",
                        &attachments, &error);
  json_t *answer = fine ? json_pack("{s:I, s:I, s:I, s:I, s:I}", "disk",
                                    (json_int_t)((uint64_t)facts.f_blocks * facts.f_frsize), "free",
                                    (json_int_t)((uint64_t)facts.f_bavail * facts.f_frsize),
                                    "database", (json_int_t)database, "recordings",
                                    (json_int_t)recordings, "attachments", (json_int_t)attachments)
                        : NULL;
  exchange_answer(exchange, 200, answer, error);
}

/* ---- the audit record's chain ---- */

typedef struct {
  Exchange *exchange;
  AuditHead head, kept; /* as it is, and as it was last written down outside */
  bool has_kept;
} Chain;

static bool verify(sqlite3 *db, void *data, GError **error) {
  Chain *chain = data;
  g_autofree char *path = audit_heads_path(chain->exchange->context->config);
  chain->has_kept = audit_heads_last(path, &chain->kept, error);
  return !*error && audit_verify(db, chain->has_kept ? &chain->kept : NULL, &chain->head, error);
}

/* Main thread. What does not fit is an answer, not a failure. */
static void verified(void *data, const GError *error) {
  Chain *chain = data;
  Exchange *exchange = chain->exchange;
  if (error && !g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID))
    exchange_fail(exchange, g_error_copy(error));
  else
    exchange_json(exchange, 200,
                  json_pack("{s:b, s:I, s:s, s:s*, s:I}", "whole", !error, "records",
                            (json_int_t)chain->head.seq, "head", chain->head.hash, "wrong",
                            error ? error->message : NULL, "kept",
                            (json_int_t)(chain->has_kept ? chain->kept.seq : 0)));
  exchange_proceed(exchange);
}

static void begin_chain(Exchange *exchange) {
  store_read_long(exchange->context->store, verify, verified, exchange->own);
}

/* It reads the whole record: as an export does, apart from what people wait for. */
static void chain(Exchange *exchange) {
  Chain *chain = g_new0(Chain, 1);
  chain->exchange = exchange;
  exchange->own = chain;
  exchange->own_free = g_free;
  if (!throttle_use(exchange->context->throttle, LIMIT_TABLES, exchange->session->person,
                    clock_mono_us()))
    exchange_too_many(exchange, "Too many tables at once; wait a moment", 5);
  else
    exchange_then(exchange, begin_chain);
}

/* ---- the proof of a table that left ---- */

/* On the writer: that it was made is told, too. */
static bool prove(Exchange *exchange, GError **error) {
  int64_t record = exchange_int(exchange, "record");
  g_autoptr(AuditKey) key = audit_key_own(exchange->context->config->data_dir, error);
  char *proof = key ? audit_proof_make(exchange->db, key, record, exchange->now_ms, error) : NULL;
  if (!proof ||
      !audit_note(exchange->db, "audit.proof", &exchange->actor, NULL,
                  json_pack("{s:I}", "record", (json_int_t)record), exchange->now_ms, error)) {
    g_free(proof);
    return false;
  }
  ApiResponse *response = exchange->response;
  response->status = 200;
  response->content_type = "text/plain; charset=utf-8";
  response->disposition =
      g_strdup_printf("attachment; filename=\"proof-%" G_GINT64_FORMAT ".txt\"", record);
  g_string_assign(response->body, proof);
  g_free(proof);
  return true;
}

static void proof(Exchange *exchange) {
  exchange_write(exchange, prove);
}

/* ---- rights ---- */

static json_t *right_json(const Right *right) {
  return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s*, s:s*}", "subject", right->info->subject->name,
                   "role", right->role, "scope", right->scope, "verb", right->verb, "decides",
                   right->decides, "state", right->state, "becomes",
                   right->step ? right->step->to : NULL);
}

static void rights(Exchange *exchange) {
  g_autoptr(GArray) all = rights_of(exchange->context->model);
  json_t *list = json_array();
  for (unsigned i = 0; i < all->len; i++)
    json_array_append_new(list, right_json(&g_array_index(all, Right, i)));
  exchange_json(exchange, 200, json_pack("{s:o}", "rights", list));
}

typedef struct {
  Sheet *sheet;
  const Model *model;
  bool english;
} Table;

static void word(const Table *table, const char *subject, const char *kind, const char *name) {
  g_autofree char *key = kind ? g_strdup_printf("%s.%s", kind, name) : g_strdup(name);
  const Word *found = name ? model_word(table->model, subject, key) : NULL;
  sheet_text(table->sheet, found ? (table->english ? found->en : found->zh) : name);
}

static void heads(const Table *table) {
  static const char *const zh[] = {"记录", "角色", "范围", "状态", "可以", "之后", "限制"};
  static const char *const en[] = {"Record", "Role",    "For which", "In state",
                                   "May",    "Becomes", "But"};
  for (unsigned i = 0; i < G_N_ELEMENTS(zh); i++)
    sheet_text(table->sheet, table->english ? en[i] : zh[i]);
  sheet_row(table->sheet);
}

static void line(const Table *table, const Right *right) {
  const char *subject = right->info->subject->name;
  word(table, subject, NULL, subject);
  word(table, "kernel", "role", right->role);
  word(table, strcmp(right->scope, "all") == 0 ? "kernel" : subject, "scope", right->scope);
  word(table, subject, "state", right->state);
  word(table, subject, "verb", right->verb);
  word(table, subject, "state", right->step ? right->step->to : NULL);
  const char *but = table->english ? "not on what one asked for or what is about oneself"
                                   : "不得处理本人提出的和关于本人的";
  sheet_text(table->sheet, right->decides ? but : NULL);
  sheet_row(table->sheet);
}

static bool write_table(const Exchange *exchange, const char *path, GError **error) {
  Table table = {sheet_new(path, SHEET_XLSX, error), exchange->context->model,
                 g_strcmp0(exchange_text(exchange, "language"), "en") == 0};
  if (!table.sheet)
    return false;
  heads(&table);
  g_autoptr(GArray) all = rights_of(table.model);
  for (unsigned i = 0; i < all->len; i++)
    line(&table, &g_array_index(all, Right, i));
  return sheet_close(table.sheet, error);
}

static void path_free(void *path) {
  g_unlink(path);
  g_free(path);
}

/* On the writer: what left, before it leaves. */
static bool note(Exchange *exchange, GError **error) {
  ApiResponse *response = exchange->response;
  if (!audit_note(exchange->db, "rights.export", &exchange->actor, NULL, NULL, exchange->now_ms,
                  error))
    return false;
  g_autofree char *day =
      zone_format(exchange->context->config->time_zone, exchange->now_ms, "%Y-%m-%d");
  response->status = 200;
  response->content_type = sheet_type(SHEET_XLSX);
  response->disposition = g_strdup_printf("attachment; filename=\"rights-%s.xlsx\"", day);
  response->file = g_steal_pointer((char **)&exchange->own);
  response->file_once = true;
  exchange->own_free = NULL;
  return true;
}

static void rights_file(Exchange *exchange) {
  GError *error = NULL;
  exchange->own = transit_path(exchange->context->config, sheet_extension(SHEET_XLSX), &error);
  exchange->own_free = exchange->own ? path_free : NULL;
  if (!exchange->own || !write_table(exchange, exchange->own, &error))
    exchange_fail(exchange, error);
  else
    exchange_write(exchange, note);
}

/* ---- what one may have done by a deputy ---- */

/* As a delegation takes them: what somebody of these roles holds, somewhere. */
static void add_given(const Model *model, const Info *info, unsigned roles, json_t *verbs) {
  for (unsigned i = 0; i < info->verbs->len; i++) {
    g_autofree char *name =
        g_strdup_printf("%s.%s", info->subject->name, (char *)info->verbs->pdata[i]);
    if (behalf_can_give(model, name) && info_has(info, roles, (int)i))
      json_array_append_new(verbs, json_string(name));
  }
}

static void own_verbs(Exchange *exchange) {
  const Model *model = exchange->context->model;
  json_t *verbs = json_array();
  for (unsigned n = 0; !(exchange->session->roles & ROLES_ADMIN) && n < model_count(model); n++)
    add_given(model, model_info(model, n), exchange->session->roles, verbs);
  exchange_json(exchange, 200, json_pack("{s:o}", "verbs", verbs));
}

static const Field right_parts[] = {
    RAW("subject", 1, 40),
    RAW("role", 1, 40),
    RAW("scope", 1, 40),
    RAW("verb", 1, 40),
    BOOL("decides", .about = "not on what he asked for, nor on what is about himself"),
    RAW("state", 1, 40, .flags = OPTIONAL, .about = "in which; left out: in each"),
    RAW("becomes", 1, 40, .flags = OPTIONAL, .about = "the state after it"),
    END,
};
static const Field right = OBJECT("right", "Right", right_parts);
static const Field verb = RAW("verb", 3, 80);

static const Field fields[] = {
    INT("disk", 0, INT64_MAX, .about = "bytes"),
    INT("free", 0, INT64_MAX),
    INT("database", 0, INT64_MAX),
    INT("recordings", 0, INT64_MAX),
    INT("attachments", 0, INT64_MAX),
    BOOL("whole", .about = "each record fits the one before it, and the head that was kept"),
    INT("records", 0, INT64_MAX, .about = "up to this number"),
    RAW("head", 0, 64, .about = "hash of the last record"),
    RAW("wrong", 1, INT32_MAX, .flags = OPTIONAL, .about = "the first that does not fit"),
    INT("kept", 0, INT64_MAX, .about = "number of the head that was last kept outside; 0: none"),
    INT("record", 1, INT64_MAX, .about = "number of the audit record that tells of the table"),
    LIST("rights", 0, INT32_MAX, &right),
    LIST("verbs", 0, INT32_MAX, &verb, .about = "kind and verb, as a delegation has them"),
    WORD("language", "zh en"),
    END,
};

const Endpoint system_endpoints[] = {
    {HTTP_GET, "storage", FOR_SYSTEM_ADMIN, "getStorage", storage, .fields = fields,
     .out = "disk free database recordings attachments",
     .what = "Room on the disk, and what takes it"},
    {HTTP_GET, "audit_chain", FOR_AUDIT_ADMIN, "getAuditChain", chain, .fields = fields,
     .out = "whole records head wrong? kept",
     .what = "Whether the audit record is whole: reads all of it"},
    {HTTP_GET, "audit_proof", FOR_AUDIT_ADMIN, "getAuditProof", proof, .fields = fields,
     .query = "record", .type = "text/plain",
     .what = "A signed page of text that proves which table left here, when and by whose hand"},
    {HTTP_GET, "rights", FOR_ADMIN, "getRights", rights, .fields = fields, .out = "rights",
     .what = "Who may what: for each kind of record, role, scope and state the verbs"},
    {HTTP_GET, "rights.xlsx", FOR_ADMIN, "getRightsTable", rights_file, .fields = fields,
     .query = "language?", .type = "*/*", .what = "The same as a table, in words"},
    {HTTP_GET, "rights/own", FOR_ACCOUNT, "getOwnVerbs", own_verbs, .fields = fields,
     .out = "verbs", .what = "What one might have done by a deputy; administrators: nothing"},
    {0},
};
