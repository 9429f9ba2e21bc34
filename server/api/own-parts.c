#include "api/own-parts.h"

#include <glib/gstdio.h>
#include <string.h>

#include "api/records.h"
#include "api/transit.h"
#include "base/zone.h"
#include "model/attachment.h"
#include "model/export.h"
#include "model/serve.h"
#include "store/sessions.h"

#define PERSON "PERSON"
#define PROFILE "PROFILE"
#define MANIFEST "manifest.json"
#define README "README.txt"

/* name: of its files. path: PERSON and PROFILE stand for his ids; with what is asked behind "?".
 * without: members that are left out of each row. columns: of its table; NULL: all. */
typedef struct {
  const char *name, *path, *without, *zh, *en, *columns;
} Part;

static const Part parts[] = {
    {"profile", "members/register?person=" PERSON, NULL, "委员登记的资料",
     "What the register of members has"},
    {"profile-history", "members/" PROFILE "/events", NULL, "委员登记的变更历史",
     "How the register came to have it"},
    {"member-changes", "member_changes?member_profile=" PROFILE, NULL, "停职、恢复和离任",
     "Suspensions and leaving office"},
    {"posts", "people/" PERSON "/posts", NULL, "任职", "Posts"},
    {"term-files", "members/" PROFILE "/term_files", NULL, "各届履职档案",
     "The duty file of each term"},
    {"change-requests", "people/" PERSON "/change_requests", NULL, "信息变更申请",
     "Changes of the data that were asked for"},
    {"meetings", "meetings?whose=mine", NULL, "受邀的会议，my.capacity 为本人身份",
     "Meetings one is invited to; my.capacity says as what"},
    {"attendance", "people/" PERSON "/attendance", NULL, "出席情况", "Attendance"},
    {"absences", "people/" PERSON "/absences", NULL, "外出登记", "Absences"},
    {"delegations-given", "delegations?giver=" PERSON, NULL, "委托他人代办", "What others may do"},
    {"delegations-taken", "delegations?deputy=" PERSON, NULL, "受委托代办",
     "What one may do for others"},
    {"roles", "role_holders?person=" PERSON, NULL, "系统角色", "Roles in the system"},
    {"notices", "notices", NULL, "收到的通知", "Notices that came"},
    {"inbox", "inboxes/" PERSON, "webhook webhook_secret", "通知方式的设置（不含密钥）",
     "How notices are sent, without the keys"},
    {"devices", "push_devices", "endpoint p256dh auth", "接收推送的设备（不含密钥）",
     "Devices that get pushes, without the keys", "label,created_at"},
    {"sessions", "sessions?person=" PERSON, "digest", "当前的登录会话", "Sessions that are open",
     "created_at,last_seen_at,expires_at,address,by_link"},
    {"views", "saved_views", NULL, "保存的筛选", "Filters that were saved"},
};

unsigned own_part_count(void) {
  return G_N_ELEMENTS(parts) + 1; /* and the account */
}

void own_taking_init(OwnTaking *taking, Exchange *exchange, HeadsIn in) {
  *taking =
      (OwnTaking){.exchange = exchange, .in = in, .files = json_array(), .named = json_object()};
}

void own_taking_clear(OwnTaking *taking) {
  bundle_free(taking->bundle);
  g_free(taking->profile);
  json_decref(taking->files);
  json_decref(taking->named);
}

/* rows: negative: it has none. */
static void list(OwnTaking *taking, const char *name, const char *sha256, uint64_t bytes,
                 int64_t rows, const Part *part) {
  json_t *file = json_pack("{s:s, s:s, s:I, s:s, s:s}", "name", name, "sha256", sha256, "bytes",
                           (json_int_t)bytes, "zh", part->zh, "en", part->en);
  if (rows >= 0)
    json_object_set_new(file, "rows", json_integer(rows));
  json_array_append_new(taking->files, file);
}

/* Takes document. */
static bool add_json(OwnTaking *taking, const Part *part, json_t *document, GError **error) {
  g_autofree char *name = g_strdup_printf("json/%s.json", part->name);
  char *text = json_dumps(document, JSON_INDENT(2));
  int64_t rows = json_is_array(document) ? (int64_t)json_array_size(document) : 1;
  char sha256[DIGEST_SIZE];
  bool fine = bundle_text(taking->bundle, name, text, strlen(text), sha256, error);
  if (fine)
    list(taking, name, sha256, strlen(text), rows, part);
  taking->rows += rows;
  free(text);
  json_decref(document);
  return fine;
}

/* ---- asking as his pages do ---- */

typedef struct {
  Match match;
  Call call;
  GPtrArray *query;
} Asked;

static void asked_clear(Asked *asked) {
  call_clear(&asked->call);
  match_clear(&asked->match);
  g_ptr_array_unref(asked->query);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* Takes more, what else is asked; or NULL. */
static void ask(const OwnTaking *taking, sqlite3 *db, const Part *part, char *more, Asked *asked) {
  const Session *session = taking->exchange->session;
  g_autoptr(GString) path = g_string_new(part->path);
  g_string_replace(path, PERSON, session->person, 0);
  if (taking->profile)
    g_string_replace(path, PROFILE, taking->profile, 0);
  g_auto(GStrv) halves = g_strsplit(path->str, "?", 2);
  records_fill(taking->exchange, session, &asked->call);
  asked->call.db = db;
  asked->match = serve_match(taking->exchange->context->model, HTTP_GET, halves[0]);
  g_assert(asked->match.route);
  asked->query = g_ptr_array_new_with_free_func(g_free);
  if (halves[1])
    g_ptr_array_add(asked->query, g_strdup(halves[1]));
  if (more)
    g_ptr_array_add(asked->query, more);
  serve_begin(&asked->call, &asked->match);
}

/* Why not; true: because it is not for him. */
static bool is_not_his(Call *call, const Part *part, GError **error) {
  if (call->problem.status == 403 || call->problem.status == 404)
    return true;
  if (call->error)
    g_propagate_error(error, g_steal_pointer(&call->error));
  else
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "%s: %s", part->name, call->problem.code);
  return false;
}

/* ---- rows ---- */

static void note_files(OwnTaking *taking, const Info *info, const json_t *row) {
  for (const Field *field = info->subject->fields; field->name; field++) {
    const json_t *files = field->type == F_FILES ? json_object_get(row, field->name) : NULL;
    for (size_t i = 0; i < json_array_size(files); i++) {
      const json_t *file = json_array_get(files, i);
      json_object_set(taking->named, json_string_value(json_object_get(file, "id")),
                      json_object_get(file, "name"));
    }
  }
}

/* What its buttons would be is nothing that is kept of him. */
static void strip(const Part *part, json_t *row) {
  g_auto(GStrv) names = g_strsplit(part->without ? part->without : "", " ", -1);
  json_object_del(row, "may");
  for (unsigned i = 0; names[i]; i++)
    json_object_del(row, names[i]);
}

static void take_row(OwnTaking *taking, const Part *part, const Info *info, json_t *row) {
  const char *id = json_string_value(json_object_get(row, "id"));
  if (id && !taking->profile && part == &parts[0])
    taking->profile = g_strdup(id);
  note_files(taking, info, row);
  strip(part, row);
}

/* The next page into rows; after: "after=…" of the one behind it, or NULL. Freed with g_free.
 * his: whether he may ask it. */
static bool take_page(OwnTaking *taking, sqlite3 *db, const Part *part, char **after, json_t *rows,
                      bool *his, GError **error) {
  g_auto(Asked) asked;
  json_t *row;
  size_t i;
  ask(taking, db, part, g_steal_pointer(after), &asked);
  *his = serve_run(&asked.call, asked.query);
  if (!*his)
    return is_not_his(&asked.call, part, error);
  json_t *page = json_loadb(asked.call.out->str, asked.call.out->len, 0, NULL);
  json_t *items = json_object_get(page, "items");
  if (!items) { /* one row */
    take_row(taking, part, asked.match.info, page);
    json_array_append_new(rows, page);
    return true;
  }
  json_array_foreach(items, i, row) take_row(taking, part, asked.match.info, row);
  json_array_extend(rows, items);
  const char *next = json_string_value(json_object_get(page, "next"));
  *after = next ? g_strconcat("after=", next, NULL) : NULL;
  json_decref(page);
  return true;
}

/* The same rows as a table, in words. */
static bool write_table(OwnTaking *taking, sqlite3 *db, const Part *part, const char *path,
                        GError **error) {
  g_auto(Asked) asked;
  bool more = true;
  ask(taking, db, part, g_strdup(taking->in == HEADS_EN ? "words=en" : "words=zh"), &asked);
  if (part->columns)
    g_ptr_array_add(asked.query, g_strconcat("columns=", part->columns, NULL));
  g_autoptr(Export) export =
      serve_under(&asked.call) ? export_new_own(&asked.call, asked.query, SHEET_CSV) : NULL;
  bool fine = export != NULL;
  while (fine && more)
    fine = export_slice(export, path, &more);
  if (!fine && is_not_his(&asked.call, part, error))
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "%s: no table", part->name);
  return fine;
}

static bool is_list(const OwnTaking *taking, sqlite3 *db, const Part *part) {
  g_auto(Asked) asked;
  ask(taking, db, part, NULL, &asked);
  return asked.match.route->kind == R_LIST;
}

static bool add_table(OwnTaking *taking, sqlite3 *db, const Part *part, int64_t rows,
                      GError **error) {
  g_autofree char *name = g_strdup_printf("tables/%s.csv", part->name);
  g_autofree char *path = transit_path(taking->exchange->context->config, ".csv", error);
  char sha256[DIGEST_SIZE];
  uint64_t bytes;
  bool fine = path && write_table(taking, db, part, path, error) &&
              bundle_file(taking->bundle, name, path, sha256, &bytes, error);
  if (path)
    g_unlink(path);
  if (fine)
    list(taking, name, sha256, bytes, rows, part);
  return fine;
}

static bool take_account(OwnTaking *taking, sqlite3 *db, GError **error) {
  static const Part part = {"account", "", NULL, "账号", "The account"};
  json_t *session = session_json(db, taking->exchange->session,
                                 taking->exchange->context->config->time_zone, error);
  if (!session)
    return false;
  json_t *person = json_incref(json_object_get(session, "person"));
  json_decref(session);
  return add_json(taking, &part, person, error);
}

bool own_part_take(OwnTaking *taking, sqlite3 *db, unsigned n, GError **error) {
  if (n == G_N_ELEMENTS(parts))
    return take_account(taking, db, error);
  const Part *part = &parts[n];
  if (strstr(part->path, PROFILE) && !taking->profile)
    return true;
  json_t *rows = json_array();
  g_autofree char *after = NULL;
  bool his, fine;
  do
    fine = take_page(taking, db, part, &after, rows, &his, error);
  while (fine && his && after);
  if (!fine || !his) {
    json_decref(rows);
    return fine;
  }
  int64_t count = (int64_t)json_array_size(rows);
  return add_json(taking, part, rows, error) &&
         (!is_list(taking, db, part) || add_table(taking, db, part, count, error));
}

/* ---- files ---- */

/* By the id, which is the row's: two may have the same name. */
bool own_file_take(OwnTaking *taking, sqlite3 *db, const char *id, GError **error) {
  g_auto(Attachment) found = {NULL};
  Exchange *exchange = taking->exchange;
  Call call;
  char sha256[DIGEST_SIZE];
  uint64_t bytes;
  records_fill(exchange, exchange->session, &call);
  call.db = db;
  bool his = attachment_may(&call, id, &found);
  if (call.error)
    g_propagate_error(error, g_steal_pointer(&call.error));
  call_clear(&call);
  if (!his)
    return !*error;
  const char *dot = strrchr(found.name, '.');
  g_autofree char *name = g_strdup_printf("files/%s%s", id, dot ? dot : "");
  g_autofree char *path = blob_path(exchange->context->config->data_dir, found.sha256);
  const Part part = {"files", "", NULL, found.name, found.name};
  if (!bundle_file(taking->bundle, name, path, sha256, &bytes, error))
    return false;
  list(taking, name, sha256, bytes, -1, &part);
  return true;
}

/* ---- the manifest ---- */

static char *readme(const OwnTaking *taking, const char *at) {
  const Session *session = taking->exchange->session;
  GString *text = g_string_new("\xef\xbb\xbf"); /* by which editors on Windows know UTF-8 */
  const json_t *file;
  size_t i;
  g_string_append_printf(text,
                         "%s（%s）本人的数据，%s\r\n"
                         "json：供程序读取；tables：表格；files：所附文件的原件。" MANIFEST
                         "列出全部文件及其SHA-256。\r\n"
                         "\r\nData of %s (%s) for himself or herself, %s\r\n"
                         "json is for programs, tables for people, files are those attached, as "
                         "they were sent; " MANIFEST
                         " lists all of them with their SHA-256.\r\n\r\n",
                         session->name, session->person, at, session->name, session->person, at);
  json_array_foreach(taking->files, i, file) {
    const char *zh = json_string_value(json_object_get(file, "zh"));
    const char *en = json_string_value(json_object_get(file, "en"));
    g_string_append(text, json_string_value(json_object_get(file, "name")));
    g_string_append_printf(text, strcmp(zh, en) == 0 ? "  %s\r\n" : "  %s  %s\r\n", zh, en);
  }
  return g_string_free(text, FALSE);
}

bool own_manifest_take(OwnTaking *taking, GError **error) {
  static const Part about = {"", "", NULL, "说明", "What is what"};
  const Exchange *exchange = taking->exchange;
  char sha256[DIGEST_SIZE];
  g_autofree char *at =
      zone_format(exchange->context->config->time_zone, exchange->now_ms, "%Y-%m-%d %H:%M");
  g_autofree char *text = readme(taking, at);
  if (!bundle_text(taking->bundle, README, text, strlen(text), sha256, error))
    return false;
  list(taking, README, sha256, strlen(text), -1, &about);
  json_t *manifest =
      json_pack("{s:{s:s, s:s}, s:I, s:s, s:O}", "person", "id", exchange->session->person, "name",
                exchange->session->name, "made_at", (json_int_t)exchange->now_ms, "made", at,
                "files", taking->files);
  char *document = json_dumps(manifest, JSON_INDENT(2));
  json_decref(manifest);
  bool fine = bundle_text(taking->bundle, MANIFEST, document, strlen(document), sha256, error);
  free(document);
  return fine;
}
