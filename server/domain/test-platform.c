/* Settings, jobs, integrations, sessions, the audit record: what administrators look after; and
 * views of lists. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/integrations.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/settings.h"
#include "store/statement.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person,        &subject_setting,
                                        &subject_job,           &subject_integration,
                                        &subject_saved_view,    &subject_session,
                                        &subject_login_failure, &subject_audit,
                                        &subject_deadline_rule, NULL};
  desk_init(w, list, "");
}

#define ADMIN ((Desk){w.clerk, ROLE_SYSTEM_ADMIN})
#define CLERK ((Desk){w.clerk, STAFF})

static json_int_t total(World *w, const char *path) {
  json_t *page = desk_ask(w, (Desk){w->clerk, ROLE_SYSTEM_ADMIN}, HTTP_GET, path, NULL, 200);
  json_int_t count = json_integer_value(json_object_get(page, "total"));
  json_decref(page);
  return count;
}

/* The last value counts, those before it stay, and each is checked as what it is. */
static void test_settings(void) {
  World w;
  world_init(&w);
  GError *error = NULL;
  int64_t value;
  static const char form[] = "{\"key\":\"absence_days_most\",\"value\":\"%s\"}";
  json_int_t before = total(&w, "settings");
  g_assert_true(setting_int(w.f.db, "absence_days_most", &value, &error));
  g_assert_cmpint(value, ==, 180);
  g_free(desk_made(&w, ADMIN, "settings", g_strdup_printf(form, "30")));
  g_free(desk_made(&w, ADMIN, "settings", g_strdup_printf(form, "31")));
  g_assert_true(setting_int(w.f.db, "absence_days_most", &value, &error));
  g_assert_cmpint(value, ==, 31);
  static const char *const wrong[] = {"0", "367", "many", "3 days"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    desk_refused(&w, ADMIN, HTTP_POST, "settings", g_strdup_printf(form, wrong[i]), "invalid");
  static const char clock[] = "{\"key\":\"notice_quiet_from\",\"value\":\"%s\"}";
  static const char *const no_time[] = {"24:00", "7:30", "07:60", "07-30", "21.30", "12345"};
  for (unsigned i = 0; i < G_N_ELEMENTS(no_time); i++)
    desk_refused(&w, ADMIN, HTTP_POST, "settings", g_strdup_printf(clock, no_time[i]), "invalid");
  g_free(desk_made(&w, ADMIN, "settings", g_strdup_printf(clock, "23:59")));
  int minute;
  g_assert_true(setting_minute(w.f.db, "notice_quiet_from", &minute, &error));
  g_assert_cmpint(minute, ==, 23 * 60 + 59);
  desk_refused(&w, ADMIN, HTTP_POST, "settings", g_strdup("{\"key\":\"x\",\"value\":\"1\"}"),
               "invalid");
  desk_refused(&w, CLERK, HTTP_POST, "settings", g_strdup_printf(form, "9"), "forbidden");
  g_assert_cmpint(total(&w, "settings"), ==, before);
  g_assert_cmpint(total(&w, "settings/all?key=absence_days_most"), ==, 3);
  json_t *page = desk_ask(&w, CLERK, HTTP_GET, "settings", NULL, 200);
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpstr(text_of(row, "value"), ==, "31");
  g_assert_cmpstr(text_of(json_object_get(row, "set_by"), "id"), ==, w.clerk);
  json_decref(page);
  g_assert_false(db_exec(w.f.db, "update setting_value set value = '1'", NULL));
  g_assert_false(db_exec(w.f.db, "delete from setting_value", NULL));
  world_clear(&w);
}

/* How long deciding a change may take now. */
static json_int_t limit_now(World *w) {
  json_t *page = desk_ask(w, (Desk){w->clerk, STAFF}, HTTP_GET, "deadline_rules", NULL, 200);
  json_int_t count = json_integer_value(
      json_object_get(json_array_get(json_object_get(page, "items"), 0), "count"));
  json_decref(page);
  return count;
}

/* A limit counts from its day on, of which there may be one that is to come, and none that is over;
 * of those of one day the one that was made last. */
static void test_deadlines(void) {
  World w;
  world_init(&w);
  static const char form[] = "{\"code\":\"change\",\"count\":%d,\"unit\":\"days\",\"warn\":[],"
                             "\"is_pausable\":false,\"source\":\"x\"%s}";
  json_int_t all = total(&w, "deadline_rules/all");
  g_free(desk_made(&w, ADMIN, "deadline_rules",
                   g_strdup_printf(form, 9, ",\"starts_on\":\"" TOMORROW "\"")));
  g_assert_cmpint(limit_now(&w), !=, 9);
  g_free(desk_made(&w, ADMIN, "deadline_rules", g_strdup_printf(form, 7, "")));
  g_assert_cmpint(limit_now(&w), ==, 7);
  g_free(desk_made(&w, ADMIN, "deadline_rules",
                   g_strdup_printf(form, 8, ",\"starts_on\":\"" TODAY "\"")));
  g_assert_cmpint(limit_now(&w), ==, 8);
  g_assert_cmpint(total(&w, "deadline_rules"), ==, 1);
  g_assert_cmpint(total(&w, "deadline_rules/all"), ==, all + 3);
  desk_refused(&w, ADMIN, HTTP_POST, "deadline_rules",
               g_strdup_printf(form, 6, ",\"starts_on\":\"2025-11-24\""), "deadline_rule.past");
  desk_refused(&w, CLERK, HTTP_POST, "deadline_rules", g_strdup_printf(form, 6, ""), "forbidden");
  g_assert_false(db_exec(w.f.db, "update deadline_rule set starts_on = '2025-11-24'", NULL));
  world_clear(&w);
}

static json_t *job_of(World *w) {
  json_t *page = desk_ask(w, (Desk){w->clerk, ROLE_SYSTEM_ADMIN}, HTTP_GET, "jobs", NULL, 200);
  json_t *row = json_incref(json_array_get(json_object_get(page, "items"), 0));
  json_decref(page);
  return row;
}

static void test_jobs(void) {
  World w;
  world_init(&w);
  static const char *const failures[] = {"the disk is full", "the disk is full", NULL};
  static const int in_a_row[] = {1, 2, 0};
  for (unsigned i = 0; i < G_N_ELEMENTS(failures); i++) {
    const JobRun run = {"purge", T0 + i, T0 + i + 5, i < 2 ? T0 + 100 : 0, failures[i]};
    GError *error = NULL;
    job_note(w.f.db, &run, &error);
    g_assert_no_error(error);
    json_t *row = job_of(&w);
    g_assert_cmpstr(text_of(row, "name"), ==, "purge");
    g_assert_cmpstr(text_of(row, "result"), ==, failures[i] ? "failed" : "ok");
    g_assert_cmpstr(text_of(row, "message"), ==, failures[i]);
    g_assert_cmpint(json_integer_value(json_object_get(row, "failures")), ==, in_a_row[i]);
    g_assert_cmpint(json_integer_value(json_object_get(row, "last_ended_at")), ==, T0 + i + 5);
    g_assert_cmpint(json_is_null(json_object_get(row, "next_at")), ==, i == 2);
    json_decref(row);
  }
  desk_refused(&w, CLERK, HTTP_GET, "jobs", NULL, "forbidden");
  world_clear(&w);
}

/* The secret goes in and is seen by nobody: not in rows, the history or the audit record. */
static void test_secret(void) {
  World w;
  world_init(&w);
  g_autofree char *id = desk_made(
      &w, ADMIN, "integrations",
      g_strdup("{\"kind\":\"smtp\",\"name\":\"m\",\"url\":\"smtps://mail.example.org:465\","
               "\"account\":\"a\",\"sender\":\"a@example.org\",\"active\":true}"));
  g_autofree char *path = g_strdup_printf("integrations/%s/secret", id);
  json_t *row = desk_ask(&w, ADMIN, HTTP_POST, path, g_strdup("{\"secret\":\"Open-Sesame\"}"), 200);
  char *text = json_dumps(row, 0);
  g_assert_true(json_is_true(json_object_get(row, "has_secret")));
  g_assert_null(strstr(text, "Sesame"));
  free(text);
  json_decref(row);
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where data like '%Sesame%'"), ==,
                  0);
  g_assert_cmpint(count(w.f.db, "select count(*) from audit_record where detail like '%Sesame%'"),
                  ==, 0);
  GError *error = NULL;
  g_autoptr(GPtrArray) list = integrations_active(w.f.db, "smtp", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(list->len, ==, 1);
  const Integration *one = list->pdata[0];
  g_assert_cmpstr(one->secret, ==, "Open-Sesame");
  g_assert_cmpstr(one->id, ==, id);
  g_autoptr(GPtrArray) none = integrations_active(w.f.db, "sms", &error);
  g_assert_cmpuint(none->len, ==, 0);
  world_clear(&w);
}

static void test_integrations(void) {
  World w;
  world_init(&w);
  static const char form[] = "{\"kind\":\"%s\",\"name\":\"n\",\"url\":\"%s\",\"active\":%s}";
  g_autofree char *id = desk_made(&w, ADMIN, "integrations",
                                  g_strdup_printf(form, "sms", "https://sms.example.org", "true"));
  static const struct {
    const char *kind, *url, *active, *code;
  } cases[] = {
      {"sms", "https://other.example.org", "true", "integration.taken"},
      {"sms", "http://other.example.org", "false", "integration.other_url"},
      {"smtp", "https://mail.example.org", "false", "integration.other_url"},
      {"smtp", "smtps://mail.example.org", "false", "integration.no_sender"},
      {"smtp", "smtp://mail.exam ple.org", "false", "invalid"},
      {"fax", "https://fax.example.org", "false", "invalid"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    desk_refused(&w, ADMIN, HTTP_POST, "integrations",
                 g_strdup_printf(form, cases[i].kind, cases[i].url, cases[i].active),
                 cases[i].code);
  g_autofree char *next = desk_made(
      &w, ADMIN, "integrations", g_strdup_printf(form, "sms", "http://127.0.0.1:8025/", "false"));
  g_assert_true(integration_note(w.f.db, next, T0, "it answered with 500", NULL));
  g_autofree char *edit = g_strconcat("integrations/", next, NULL);
  json_t *row = desk_ask(&w, ADMIN, HTTP_GET, edit, NULL, 200);
  g_assert_cmpstr(text_of(row, "failure"), ==, "it answered with 500");
  g_assert_cmpint(json_integer_value(json_object_get(row, "last_failed_at")), ==, T0);
  json_decref(row);
  g_autofree char *first = g_strconcat("integrations/", id, NULL);
  desk_refused(&w, ADMIN, HTTP_PATCH, edit, g_strdup("{\"active\":true}"), "integration.taken");
  json_decref(desk_ask(&w, ADMIN, HTTP_PATCH, first, g_strdup("{\"active\":false}"), 200));
  json_decref(desk_ask(&w, ADMIN, HTTP_PATCH, edit, g_strdup("{\"active\":true}"), 200));
  for (unsigned i = 0; i < 2; i++)
    g_free(desk_made(&w, ADMIN, "integrations",
                     g_strdup_printf(form, "webhook", "https://hook.example.org", "true")));
  desk_refused(&w, CLERK, HTTP_GET, first, NULL, "not_found");
  world_clear(&w);
}

/* Views of lists are each person's own, and so many a list. */
static void test_views(void) {
  World w;
  world_init(&w);
  static const char form[] =
      "{\"list\":\"person.people\",\"name\":\"v%u\",\"address\":\"role=%s\"}";
  const Desk ada = {w.ada, MEMBER}, bo = {w.bo, MEMBER};
  g_autofree char *id = desk_made(&w, ada, "saved_views", g_strdup_printf(form, 0, "member"));
  for (unsigned i = 1; i < 20; i++)
    g_free(desk_made(&w, ada, "saved_views", g_strdup_printf(form, i, "staff")));
  desk_refused(&w, ada, HTTP_POST, "saved_views", g_strdup_printf(form, 20, "staff"),
               "saved_view.too_many");
  desk_refused(&w, bo, HTTP_POST, "saved_views", g_strdup_printf(form, 0, "\u00e4"), "invalid");
  g_autofree char *one = g_strconcat("saved_views/", id, NULL);
  g_autofree char *drop = g_strconcat(one, "/drop", NULL);
  desk_refused(&w, bo, HTTP_GET, one, NULL, "not_found");
  desk_refused(&w, bo, HTTP_POST, drop, NULL, "not_found");
  json_decref(desk_ask(&w, ada, HTTP_POST, drop, NULL, 200));
  json_t *page = desk_ask(&w, ada, HTTP_GET, "saved_views?list=person.people", NULL, 200);
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 19);
  json_decref(page);
  world_clear(&w);
}

static size_t sessions_of(World *w, Desk who) {
  json_t *page = desk_ask(w, who, HTTP_GET, "sessions", NULL, 200);
  size_t count = json_array_size(json_object_get(page, "items"));
  json_decref(page);
  return count;
}

/* Who is signed in is seen, and signed out by another; a lock is found, and ends. */
static void test_sessions(void) {
  World w;
  world_init(&w);
  const Desk guard = {w.clerk, ROLE_SECURITY_ADMIN}, admin = {w.clerk, ROLE_SYSTEM_ADMIN};
  const gint64 now = T0, later = now + 1000000, before = now - 1000;
  g_autofree char *sql = g_strdup_printf(
      "insert into session (digest, person, csrf, created_at, last_seen_at, expires_at, address)"
      " values ('%064d', '%s', 'c', %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
      ", '::1'), ('%064d', '%s', 'c', %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
      ", '::1');"
      " insert into login_failure values ('%s', 5, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
      "), ('%s', 1, %" G_GINT64_FORMAT ", null)",
      1, w.ada, before, before, later, 2, w.ada, before, before, before, w.ada, before, later, w.bo,
      before);
  GError *error = NULL;
  db_exec(w.f.db, sql, &error);
  g_assert_no_error(error);
  /* Everybody sees his own, and nobody else's. */
  const Desk ada = {w.ada, ROLE_MEMBER};
  g_assert_cmpuint(sessions_of(&w, admin), ==, 0);
  g_assert_cmpuint(sessions_of(&w, ada), ==, 1);
  g_assert_cmpuint(sessions_of(&w, guard), ==, 1); /* one is over */
  g_autofree char *out = g_strdup_printf("people/%s/sign_out", w.ada);
  desk_refused(&w, admin, HTTP_POST, out, NULL, "forbidden");
  json_decref(desk_ask(&w, guard, HTTP_POST, out, NULL, 200));
  g_assert_cmpint(count(w.f.db, "select count(*) from session"), ==, 0);
  json_t *page = desk_ask(&w, admin, HTTP_GET, "login_failures?locked=true", NULL, 200);
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 1);
  g_assert_cmpstr(text_of(row, "person"), ==, w.ada);
  json_decref(page);
  g_assert_cmpint(total(&w, "login_failures"), ==, 2);
  world_clear(&w);
}

/* What was done is found by whom, by what, by kind and by time. */
static void test_audit(void) {
  World w;
  world_init(&w);
  const Desk auditor = {w.clerk, ROLE_AUDIT_ADMIN};
  for (int i = 1; i <= 6; i++) {
    const AuditEntry entry = {.kind = i % 2 ? "person.edit" : "org.edit",
                              .subject = i <= 4 ? w.ada : w.bo,
                              .object = i == 6 ? w.ada : NULL,
                              .result = i == 5 ? "refused" : "ok"};
    g_assert_true(audit_add(w.f.db, &entry, T0 + i * 1000, NULL));
  }
  g_autofree char *since = g_strdup_printf("since=%" G_GINT64_FORMAT, (gint64)T0 + 3000);
  g_autofree char *until = g_strdup_printf("until=%" G_GINT64_FORMAT, (gint64)T0 + 3000);
  g_autofree char *by = g_strdup_printf("person=%s", w.ada);
  g_autofree char *of = g_strdup_printf("record=%s", w.ada);
  const struct {
    const char *query;
    unsigned rows;
  } asked[] = {{since, 4},           {until, 2},       {by, 4},       {of, 1},
               {"kind=org.edit", 3}, {"of=person", 3}, {"of=per", 0}, {"result=refused", 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(asked); i++) {
    g_autofree char *path = g_strconcat("audit?", asked[i].query, NULL);
    json_t *page = desk_ask(&w, auditor, HTTP_GET, path, NULL, 200);
    g_test_message("%s", path);
    g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, asked[i].rows);
    json_decref(page);
  }
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/platform/settings", test_settings);
  g_test_add_func("/platform/deadlines", test_deadlines);
  g_test_add_func("/platform/jobs", test_jobs);
  g_test_add_func("/platform/secret", test_secret);
  g_test_add_func("/platform/integrations", test_integrations);
  g_test_add_func("/platform/views", test_views);
  g_test_add_func("/platform/sessions", test_sessions);
  g_test_add_func("/platform/audit", test_audit);
  return g_test_run();
}
