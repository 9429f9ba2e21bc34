/* The index: what is found in which order, what is not found any more, what is never seen. */
#include <string.h>

#include "model/bigram.h"
#include "model/search.h"
#include "store/connection.h"
#include "store/statement.h"
#include "store/test-fixture.h"

/* A database that need not survive anything. */
static void begin(Fixture *f) {
  GError *error = NULL;
  fixture_init(f);
  db_exec(f->db, "pragma synchronous = off", &error);
  g_assert_no_error(error);
}

static void put(sqlite3 *db, const char *id, int64_t at_ms, const char *number, const char *title,
                const char *text) {
  GError *error = NULL;
  SearchDoc doc = {"proposal", id, at_ms, number, title, .text = text};
  search_put(db, &doc, &error);
  g_assert_no_error(error);
}

static void drop(sqlite3 *db, const char *id) {
  GError *error = NULL;
  search_drop(db, "proposal", id, &error);
  g_assert_no_error(error);
}

static int64_t number_of(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

/* A statement for what somebody typed; NULL when it says nothing. */
static Statement *asked(sqlite3 *db, const char *sql, const char *text) {
  GError *error = NULL;
  g_auto(BigramQuery) query = {NULL};
  if (bigram_query(text, -1, &query) != BIGRAM_FINE)
    return NULL;
  Statement *statement = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_autofree char *find = search_find(&query);
  statement_text(statement, "@find", find);
  statement_text(statement, "@find_numbers", query.numbers);
  return statement;
}

/* A page: the ids with blanks between; *place is that of its last row. */
static char *page_of(sqlite3 *db, SearchOrder order, const char *text, const char *rights,
                     int limit, int64_t *place) {
  GError *error = NULL;
  GString *ids = g_string_new(NULL);
  g_autofree char *sql = search_select(order, NULL, rights, "");
  Statement *rows = asked(db, sql, text);
  if (!rows)
    return g_string_free(ids, FALSE);
  statement_int(rows, "@limit", limit);
  if (place && *place)
    statement_int(rows, "@find_before", *place);
  int result;
  while ((result = statement_step(rows, &error)) == SQLITE_ROW) {
    g_string_append_printf(ids, "%s%s", ids->len > 0 ? " " : "", column_text(rows, 1));
    if (place)
      *place = column_int(rows, 4);
  }
  if (result != SQLITE_DONE)
    g_error("%s: %s", text, error->message);
  statement_free(rows);
  return g_string_free(ids, FALSE);
}

static int64_t count_of(sqlite3 *db, const char *text, const char *rights) {
  GError *error = NULL;
  g_autofree char *sql = search_count(NULL, rights);
  Statement *row = asked(db, sql, text);
  if (!row)
    return 0;
  g_assert_true(statement_one(row, "none", &error));
  int64_t count = column_int(row, 0);
  statement_free(row);
  return count;
}

static void expect_by(sqlite3 *db, SearchOrder order, const char *text, const char *rights,
                      const char *ids) {
  g_autofree char *found = page_of(db, order, text, rights, 50, NULL);
  if (strcmp(found, ids) != 0)
    g_error("%s: \"%s\" instead of \"%s\"", text, found, ids);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(const char *ids) {
  g_auto(GStrv) list = g_strsplit(ids, " ", -1);
  qsort(list, g_strv_length(list), sizeof *list, by_name);
  return g_strjoinv(" ", list);
}

/* These, the newest first; the same in other orders, and as many are counted. */
static void expect(sqlite3 *db, const char *text, const char *ids) {
  g_auto(GStrv) list = g_strsplit(ids, " ", -1);
  g_autofree char *wanted = sorted(ids);
  expect_by(db, SEARCH_NEWEST, text, "true", ids);
  for (int order = SEARCH_TITLES; order <= SEARCH_RANKED; order++) {
    g_autofree char *page = page_of(db, order, text, "true", 50, NULL);
    g_autofree char *found = sorted(page);
    g_assert_cmpstr(found, ==, wanted);
  }
  g_assert_cmpint(count_of(db, text, "true"), ==, g_strv_length(list));
}

static void test_found(void) {
  static const struct {
    const char *text, *ids;
  } cases[] = {
      {"电梯", "d a"},    {"加装电梯", "a"},  {"装电", "a"},      {"电梯 公交", "d"},
      {"公交 电梯", "d"}, {"电梯公交", ""},   {"梯公", ""},       {"电", "a"},
      {"梯", "a"},        {"议", "a"},        {"5", ""},          {"5G", "b"},
      {"g", ""},          {"w", ""},          {"WIFI", "b"},      {"ｗｉｆｉ", "b"},
      {"wi", ""},         {"0012", "b"},      {"年预算", "c"},    {"2026年预算", "c"},
      {"2026年", "c"},    {"2026 预算", "c"}, {"2025年预算", ""}, {"用A4", "c"},
      {"a4纸张", "c"},    {"", ""},           {"，。", ""},       {"テレビ", "c"},
      {"ﾃﾚﾋﾞ", "c"},      {"李", ""},         {"伟", ""},         {"李伟", "d"},
  };
  Fixture f;
  begin(&f);
  put(f.db, "a", T0, NULL, "关于老旧小区加装电梯的建议", "");
  put(f.db, "b", T0 + 1000, "政提〔2025〕0012号", "５Ｇ基站", "公园里的WiFi");
  put(f.db, "c", T0 + 2000, NULL, "2026年预算", "采用A4纸张，テレビ");
  put(f.db, "d", T0 + 3000, NULL, "出行", "医院电梯。公交，李伟");
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(f.db, cases[i].text, cases[i].ids);
  fixture_clear(&f);
}

static void test_newest(void) {
  Fixture f;
  begin(&f);
  put(f.db, "now", T0, NULL, "电梯", "");
  put(f.db, "old", INT64_C(-700000000000), NULL, "电梯", ""); /* 1947 */
  put(f.db, "older", INT64_C(-700000000500), NULL, "电梯", "");
  put(f.db, "never", INT64_MIN, NULL, "电梯", "");
  put(f.db, "ever", INT64_MAX, NULL, "电梯", "");
  put(f.db, "late", T0 + 999000, NULL, "电梯", "");
  put(f.db, "later", T0 + 1000000, NULL, "电梯", "");
  put(f.db, "between", T0 + 500, NULL, "电梯", "");
  expect(f.db, "电梯", "ever later late between now old older never");
  put(f.db, "now", T0 + 999500, NULL, "电梯", ""); /* moves */
  expect(f.db, "电梯", "ever later now late between old older never");
  g_assert_cmpint(number_of(f.db, "select at from search_doc where id = 'old'"), ==,
                  INT64_C(-700000000000));
  fixture_clear(&f);
}

/* More than there are places in one second, then one of the next second. */
static void test_same_second(void) {
  Fixture f;
  begin(&f);
  GError *error = NULL;
  db_exec(f.db, "begin", &error);
  for (int i = 0; i < 2500; i++) {
    g_autofree char *id = g_strdup_printf("m%d", i);
    put(f.db, id, T0, NULL, "同日", "");
  }
  put(f.db, "next", T0 + 9000, NULL, "同日", "");
  db_exec(f.db, "commit", &error);
  g_assert_no_error(error);
  g_autofree char *first = page_of(f.db, SEARCH_NEWEST, "同日", "true", 2, NULL);
  g_assert_cmpstr(first, ==, "next m2499");
  g_assert_cmpint(number_of(f.db, "select count(distinct place) from search_doc"), ==, 2501);
  fixture_clear(&f);
}

static void test_replace(void) {
  Fixture f;
  begin(&f);
  put(f.db, "a", T0, "2026-0001", "加装电梯", "方便老人");
  int64_t changes = sqlite3_total_changes64(f.db);
  put(f.db, "a", T0, "2026-0001", "加装电梯", "方便老人");
  g_assert_cmpint(sqlite3_total_changes64(f.db), ==, changes); /* nothing was written */
  put(f.db, "a", T0, "2026-0001", "加装扶手", "方便孩子");
  expect(f.db, "电梯", "");
  expect(f.db, "老人", "");
  expect(f.db, "扶手", "a");
  expect(f.db, "孩子", "a");
  expect(f.db, "加装", "a");
  put(f.db, "a", T0, "2026-0002", "加装扶手", "方便孩子");
  expect(f.db, "2026-0001", "");
  expect(f.db, "2026-0002", "a");
  put(f.db, "a", T0, NULL, "加装扶手", NULL);
  expect(f.db, "2026-0002", "");
  expect(f.db, "孩子", "");
  put(f.db, "a", T0, NULL, "加装扶手A", NULL);
  put(f.db, "a", T0, NULL, "加装扶手a", NULL); /* the same words, shown in another way */
  g_assert_cmpint(number_of(f.db, "select title glob '*a' from search_doc"), ==, 1);
  put(f.db, "b", T0 + 1000, NULL, "电梯", "");
  drop(f.db, "a");
  expect(f.db, "加装", "");
  expect(f.db, "扶手", "");
  expect(f.db, "电梯", "b");
  drop(f.db, "a");
  drop(f.db, "nobody");
  put(f.db, "a", T0, NULL, "加装电梯", "");
  expect(f.db, "电梯", "b a");
  g_assert_cmpint(number_of(f.db, "select count(*) from search_text"), ==, 2);
  fixture_clear(&f);
}

/* The same id in two kinds is two records. */
static void test_kinds(void) {
  Fixture f;
  begin(&f);
  GError *error = NULL;
  SearchDoc doc = {"opinion", "a", T0, "7", "电梯", .text = "公交"};
  put(f.db, "a", T0 + 1000, NULL, "电梯", "");
  g_assert_true(search_put(f.db, &doc, &error));
  expect(f.db, "电梯", "a a");
  expect_by(f.db, SEARCH_NEWEST, "公交", "doc.kind = 'proposal'", "");
  drop(f.db, "a");
  expect(f.db, "电梯", "a");
  expect_by(f.db, SEARCH_NEWEST, "电梯", "doc.kind = 'opinion' and doc.id = 'a'", "a");
  fixture_clear(&f);
}

static void test_numbers(void) {
  Fixture f;
  begin(&f);
  put(f.db, "a", T0, "2026-0001", "甲", "");
  put(f.db, "b", T0 + 1000, "2026-0002", "见2026-0001", "并案");
  put(f.db, "c", T0 + 2000, NULL, "乙", "2026-0001，并案");
  put(f.db, "d", T0 + 3000, "12", "12路公交", "并案");
  put(f.db, "e", T0 + 4000, "政提〔2026〕12号", "12", "");
  expect(f.db, "2026", "e c b a");
  expect_by(f.db, SEARCH_NEWEST, "2026-0001", "true", "a c b");
  expect_by(f.db, SEARCH_TITLES, "２０２６－０００１", "true", "a b c");
  expect_by(f.db, SEARCH_RANKED, "2026/0001", "true", "a b c");
  expect_by(f.db, SEARCH_NEWEST, "案号2026-0001", "true", "a"); /* a number is found by itself */
  expect_by(f.db, SEARCH_NEWEST, "12", "true", "d e");
  expect_by(f.db, SEARCH_NEWEST, "政提〔2026〕12号", "true", "e");
  expect_by(f.db, SEARCH_NEWEST, "政提(2026)12号", "true", "e");
  expect_by(f.db, SEARCH_NEWEST, "并案 2026-0001", "true", "a c b");
  g_assert_cmpint(count_of(f.db, "2026-0001", "true"), ==, 3);
  expect_by(f.db, SEARCH_NEWEST, "2026-0001", "doc.id <> 'a'", "c b");
  g_assert_cmpint(count_of(f.db, "2026-0001", "doc.id <> 'a'"), ==, 2);
  fixture_clear(&f);
}

static void test_orders(void) {
  Fixture f;
  begin(&f);
  put(f.db, "a", T0, NULL, "加装电梯的建议", "小区里");
  put(f.db, "b", T0 + 1000, NULL, "出行", "电梯");
  put(f.db, "c", T0 + 2000, NULL, "电梯", "养老");
  put(f.db, "d", T0 + 3000, NULL, "出行", "有人说起过一部在很远的城里的楼里的电梯，养老");
  expect_by(f.db, SEARCH_NEWEST, "电梯", "true", "d c b a");
  expect_by(f.db, SEARCH_TITLES, "电梯", "true", "c a d b");
  expect_by(f.db, SEARCH_RANKED, "电梯", "true", "c a b d");
  g_autofree char *best = page_of(f.db, SEARCH_RANKED, "电梯", "true", 1, NULL);
  g_assert_cmpstr(best, ==, "c");
  expect_by(f.db, SEARCH_TITLES, "电梯 养老", "true", "d c"); /* not all in the title */
  fixture_clear(&f);
}

/* Pages give each row once, whatever is put or dropped in between among what was seen. */
static void test_pages(void) {
  Fixture f;
  begin(&f);
  GString *all = g_string_new(NULL);
  for (int i = 0; i < 23; i++) {
    g_autofree char *id = g_strdup_printf("p%02d", i);
    put(f.db, id, T0 + i / 5 * 1000, i == 4 ? "12" : NULL, "第12次", "");
  }
  int64_t place = 0;
  for (unsigned pages = 0; pages < 8; pages++) {
    g_autofree char *page = page_of(f.db, SEARCH_NEWEST, "12", "true", 4, &place);
    g_string_append_printf(all, "%s%s", *page && pages ? " " : "", page);
    drop(f.db, "p22");
  }
  g_assert_cmpstr(all->str, ==,
                  "p04 p22 p21 p20 p19 p18 p17 p16 p15 p14 p13 p12 p11 p10 p09 p08 p07 p06 p05"
                  " p03 p02 p01 p00");
  g_string_free(all, TRUE);
  fixture_clear(&f);
}

#define SEEN "exists (select 1 from seen s where s.id = doc.id and s.person = 'me')"

/* Hidden rows are not found, not counted, and take nobody's place; in two worlds that differ by
 * them only, newest and titles answer the same. */
static void test_rights(void) {
  static const char *const words[] = {"电梯", "公交", "电梯 公交", "梯", "9", "2026-0001", "养老"};
  char *answers[2];
  for (int world = 0; world < 2; world++) {
    Fixture f;
    begin(&f);
    GError *error = NULL;
    db_exec(f.db, "create table seen (id text, person text)", &error);
    for (int i = 0; i < 40; i++) {
      g_autofree char *id = g_strdup_printf("h%02d", i);
      if (world)
        put(f.db, id, T0 + i * 1000, "2026-0001", i % 2 ? "电梯 公交" : "养老", "电梯 9");
    }
    put(f.db, "a", T0 + 10500, "2026-0001", "电梯", "公交");
    put(f.db, "b", T0 + 20500, NULL, "公交", "电梯 9");
    put(f.db, "c", T0 + 5500, NULL, "公交 9", "电梯");
    db_exec(f.db, "insert into seen values ('a','me'),('b','me'),('c','me'),('h00','you')", &error);
    g_assert_no_error(error);
    GString *answer = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
      for (int order = SEARCH_NEWEST; order <= SEARCH_TITLES; order++) {
        g_autofree char *page = page_of(f.db, order, words[i], SEEN, 2, NULL);
        g_string_append_printf(answer, "%s: %s (%d)\n", words[i], page,
                               (int)count_of(f.db, words[i], SEEN));
      }
    answers[world] = g_string_free(answer, FALSE);
    expect_by(f.db, SEARCH_RANKED, "公交", SEEN, "b c a"); /* of hidden ones none here either */
    expect_by(f.db, SEARCH_NEWEST, "电梯", "false", "");
    g_assert_cmpint(count_of(f.db, "电梯", "false"), ==, 0);
    fixture_clear(&f);
  }
  g_assert_nonnull(strstr(answers[0], "电梯: b a (3)"));
  g_assert_cmpstr(answers[0], ==, answers[1]);
  g_free(answers[0]);
  g_free(answers[1]);
}

static void test_counted(void) {
  Fixture f;
  begin(&f);
  GError *error = NULL;
  db_exec(f.db, "begin", &error);
  for (int i = 0; i < 300; i++) {
    g_autofree char *id = g_strdup_printf("c%03d", i);
    put(f.db, id, T0 + i, NULL, "电梯", "");
  }
  db_exec(f.db, "commit", &error);
  g_assert_cmpint(count_of(f.db, "电梯", "true"), ==, SEARCH_COUNTED_MOST);
  g_assert_cmpint(count_of(f.db, "电梯", "doc.id < 'c200'"), ==, 200);
  g_assert_cmpint(count_of(f.db, "电梯", "doc.id >= 'c299'"), ==, 1);
  fixture_clear(&f);
}

/* Nothing that people type or write is read as anything but text. */
static void test_injection(void) {
  static const char *const texts[] = {
      "'",
      "''",
      "\"",
      "\"\"\"",
      "'; drop table search_doc; --",
      "' or '1'='1",
      "\" OR \"a\"",
      "a\" NOT \"b",
      "AND",
      "OR OR OR",
      "NOT",
      "NEAR(a b)",
      "title:",
      "title : a",
      "{title} : a",
      "-title:a",
      "^a",
      "a*",
      "*",
      "a + b",
      "(((((",
      "a)",
      "%",
      "_",
      "\\",
      "@find",
      ":x",
      "?1",
      "$1",
      "search_index",
      "delete",
      "rebuild",
      "--",
      "/* a */",
      "[a]",
      "`a`",
      "x'00'",
      "0x41",
      "1e9",
      "\x01\x02\x7f",
      "%s%n%d",
      "\xe2\x80\xaex",
      "\xe2\x80\x9cx\xe2\x80\x9d",
      "＂a＂",
      "null",
      "[\"1\"]",
  };
  Fixture f;
  begin(&f);
  int64_t tables = number_of(f.db, "select count(*) from sqlite_schema");
  put(f.db, "plain", T0, "1", "电梯", "公交");
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    const char *rights[] = {"true", "false"};
    for (int order = SEARCH_NEWEST; order <= SEARCH_RANKED; order++)
      for (unsigned r = 0; r < 2; r++)
        g_free(page_of(f.db, order, texts[i], rights[r], 50, NULL));
    put(f.db, texts[i], T0 + 1000 + i, texts[i], texts[i], texts[i]);
    g_autofree char *found = page_of(f.db, SEARCH_NEWEST, texts[i], "true", 200, NULL);
    g_autofree char *folded = bigram_fold(texts[i], -1);
    g_assert_true((strstr(found, texts[i]) != NULL) == (*folded != 0));
    expect(f.db, "电梯", "plain");
  }
  g_assert_cmpint(number_of(f.db, "select count(*) from search_doc"), ==, 1 + G_N_ELEMENTS(texts));
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
    drop(f.db, texts[i]);
  g_assert_cmpint(number_of(f.db, "select count(*) from search_doc"), ==, 1);
  g_assert_cmpint(number_of(f.db, "select count(*) from sqlite_schema"), ==, tables);
  fixture_clear(&f);
}

static void test_no_text(void) {
  static const SearchDoc docs[] = {
      {"proposal", "a", T0, NULL, "电\xe6", .text = "公交"},
      {"proposal", "a", T0, NULL, "电梯", .text = "公\xff"},
      {"proposal", "a", T0, "1\xc0\x80", "电梯", .text = "公交"},
  };
  Fixture f;
  begin(&f);
  put(f.db, "a", T0, NULL, "养老", "");
  for (unsigned i = 0; i < G_N_ELEMENTS(docs); i++) {
    GError *error = NULL;
    g_assert_false(search_put(f.db, &docs[i], &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
    g_clear_error(&error);
    expect(f.db, "养老", "a");
    expect(f.db, "公交", "");
  }
  SearchDoc nameless = {"", "a", T0, NULL, "电梯", .text = ""};
  GError *error = NULL;
  g_assert_false(search_put(f.db, &nameless, &error));
  g_clear_error(&error);
  fixture_clear(&f);
}

static char *random_text(GRand *rand) {
  static const char *const units[] = {"电", "梯", "公", "交", "养", "老", "，"};
  GString *text = g_string_new(NULL);
  for (int n = g_rand_int_range(rand, 1, 12); n > 0; n--)
    g_string_append(text, units[g_rand_int_range(rand, 0, G_N_ELEMENTS(units))]);
  return g_string_free(text, FALSE);
}

enum { RECORDS = 12 };

/* The ids whose text has the word as it stands, the newest first: record 0 is the oldest. One
 * character is looked for in titles, and these have none. */
static char *having(char *const *texts, const char *word) {
  GString *ids = g_string_new(NULL);
  for (int i = RECORDS - 1; i >= 0; i--)
    if (texts[i] && g_utf8_strlen(word, -1) > 1 && strstr(texts[i], word))
      g_string_append_printf(ids, "%sr%d", ids->len > 0 ? " " : "", i);
  return g_string_free(ids, FALSE);
}

/* Put, replaced and dropped at random: a run of Chinese is found exactly where it stands. */
static void test_random(void) {
  Fixture f;
  begin(&f);
  GError *error = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed(1954);
  char *texts[RECORDS] = {NULL};
  unsigned found = 0;
  for (unsigned step = 0; step < 600; step++) {
    int i = g_rand_int_range(rand, 0, RECORDS);
    g_autofree char *id = g_strdup_printf("r%d", i);
    g_clear_pointer(&texts[i], g_free);
    if (g_rand_int_range(rand, 0, 4) > 0) {
      texts[i] = random_text(rand);
      put(f.db, id, T0 + i * 1000, NULL, "题", texts[i]);
    } else {
      drop(f.db, id);
    }
    g_autofree char *word = random_text(rand);
    char *gap = strstr(word, "，");
    if (gap)
      *gap = 0;
    g_autofree char *expected = *word ? having(texts, word) : g_strdup("");
    expect_by(f.db, SEARCH_NEWEST, word, "true", expected);
    expect_by(f.db, SEARCH_TITLES, word, "true", expected);
    found += *expected != 0;
  }
  g_assert_cmpuint(found, >, 30);
  db_exec(f.db, "insert into search_index (search_index) values ('integrity-check')", &error);
  g_assert_no_error(error);
  g_assert_true(connection_check(f.db, &error));
  for (int i = 0; i < RECORDS; i++)
    g_free(texts[i]);
  fixture_clear(&f);
}

/* Whether any page of the index holds the word. */
static bool holds(sqlite3 *db, const char *word) {
  GError *error = NULL;
  g_autoptr(Statement) row =
      db_prepare(db, "select count(*) from search_index_data where instr(block, :word)", &error);
  g_assert_no_error(error);
  statement_blob(row, ":word", word, strlen(word));
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0) > 0;
}

/* After tidying, no page has a word of what was dropped. */
static void test_tidy(void) {
  Fixture f;
  begin(&f);
  GError *error = NULL;
  put(f.db, "a", T0, NULL, "zzxsecret", "");
  put(f.db, "b", T0, NULL, "电梯", "");
  drop(f.db, "a");
  expect(f.db, "zzxsecret", "");
  g_assert_true(holds(f.db, "zzxsecret"));
  bool more = true;
  unsigned slices = 0;
  for (; more && slices < 100; slices++)
    g_assert_true(search_tidy(f.db, slices == 0, &more, &error));
  g_assert_false(more);
  g_assert_false(holds(f.db, "zzxsecret"));
  g_assert_true(holds(f.db, "电梯"));
  expect(f.db, "电梯", "b");
  fixture_clear(&f);
}

/* No statement reads all records, nor sorts all that match. */
static void test_plans(void) {
  Fixture f;
  begin(&f);
  g_autofree char *count = search_count(NULL, "doc.kind = 'proposal'");
  char *texts[] = {search_select(SEARCH_NEWEST, "proposal", "true", ""),
                   search_select(SEARCH_TITLES, "proposal", "true", ""),
                   search_select(SEARCH_NEWEST, NULL, "doc.kind = 'proposal'", ""),
                   search_select(SEARCH_TITLES, NULL, "doc.kind = 'proposal'", ""),
                   search_select(SEARCH_RANKED, NULL, "doc.kind = 'proposal'", ""),
                   count};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    GError *error = NULL;
    g_autofree char *sql = g_strconcat("explain query plan ", texts[i], NULL);
    Statement *rows = db_prepare(f.db, sql, &error);
    g_assert_no_error(error);
    unsigned walked = 0;
    while (statement_step(rows, &error) == SQLITE_ROW) {
      const char *line = column_text(rows, 3);
      if (strstr(line, "SCAN doc") || strstr(line, "kind="))
        g_error("%s: %s", sql, line);
      walked += strstr(line, "SCAN search_index VIRTUAL TABLE INDEX 192:M") != NULL;
    }
    g_assert_cmpuint(walked, ==, i > 4 ? 0 : i % 2 ? 2 : 1); /* by place, from the last */
    statement_free(rows);
    if (i <= 4)
      g_free(texts[i]);
  }
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/search/found", test_found);
  g_test_add_func("/model/search/newest", test_newest);
  g_test_add_func("/model/search/same-second", test_same_second);
  g_test_add_func("/model/search/replace", test_replace);
  g_test_add_func("/model/search/kinds", test_kinds);
  g_test_add_func("/model/search/numbers", test_numbers);
  g_test_add_func("/model/search/orders", test_orders);
  g_test_add_func("/model/search/pages", test_pages);
  g_test_add_func("/model/search/rights", test_rights);
  g_test_add_func("/model/search/counted", test_counted);
  g_test_add_func("/model/search/injection", test_injection);
  g_test_add_func("/model/search/no-text", test_no_text);
  g_test_add_func("/model/search/random", test_random);
  g_test_add_func("/model/search/tidy", test_tidy);
  g_test_add_func("/model/search/plans", test_plans);
  return g_test_run();
}
