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
  read_it(bed, STAFF, "members");
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

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trail/readings", test_readings);
  g_test_add_func("/trail/refusals", test_refusals);
  return g_test_run();
}
