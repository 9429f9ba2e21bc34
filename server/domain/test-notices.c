/* The inbox: whose it is, what is unread in it, who else sees that, and how somebody is told
 * otherwise. */
#include <string.h>

#include "domain/list.h"
#include "model/guard.h"
#include "model/notice.h"
#include "model/test-bed.h"
#include "store/statement.h"

#define POST_ID "post000000000001"

typedef struct {
  World w;
  char other[17]; /* staff, who did nothing here */
} Bed;

static void put(Bed *bed, const char *code, const char *record) {
  const char *people[] = {bed->w.ada, bed->w.bo};
  NoticeNew notice = {"post", code, record, true, bed->w.clerk, "{\"org\":\"科技界\"}"};
  GError *error = NULL;
  notice_put(bed->w.f.db, &notice, people, 2, T0, "Asia/Shanghai", &error);
  g_assert_no_error(error);
}

static void bed_init(Bed *bed) {
  static const Subject *const list[] = {
      &subject_person, &subject_org,      &subject_post,        &subject_notice,
      &subject_inbox,  &subject_delivery, &subject_push_device, NULL};
  GError *error = NULL;
  world_make(&bed->w, list, "");
  guards_install(bed->w.f.db, bed->w.model, &error);
  g_assert_no_error(error);
  fixture_person(bed->w.f.db, "Other", "other", "staff", STAFF, bed->other);
  g_assert_true(notice_channels_set(bed->w.f.db, "email sms webhook push", NULL));
}

/* Expects the status; body may be NULL. A new reference. */
static json_t *as(Bed *bed, const char *person, unsigned roles, HttpMethod method, const char *path,
                  const char *body, int status) {
  g_auto(GStrv) parts = g_strsplit(path, "?", 2);
  g_auto(Answer) answer = ask(&bed->w, (Ask){method, parts[0], parts[1], body, person, roles, 0});
  if (answer.status != status)
    g_error("%s %s: %d %s", path, body, answer.status, json_dumps(answer.body, JSON_COMPACT));
  return json_incref(answer.body);
}

static int64_t number_of(json_t *object, const char *name) {
  int64_t number = json_integer_value(json_object_get(object, name));
  json_decref(object);
  return number;
}

static int64_t total(Bed *bed, const char *person, unsigned roles, const char *path) {
  return number_of(as(bed, person, roles, HTTP_GET, path, NULL, 200), "total");
}

/* A path with the person's id in it. */
static char *inbox(const char *person, const char *verb) {
  return g_strdup_printf("inboxes/%s%s", person, verb);
}

static void test_unread(void) {
  Bed bed;
  bed_init(&bed);
  put(&bed, "begun", POST_ID);
  put(&bed, "ended", POST_ID);
  g_autofree char *box = inbox(bed.w.ada, ""), *all = inbox(bed.w.ada, "/tick_all");
  json_t *page = as(&bed, bed.w.ada, MEMBER, HTTP_GET, "notices?unread=true", NULL, 200);
  json_t *first = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpint(json_array_size(json_object_get(page, "items")), ==, 2);
  g_assert_cmpstr(text_of(json_object_get(first, "params"), "org"), ==, "科技界");
  g_autofree char *tick = g_strdup_printf("notices/%s/tick", text_of(first, "id"));
  json_decref(as(&bed, bed.w.bo, MEMBER, HTTP_POST, tick, NULL, 404));
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, tick, NULL, 200));
  json_decref(page);
  g_assert_cmpint(total(&bed, bed.w.ada, MEMBER, "notices?unread=true"), ==, 1);
  g_assert_cmpint(total(&bed, bed.w.ada, MEMBER, "notices?unread=false"), ==, 1);
  g_assert_cmpint(number_of(as(&bed, bed.w.ada, MEMBER, HTTP_GET, box, NULL, 200), "unread"), ==,
                  1);
  json_decref(as(&bed, bed.w.bo, MEMBER, HTTP_GET, box, NULL, 404));
  json_decref(as(&bed, bed.w.bo, MEMBER, HTTP_POST, all, NULL, 404));
  g_assert_cmpint(number_of(as(&bed, bed.w.ada, MEMBER, HTTP_POST, all, NULL, 200), "unread"), ==,
                  0);
  g_assert_cmpint(total(&bed, bed.w.bo, MEMBER, "notices?unread=true"), ==, 2);
  /* Looking into one's own inbox is nobody's business. */
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from case_event"), ==, 0);
  g_assert_cmpint(
      count(bed.w.f.db,
            "select count(*) from audit_record where kind glob 'inbox.*' or kind glob 'notice.*'"),
      ==, 0);
  world_clear(&bed.w);
}

/* The clerk sees who has read it, without what only they are told. */
static void test_of_record(void) {
  static const char path[] = "notices/of_record?subject=post&record=" POST_ID;
  Bed bed;
  bed_init(&bed);
  put(&bed, "begun", POST_ID);
  g_assert_true(db_exec(bed.w.f.db,
                        "update notice_entry set read_at = 1764000000000,"
                        " escalate_at = null where person ="
                        " (select id from person where name = 'Bo');"
                        "insert into delivery (id, entry, channel, state, at, created_at)"
                        " select 'wayout0000000001', e.id, 'push', 'failed', 1764000000000, "
                        "1764000000000 from notice_entry e"
                        " join person p on p.id = e.person where p.name = 'Ada'",
                        NULL));
  g_autofree char *unread = g_strconcat(path, "&unread=true", NULL);
  json_t *page = as(&bed, bed.w.clerk, STAFF, HTTP_GET, unread, NULL, 200);
  json_t *only = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpint(json_array_size(json_object_get(page, "items")), ==, 1);
  g_assert_cmpstr(text_of(json_object_get(only, "person"), "name"), ==, "Ada");
  g_assert_null(json_object_get(only, "params"));
  const json_t *way = json_array_get(json_object_get(only, "ways"), 0);
  g_assert_cmpstr(text_of(way, "channel"), ==, "push");
  g_assert_cmpstr(text_of(way, "state"), ==, "failed");
  json_decref(page);
  g_assert_cmpint(total(&bed, bed.w.clerk, STAFF, path), ==, 2);
  g_assert_cmpint(total(&bed, bed.other, STAFF, path), ==, 0);
  g_assert_cmpint(total(&bed, bed.w.clerk, STAFF, "notices/of_record"), ==, 0);
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_GET, path, NULL, 403));
  world_clear(&bed.w);
}

static void edit(Bed *bed, const char *body, int status) {
  g_autofree char *box = inbox(bed->w.ada, "");
  json_decref(as(bed, bed->w.ada, MEMBER, HTTP_PATCH, box, body, status));
}

static void test_settings(void) {
  static const char *const wrong[] = {"{\"email\":\"ada\"}",
                                      "{\"email\":\"a@b@example.org\"}",
                                      "{\"email\":\"-o@example.org\"}",
                                      "{\"email\":\"a@example.org\\r\\nX: y\"}",
                                      "{\"phone\":\"13800000001\"}",
                                      "{\"phone\":\"+0000000000\"}",
                                      "{\"webhook\":\"http://example.org/h\"}",
                                      "{\"webhook\":\"file:///etc/passwd\"}",
                                      "{\"webhook_secret\":\"12345678\"}",
                                      "{\"language\":\"fr\"}"};
  Bed bed;
  bed_init(&bed);
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    edit(&bed, wrong[i], 422);
  edit(&bed, "{\"email\":\"ada@example.org\",\"phone\":\"+8613800000001\",\"by_sms\":false}", 200);
  edit(&bed, "{\"webhook\":\"https://example.org/h\"}", 200);
  g_autofree char *box = inbox(bed.w.ada, "");
  json_t *row = as(&bed, bed.w.ada, MEMBER, HTTP_GET, box, NULL, 200);
  g_autofree char *secret = g_strdup(text_of(row, "webhook_secret"));
  g_assert_true(g_str_has_prefix(secret, "whsec_") && strlen(secret) == 6 + 32);
  json_decref(row);
  edit(&bed, "{\"webhook\":\"https://example.org/h\",\"by_push\":false}", 200);
  row = as(&bed, bed.w.ada, MEMBER, HTTP_GET, box, NULL, 200);
  g_assert_cmpstr(text_of(row, "webhook_secret"), ==, secret);
  json_decref(row);
  edit(&bed, "{\"webhook\":null}", 200);
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from inbox where webhook_secret is not null"),
                  ==, 0);
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from audit_record where"
                                    " detail like '%example.org/%' or detail like '%@example%'"),
                  ==, 0);
  world_clear(&bed.w);
}

static void test_test(void) {
  Bed bed;
  bed_init(&bed);
  g_autofree char *path = inbox(bed.w.ada, "/test");
  edit(&bed, "{\"email\":\"ada@example.org\"}", 200);
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, path, NULL, 200));
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from delivery where next_at = 1764000000000"),
                  ==, 1);
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, path, NULL, 429));
  g_assert_true(db_exec(bed.w.f.db,
                        "update delivery set state = 'sent', next_at = null;"
                        " update notice_entry set posted_at = posted_at - 60000",
                        NULL));
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, path, NULL, 200));
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from delivery where state = 'queued'"), ==, 1);
  world_clear(&bed.w);
}

/* The administrator of the system: what failed and why, and again; nothing of what is told. */
static void test_queue(void) {
  Bed bed;
  bed_init(&bed);
  edit(&bed, "{\"email\":\"ada@example.org\"}", 200);
  put(&bed, "begun", POST_ID);
  json_t *page =
      as(&bed, bed.w.bo, ROLE_SYSTEM_ADMIN, HTTP_GET, "deliveries?state=queued", NULL, 200);
  json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_autofree char *retry = g_strdup_printf("deliveries/%s/retry", text_of(row, "id"));
  g_assert_null(json_object_get(row, "params"));
  g_assert_cmpstr(text_of(row, "code"), ==, "post.begun");
  json_decref(page);
  json_decref(as(&bed, bed.w.bo, ROLE_SYSTEM_ADMIN, HTTP_POST, retry, NULL, 409));
  g_assert_true(db_exec(bed.w.f.db,
                        "update delivery set state = 'failed', next_at = null,"
                        " attempts = 8, reason = 'refused'",
                        NULL));
  json_decref(as(&bed, bed.w.clerk, STAFF, HTTP_GET, "deliveries", NULL, 403));
  g_assert_cmpint(
      number_of(as(&bed, bed.w.bo, ROLE_SYSTEM_ADMIN, HTTP_POST, retry, NULL, 200), "next_at"), ==,
      T0);
  world_clear(&bed.w);
}

static void test_devices(void) {
  Bed bed;
  bed_init(&bed);
  g_autofree char *key = g_strnfill(87, 'A');
  for (unsigned i = 0; i < 12; i++) {
    g_autofree char *body =
        g_strdup_printf("{\"endpoint\":\"https://push.example.org/%u\",\"p256dh\":\"%s\","
                        "\"auth\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                        i, key);
    json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, "push_devices", body, i < 10 ? 200 : 409));
    if (i == 0) /* again, and then by who signs in at the same browser */
      json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, "push_devices", body, 200));
  }
  g_assert_cmpint(total(&bed, bed.w.ada, MEMBER, "push_devices"), ==, 10);
  g_autofree char *body =
      g_strdup_printf("{\"endpoint\":\"https://push.example.org/0\",\"p256dh\":\"%s\","
                      "\"auth\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                      key);
  json_t *made = as(&bed, bed.w.bo, MEMBER, HTTP_POST, "push_devices", body, 200);
  g_autofree char *drop = g_strdup_printf("push_devices/%s/drop", text_of(made, "id"));
  json_decref(made);
  g_assert_cmpint(total(&bed, bed.w.ada, MEMBER, "push_devices"), ==, 9);
  json_decref(as(&bed, bed.w.ada, MEMBER, HTTP_POST, drop, NULL, 404));
  json_decref(as(&bed, bed.w.bo, MEMBER, HTTP_POST, drop, NULL, 200));
  g_assert_cmpint(count(bed.w.f.db, "select count(*) from push_device"), ==, 9);
  world_clear(&bed.w);
}

/* Who gets a post, and who gets other rights, is told. */
static void test_told(void) {
  Bed bed;
  bed_init(&bed);
  g_assert_true(db_exec(bed.w.f.db,
                        "insert into org (id, kind, code, valid_from, created_at) values"
                        " ('org0000000000001', 'sector', '1', '2020-01-01', 1);"
                        "insert into org_name (org, valid_from, name) values"
                        " ('org0000000000001', '2020-01-01', '科技界')",
                        NULL));
  g_autofree char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"org0000000000001\","
                                          "\"role\":\"member\",\"valid_from\":\"2022-01-01\"}",
                                          bed.w.ada);
  json_t *post = as(&bed, bed.w.clerk, STAFF, HTTP_POST, "posts", body, 200);
  g_autofree char *end = g_strdup_printf("posts/%s/end", text_of(post, "id"));
  json_decref(post);
  json_decref(as(&bed, bed.w.clerk, STAFF, HTTP_PATCH, end, "{\"valid_to\":\"2024-01-01\"}", 200));
  g_autofree char *roles = g_strdup_printf("people/%s/set_roles", bed.w.ada);
  json_decref(as(&bed, bed.w.bo, ROLE_SECURITY_ADMIN, HTTP_POST, roles,
                 "{\"roles\":[\"member\",\"staff\"]}", 200));
  g_assert_cmpint(count(bed.w.f.db,
                        "select count(*) from notice n join notice_entry e on e.notice = n.id"
                        " join person p on p.id = e.person where p.name = 'Ada' and"
                        " (n.code = 'post.begun' and n.params ->> 'since' = '2022-01-01'"
                        "   and n.params ->> 'org' = '科技界'"
                        " or n.code = 'post.ended' and n.params ->> 'until' = '2024-01-01'"
                        " or n.code = 'person.roles_set' and n.severity = 'urgent')"),
                  ==, 3);
  world_clear(&bed.w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/notices/unread", test_unread);
  g_test_add_func("/notices/of-record", test_of_record);
  g_test_add_func("/notices/settings", test_settings);
  g_test_add_func("/notices/test", test_test);
  g_test_add_func("/notices/queue", test_queue);
  g_test_add_func("/notices/devices", test_devices);
  g_test_add_func("/notices/told", test_told);
  return g_test_run();
}
