/* The sample data of a city, in small: the same for the same seed, and never among people. */
#include "demo-article.h"

#include <string.h>

#include "domain/subjects.h"
#include "duty/figures.h"
#include "store/statement.h"
#include "store/test-fixture.h"

/* 2026-11-25 10:00 in the zone of the tests. */
#define NOW_MS INT64_C(1795572000000)

static int64_t number(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

/* Over all that is not an id, which are by chance. */
static char *digest(sqlite3 *db) {
  static const char *const texts[] = {
      "select name || kind || organisation || sector || active from person order by 1",
      "select m.code || m.state || m.phone || m.birth_date || m.terms_served || coalesce(left_on, "
      "'')"
      " from member_profile m order by 1",
      "select p.name || n.name || t.role || t.valid_from || coalesce(t.valid_to, '') from post t"
      " join person p on p.id = t.person join org_name n on n.org = t.org order by 1",
      "select state || field || created_at from change_request order by 1",
      "select title || state || planned_start || opened_at || ended_at from meeting order by 1",
      "select p.name || s.joined_at || s.left_at from presence_segment s join person p"
      " on p.id = s.person order by 1",
      "select p.name || d.state || coalesce(d.result || d.late, '') from attendance d join person p"
      " on p.id = d.person order by 1",
      "select code || severity || created_at from notice order by 1",
      "select subject || verb || at || coalesce(to_state, '') from case_event order by 1",
  };
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    GError *error = NULL;
    g_autoptr(Statement) rows = db_prepare(db, texts[i], &error);
    g_assert_no_error(error);
    unsigned count = 0;
    for (; statement_step(rows, &error) == SQLITE_ROW; count++)
      g_checksum_update(sum, (const guchar *)column_text(rows, 0), -1);
    g_assert_no_error(error);
    g_assert_cmpuint(count, >, 0);
  }
  return g_strdup(g_checksum_get_string(sum));
}

static bool make(Fixture *f, uint32_t seed, GError **error) {
  const DemoSize size = {.members = 120, .meetings = 3, .seed = seed};
  Model *model = subjects_model();
  const DemoDesk desk = {f->db, model, f->config->time_zone, {NOW_MS, NOW_MS * 1000, "sample"}};
  g_assert_true(db_exec(f->db, "begin", NULL));
  bool fine = demo_article_make(&desk, &size, error);
  g_assert_true(db_exec(f->db, fine ? "commit" : "rollback", NULL));
  subjects_free(model);
  return fine;
}

static char *digest_of(uint32_t seed) {
  Fixture f;
  GError *error = NULL;
  fixture_init(&f);
  make(&f, seed, &error);
  g_assert_no_error(error);
  char *text = digest(f.db);
  fixture_clear(&f);
  return text;
}

static void test_same(void) {
  g_autofree char *one = digest_of(7), *again = digest_of(7), *other = digest_of(8);
  g_assert_cmpstr(one, ==, again);
  g_assert_cmpstr(one, !=, other);
}

static void test_some_of_each(void) {
  Fixture f;
  GError *error = NULL;
  fixture_init(&f);
  make(&f, 1, &error);
  g_assert_no_error(error);
  g_assert_cmpint(number(f.db, "select count(*) from person where name not like '%示例%'"), ==, 0);
  g_assert_cmpint(number(f.db, "select count(distinct name) = count(*) from person"), ==, 1);
  g_assert_cmpint(number(f.db, "select count(distinct state) from member_profile"), ==, 4);
  g_assert_cmpint(number(f.db, "select count(distinct state) from change_request"), ==, 4);
  /* Those of both terms have two files. */
  g_assert_cmpint(number(f.db, "select count(*) from term_file"), ==, 120 + 12);
  /* The year before the reform prints its names, the year of it the other ones. */
  g_assert_cmpint(number(f.db, "select count(*) from org where kind = 'sector'"
                               " and '2022-12-31' >= valid_from"
                               " and '2022-12-31' < coalesce(valid_to, '9999')"),
                  ==, 32);
  g_assert_cmpint(number(f.db, "select count(*) from org where kind = 'sector'"
                               " and '2023-12-31' >= valid_from"
                               " and '2023-12-31' < coalesce(valid_to, '9999')"),
                  ==, 32);
  g_assert_cmpint(number(f.db, "select count(*) from post t join org o on o.id = t.org"
                               " where o.kind = 'sector' and o.valid_to < coalesce(t.valid_to,"
                               " '9999')"),
                  ==, 0);
  g_assert_cmpint(number(f.db, "select count(*) from meeting where state = 'ended'"), ==, 3);
  g_assert_cmpint(number(f.db, "select count(*) from presence_segment where left_at is null"), ==,
                  0);
  g_assert_cmpint(number(f.db, "select count(distinct result) from attendance"), ==, 3);
  g_assert_false(make(&f, 1, &error)); /* there are people now */
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  figures_register(); /* before the first connection, as the model does it */
  g_test_add_func("/demo-article/same", test_same);
  g_test_add_func("/demo-article/some-of-each", test_some_of_each);
  return g_test_run();
}
