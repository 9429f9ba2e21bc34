/* The demo twice: the same people and meetings, fresh links. */
#include "demo.h"

#include <string.h>

#include "store/people.h"
#include "store/sessions.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define URL "http://localhost:8080"

static int64_t number(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

static const char *text_of(const json_t *made, const char *key) {
  return json_string_value(json_object_get(made, key));
}

/* Does the link sign somebody in? Its meeting must be the demo's. */
static bool works(Fixture *f, const char *link, const char *meeting) {
  GError *error = NULL;
  char secret[SECRET_CHARS + 1];
  g_assert_true(g_str_has_prefix(link, URL "/j/"));
  g_autoptr(Session) session = session_from_link(f->db, f->config, link + strlen(URL "/j/"), "",
                                                 moment_now().wall_ms, secret, &error);
  if (session)
    g_assert_cmpstr(session->scope_meeting, ==, meeting);
  g_clear_error(&error);
  return session != NULL;
}

static void test_twice(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  json_t *first = demo_make(f.db, f.config, URL, false, &error);
  g_assert_no_error(error);
  const char *meeting = text_of(first, "meeting");
  g_assert_cmpint(number(f.db, "select count(*) from meeting where state = 'live'"), ==, 1);
  g_assert_cmpint(number(f.db, "select count(*) from person where name not like '%示例%'"), ==, 0);
  g_assert_cmpint(number(f.db, "select count(*) from person where kind = 'member'"), ==,
                  number(f.db, "select count(distinct name) from person where kind = 'member'"));
  g_assert_true(works(&f, text_of(first, "host"), meeting));
  g_assert_true(works(&f, text_of(first, "guest"), meeting));
  const json_t *members = json_object_get(first, "members");
  g_assert_cmpint(json_array_size(members), ==, 3);
  for (unsigned i = 0; i < 3; i++)
    g_assert_true(works(&f, json_string_value(json_array_get(members, i)), meeting));
  /* The register has some of each. */
  g_assert_cmpint(number(f.db, "select count(distinct state) from member_profile"), ==, 4);
  g_assert_cmpint(number(f.db, "select count(distinct state) from change_request"), ==, 3);
  g_assert_cmpint(number(f.db, "select count(*) from term_file"), ==, 29);
  int64_t people = number(f.db, "select count(*) from person");
  json_t *second = demo_make(f.db, f.config, URL, false, &error);
  g_assert_no_error(error);
  g_assert_cmpint(number(f.db, "select count(*) from person"), ==, people);
  g_assert_cmpint(number(f.db, "select count(*) from meeting"), ==, 2);
  g_assert_cmpstr(text_of(second, "meeting"), ==, meeting);
  g_assert_false(works(&f, text_of(first, "host"), meeting)); /* the old one is dead */
  g_assert_true(works(&f, text_of(second, "host"), meeting));
  /* When the consultation has ended, the next demo opens another. */
  fixture_end(f.db, meeting, moment_now());
  json_t *third = demo_make(f.db, f.config, URL, false, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(text_of(third, "meeting"), !=, meeting);
  g_assert_true(works(&f, text_of(third, "guest"), text_of(third, "meeting")));
  json_decref(first);
  json_decref(second);
  json_decref(third);
  fixture_clear(&f);
}

static void test_not_among_real_people(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char id[17];
  fixture_person(f.db, "真人", NULL, "member", 0, id);
  g_assert_null(demo_make(f.db, f.config, URL, false, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  json_t *made = demo_make(f.db, f.config, URL, true, &error);
  g_assert_no_error(error);
  json_decref(made);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/demo/twice", test_twice);
  g_test_add_func("/demo/not-among-real-people", test_not_among_real_people);
  return g_test_run();
}
