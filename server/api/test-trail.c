/* What the audit record says of readings and refusals. */
#include <string.h>

#include "api/bed.h"
#include "store/statement.h"

typedef struct {
  const char *kind, *result;
  int count;
} Count;

static bool count(sqlite3 *db, void *data, GError **error) {
  Count *what = data;
  g_autoptr(Statement) row = db_prepare(
      db, "select count(*) from audit_record where kind = :kind and result = :result", error);
  statement_text(row, ":kind", what->kind);
  statement_text(row, ":result", what->result);
  what->count = statement_one(row, "", error) ? (int)column_int(row, 0) : -1;
  return true;
}

/* Behind what was queued. */
static int told(Bed *bed, const char *kind, const char *result) {
  Count what = {kind, result, -1};
  bed_write(bed, count, &what);
  return what.count;
}

/* How many records say that it was done for whom the result names here. */
static bool given_for(sqlite3 *db, void *data, GError **error) {
  Count *what = data;
  g_autoptr(Statement) row = db_prepare(db,
                                        "select count(*) from audit_record where kind = :kind"
                                        " and detail ->> '$.on_behalf' = :giver",
                                        error);
  statement_text(row, ":kind", what->kind);
  statement_text(row, ":giver", what->result);
  what->count = statement_one(row, "", error) ? (int)column_int(row, 0) : -1;
  return true;
}

/* How many rows the newest record of a list, named as its result here, says. */
static bool rows_told(sqlite3 *db, void *data, GError **error) {
  Count *what = data;
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select detail ->> '$.rows' from audit_record where kind = :kind"
                 " and detail ->> '$.list' = :list order by seq desc limit 1",
                 error);
  statement_text(row, ":kind", what->kind);
  statement_text(row, ":list", what->result);
  what->count = statement_one(row, "", error) ? (int)column_int(row, 0) : -1;
  return true;
}

static void read_it(Bed *bed, Who who, const char *path) {
  json_decref(bed_expect(bed, 200, who, "GET", path, NULL));
}

static void test_readings(void) {
  Bed *bed = bed_new();
  g_autofree char *profile = g_strdup_printf("members/%s", bed->member_profile);
  g_autofree char *events = g_strdup_printf("members/%s/events", bed->member_profile);
  g_autofree char *wish = g_strdup_printf("change_requests/%s", bed->change_request);
  read_it(bed, STRANGER, profile); /* it is his own */
  read_it(bed, STRANGER, wish);
  read_it(bed, MEMBER, profile); /* what every member sees of another: no file */
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 0);
  g_assert_cmpint(told(bed, "change_request.read", "ok"), ==, 0);
  read_it(bed, STAFF, profile);
  read_it(bed, STAFF, profile);
  read_it(bed, STAFF, events); /* the same again */
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 1);
  read_it(bed, STAFF, wish);
  g_assert_cmpint(told(bed, "change_request.read", "ok"), ==, 1);
  /* Lists, once for each way of asking: what everybody sees in them is no file. */
  read_it(bed, MEMBER, "members");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 1);
  read_it(bed, STAFF, "members/register?limit=5");
  read_it(bed, STAFF, "members/register?limit=5");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 2);
  read_it(bed, STAFF, "members/register?limit=5&state=active");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 3);
  read_it(bed, STRANGER, "members/register");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 3);
  /* Counted, they tell of people too. */
  read_it(bed, STRANGER, "members/register?count_by=sex");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 3);
  read_it(bed, STAFF, "members/register?count_by=sex");
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 4);
  Count rows = {"member_profile.read", "members/register", 0};
  bed_write(bed, rows_told, &rows);
  g_assert_cmpint(rows.count, >=, 1);
  g_autofree char *attendance = bed_path(bed, "meetings/MEETING/attendance");
  int before = told(bed, "attendance.read", "ok");
  read_it(bed, HOST, attendance);
  g_assert_cmpint(told(bed, "attendance.read", "ok"), ==, before + 1);
  bed_free(bed);
}

static bool keep_file(sqlite3 *db, void *data, GError **error) {
  g_autofree char *sql = g_strdup_printf(
      "update attachment set owner_kind = 'member_profile', owner_id = '%s', field = 'documents',"
      " adopted_at = 1, expires_at = null where id = '%s'",
      ((Bed *)data)->member_profile, ((Bed *)data)->attachment);
  return db_exec(db, sql, error);
}

/* A document of somebody's file is read as the file is. */
static void test_documents(void) {
  Bed *bed = bed_new();
  g_autofree char *path = g_strdup_printf("attachments/%s", bed->attachment);
  bed_write(bed, keep_file, bed);
  api_response_free(bed_ask(bed, STRANGER, "GET", path, NULL));
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 0);
  api_response_free(bed_ask(bed, STAFF, "GET", path, NULL));
  api_response_free(bed_ask(bed, STAFF, "GET", path, NULL));
  g_assert_cmpint(told(bed, "member_profile.read", "ok"), ==, 1);
  bed_free(bed);
}

static void test_refusals(void) {
  Bed *bed = bed_new();
  g_autofree char *wish = g_strdup_printf("change_requests/%s", bed->change_request);
  g_autofree char *accept = g_strconcat(wish, "/accept", NULL);
  int before = told(bed, "change_request.read", "refused");
  bed_refused(bed, 404, "not_found", SYSTEM_ADMIN, "GET", wish, NULL);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", wish, NULL);
  g_assert_cmpint(told(bed, "change_request.read", "refused"), ==, before + 2);
  bed_refused(bed, 404, "not_found", MEMBER, "POST", accept, "{}");
  g_assert_cmpint(told(bed, "change_request.accept", "refused"), ==, 1);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", "storage", NULL);
  g_assert_cmpint(told(bed, "request", "refused"), ==, 1);
  for (int i = 0; i < 60; i++)
    bed_refused(bed, 404, "not_found", MEMBER, "GET", wish, NULL);
  int all = told(bed, "change_request.read", "refused");
  g_assert_cmpint(all, >=, 18); /* 20 of the member's, of which two were other ones */
  g_assert_cmpint(all, <=, 22);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", wish, NULL);
  g_assert_cmpint(told(bed, "change_request.read", "refused"), ==, all);
  bed_free(bed);
}

/* The member may do something for the stranger. */
static bool give(sqlite3 *db, void *data, GError **error) {
  const Bed *bed = data;
  g_autofree char *sql = g_strdup_printf(
      "insert into delegation (id, giver, deputy, starts_on, ends_on, reason, created_at) values"
      " ('delegation000000', '%s', '%s', '2000-01-01', '2190-01-01', 'r', 1);"
      "insert into delegation_verb (delegation, verb) values"
      " ('delegation000000', 'change_request.withdraw')",
      bed->signed_in[STRANGER].id, bed->signed_in[MEMBER].id);
  return db_exec(db, sql, error);
}

static ApiResponse *for_stranger(Bed *bed, const char *method, const char *path, const char *body) {
  ApiRequest *request = bed_request(bed, MEMBER, method, path, body);
  request->behalf = g_strdup(bed->signed_in[STRANGER].id);
  return bed_send(bed, request);
}

/* What is the giver's own is another's file to the deputy, and both are named. */
static void test_deputy(void) {
  Bed *bed = bed_new();
  bed_write(bed, give, bed);
  g_autofree char *wish = g_strdup_printf("change_requests/%s", bed->change_request);
  g_autoptr(ApiResponse) one = for_stranger(bed, "GET", wish, NULL);
  g_assert_cmpint(one->status, ==, 200);
  g_assert_cmpint(told(bed, "change_request.read", "ok"), ==, 1);
  g_autoptr(ApiResponse) list = for_stranger(bed, "GET", "change_requests", NULL);
  g_assert_cmpint(list->status, ==, 200);
  g_assert_cmpint(told(bed, "change_request.read", "ok"), ==, 2);
  g_autoptr(ApiResponse) none = for_stranger(bed, "GET", "change_requests/0123456789abcdef", NULL);
  g_assert_cmpint(none->status, ==, 404);
  Count named = {"change_request.read", bed->signed_in[STRANGER].id, 0};
  bed_write(bed, given_for, &named);
  g_assert_cmpint(named.count, ==, 3);
  bed_free(bed);
}

/* Of many at once it is told once, with each that was refused. */
static void test_many(void) {
  Bed *bed = bed_new();
  g_autofree char *body =
      g_strdup_printf("{\"ids\":[\"%s\",\"0123456789abcdef\"]}", bed->attendance);
  json_decref(bed_expect(bed, 200, STAFF, "POST", "attendance/-/confirm", body));
  g_assert_cmpint(told(bed, "attendance.confirm", "refused"), ==, 1);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trail/readings", test_readings);
  g_test_add_func("/trail/documents", test_documents);
  g_test_add_func("/trail/refusals", test_refusals);
  g_test_add_func("/trail/deputy", test_deputy);
  g_test_add_func("/trail/many", test_many);
  return g_test_run();
}
