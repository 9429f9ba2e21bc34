/* Templates that an office brought for its printed forms (papers/paper.h): checked by content when
 * they come (api/papers.c), used from then on, and kept when another takes their place. Withdrawing
 * the one in use gives the form back to the template that comes with the program. */
#include "domain/paper_template/paper_template.h"

#include <string.h>

#include "base/digest.h"
#include "base/id.h"
#include "domain/list.h"
#include "model/call.h"
#include "store/database.h"
#include "store/people.h"
#include "store/statement.h"

static const Field fields[] = {
    TEXT("form", 3, 80, .of = "a-z_.", .flags = GIVEN | ONCE),
    TEXT("name", 1, 200, .flags = GIVEN | ONCE),
    INT("size", 1, INT32_MAX, .flags = GIVEN | ONCE),
    TEXT("sha256", 64, 64, .of = "0-9a-f", .flags = GIVEN | ONCE),
    TIME("withdrawn_at", .flags = GIVEN | OPTIONAL),
    END,
};

static const Grant grants[] = {
    {ROLE_SYSTEM_ADMIN, "all", "read", NULL},
    {ROLE_SYSTEM_ADMIN, "used", "withdraw", NULL},
    {0},
};

static bool withdrawn(Call *call) {
  return call_run(call, "withdraw");
}

static const List all = {NULL, NULL, "-created_at", "form", 200};

static const Route routes[] = {
    {R_LIST, "paper_templates", "read", .list = &all},
    {R_ONE, "paper_templates/{paper_template}", "read"},
    {R_DO, "paper_templates/{paper_template}/withdraw", "withdraw", .effect = withdrawn},
    {0},
};

static const Code codes[] = {
    {"paper_template.no_file", 422},
    {"paper_template.unreadable", 422},
    {"paper_template.encrypted", 422},
    {"paper_template.too_large", 422},
    {"paper_template.foreign", 422, "names"},
    {"paper_template.unknown", 422, "names"},
    {"paper_template.no_converter", 503},
    {"paper_template.failed", 500},
    {0},
};

extern const char paper_template_sql[], paper_template_words[];
const Subject subject_paper_template = {"paper_template",
                                        "paper_template",
                                        fields,
                                        grants,
                                        routes,
                                        codes,
                                        paper_template_sql,
                                        .words = paper_template_words};

/* ---- for who prints ---- */

static GBytes *find_shipped(const char *form, GError **error) {
  for (const ShippedTemplate *shipped = shipped_templates; shipped->name; shipped++)
    if (strcmp(shipped->name, form) == 0)
      return g_bytes_new_static(shipped->bytes, shipped->size);
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no template of %s", form);
  return NULL;
}

GBytes *paper_template_find(sqlite3 *db, const char *form, bool only_shipped, GError **error) {
  if (only_shipped)
    return find_shipped(form, error);
  g_autoptr(Statement) row = db_prepare(
      db, "select document from paper_template where form = :form and withdrawn_at is null", error);
  if (!row)
    return NULL;
  statement_text(row, ":form", form);
  int result = statement_step(row, error);
  if (result == SQLITE_DONE)
    return find_shipped(form, error);
  if (result != SQLITE_ROW)
    return NULL;
  sqlite3_stmt *stmt = statement_handle(row);
  const void *document = sqlite3_column_blob(stmt, 0);
  return g_bytes_new(document, (gsize)sqlite3_column_bytes(stmt, 0));
}

/* ---- for who brings one ---- */

static bool withdraw_former(sqlite3 *db, const char *form, int64_t now_ms, GError **error) {
  g_autoptr(Statement) former = db_prepare(db,
                                           "update paper_template set withdrawn_at = :now,"
                                           " version = version + 1"
                                           " where form = :form and withdrawn_at is null",
                                           error);
  if (!former)
    return false;
  statement_int(former, ":now", now_ms);
  statement_text(former, ":form", form);
  return statement_run(former, error);
}

static bool insert(sqlite3 *db, const char *id, const char *form, const char *name,
                   GBytes *document, const char *sha256, const char *person, int64_t now_ms,
                   GError **error) {
  gsize size;
  const void *bytes = g_bytes_get_data(document, &size);
  g_autoptr(Statement) row =
      db_prepare(db,
                 "insert into paper_template (id, form, name, size, sha256, document, created_at,"
                 " created_by) values (:id, :form, :name, :size, :sha256, :document, :now, :me)",
                 error);
  if (!row)
    return false;
  sqlite3_stmt *stmt = statement_handle(row);
  statement_text(row, ":id", id);
  statement_text(row, ":form", form);
  statement_text(row, ":name", name);
  statement_int(row, ":size", (int64_t)size);
  statement_text(row, ":sha256", sha256);
  sqlite3_bind_blob(stmt, sqlite3_bind_parameter_index(stmt, ":document"), bytes, (int)size,
                    SQLITE_STATIC);
  statement_int(row, ":now", now_ms);
  statement_text(row, ":me", person);
  return statement_run(row, error);
}

bool paper_template_put(sqlite3 *db, const char *form, const char *name, GBytes *document,
                        const Actor *by, int64_t now_ms, char *id, GError **error) {
  g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, document);
  g_autofree char *cut = g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, -1), 200));
  id_random(id, ID_CHARS);
  return withdraw_former(db, form, now_ms, error) &&
         insert(db, id, form, cut, document, sha256, by->person, now_ms, error) &&
         audit_note(db, "paper_template.put", by, id,
                    json_pack("{s:s, s:s, s:s, s:I}", "form", form, "name", cut, "sha256", sha256,
                              "size", (json_int_t)g_bytes_get_size(document)),
                    now_ms, error);
}
