#include "api/brought.h"

#include <string.h>

#include "store/statement.h"

Bed *brought_bed(const char *program) {
  Bed *bed = bed_new();
  g_free(bed->config->table_program);
  bed->config->table_program = g_strdup(program);
  return bed;
}

/* ---- bringing one ---- */

ApiResponse *bring(Bed *bed, Who who, const char *kind, const void *bytes, gsize size) {
  GError *error = NULL;
  g_autofree char *path = g_strdup_printf("%s/import?file=花名册.csv", kind);
  ApiRequest *request = bed_request(bed, who, "POST", path, NULL);
  request->file = g_build_filename(bed->folder, "brought", NULL);
  g_file_set_contents(request->file, bytes, (gssize)size, &error);
  g_assert_no_error(error);
  return bed_send(bed, request);
}

Plan brought_plan(const ApiResponse *response) {
  Plan plan;
  if (response->status != 201)
    g_error("%d %s", response->status, response->body->str);
  json_t *document = json_loadb(response->body->str, response->body->len, 0, NULL);
  g_strlcpy(plan.id, json_string_value(json_object_get(document, "id")), sizeof plan.id);
  g_strlcpy(plan.digest, json_string_value(json_object_get(document, "digest")),
            sizeof plan.digest);
  plan.creates = json_integer_value(json_object_get(document, "creates"));
  plan.updates = json_integer_value(json_object_get(document, "updates"));
  plan.skips = json_integer_value(json_object_get(document, "skips"));
  plan.errors = json_integer_value(json_object_get(document, "errors"));
  json_decref(document);
  return plan;
}

void brought_counts(const Plan *plan, int64_t creates, int64_t updates, int64_t skips,
                    int64_t errors) {
  g_assert_cmpint(plan->creates, ==, creates);
  g_assert_cmpint(plan->updates, ==, updates);
  g_assert_cmpint(plan->skips, ==, skips);
  g_assert_cmpint(plan->errors, ==, errors);
}

char *brought_step(Bed *bed, const Plan *plan, const char *verb, bool valid_only) {
  g_autofree char *path = g_strdup_printf("imports/%s/%s", plan->id, verb);
  g_autofree char *body = strcmp(verb, "commit") == 0
                              ? g_strdup_printf("{\"seen\":\"%s\"%s}", plan->digest,
                                                valid_only ? ",\"valid_only\":true" : "")
                              : g_strdup("{}");
  g_autoptr(ApiResponse) response = bed_ask(bed, STAFF, "POST", path, body);
  json_t *document = json_loadb(response->body->str, response->body->len, 0, NULL);
  const char *code = json_string_value(json_object_get(document, "code"));
  char *copy = g_strdup(response->status == 200 ? "" : code);
  json_decref(document);
  return copy;
}

char *brought_wrong(Bed *bed, const Plan *plan) {
  g_autofree char *path = g_strdup_printf("imports/%s/rows?outcome=error&limit=1000", plan->id);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL), *row, *error;
  GString *text = g_string_new(NULL);
  size_t i, n;
  json_array_foreach(json_object_get(page, "items"), i, row) {
    json_array_foreach(json_object_get(row, "errors"), n, error) {
      const char *field = json_string_value(json_object_get(error, "field"));
      g_string_append_printf(text, "%s%lld:%s:%s", text->len ? " " : "",
                             (long long)json_integer_value(json_object_get(row, "n")),
                             field ? field : "", json_string_value(json_object_get(error, "code")));
    }
  }
  json_decref(page);
  return g_string_free(text, FALSE);
}

/* ---- what is in the database ---- */

typedef struct {
  const char *sql;
  int64_t number;
  char *text;
} Look;

static bool look_up(sqlite3 *db, void *data, GError **error) {
  Look *look = data;
  g_autoptr(Statement) row = db_prepare(db, look->sql, error);
  if (!row || !statement_one(row, "none", error))
    return false;
  look->number = column_int(row, 0);
  look->text = g_strdup(column_text(row, 0));
  return true;
}

void brought_steps(Bed *bed, const Plan *plan, const char *verb, const char *wanted) {
  g_autofree char *code = brought_step(bed, plan, verb, false);
  g_assert_cmpstr(code, ==, wanted);
}

void brought_is_wrong(Bed *bed, const Plan *plan, const char *wanted) {
  g_autofree char *text = brought_wrong(bed, plan);
  g_assert_cmpstr(text, ==, wanted);
}

int64_t bed_number(Bed *bed, const char *sql) {
  Look look = {.sql = sql};
  bed_write(bed, look_up, &look);
  g_free(look.text);
  return look.number;
}

char *bed_text(Bed *bed, const char *sql) {
  Look look = {.sql = sql};
  bed_write(bed, look_up, &look);
  return look.text;
}
