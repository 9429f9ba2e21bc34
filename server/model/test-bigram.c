/* Text to tokens, numbers and queries, each in a table; whatever people type gives a query that
 * FTS5 can read. */
#include <sqlite3.h>
#include <string.h>

#include "model/bigram.h"

static char *tokens_of(const char *text) {
  g_autofree char *folded = bigram_fold(text, -1);
  if (!folded)
    return NULL;
  GString *tokens = g_string_new(NULL);
  bigram_tokens(folded, tokens);
  return g_string_free(tokens, FALSE);
}

static void test_tokens(void) {
  static const struct {
    const char *text, *tokens; /* NULL: no text */
  } cases[] = {
      {"", ""},
      {" \t\n，。—…", ""},
      {"电", "电"},
      {"电梯", "电梯 梯"},
      {"电梯安装", "电梯 梯安 安装 装"},
      {"电梯，安装", "电梯 梯 安装 装"},
      {"电 梯", "电 梯"},
      {"电\n梯", "电 梯"},
      {"关于A4纸", "关于 于 a4 纸"},
      {"2026年12月", "2026 年 12 月"},
      {"2026-0001", "2026 0001"},
      {"3.5亿", "3 5 亿"},
      {"Hello, World", "hello world"},
      {"ＡＢＣ１２３", "abc123"},             /* of full width */
      {"ﾃﾚﾋﾞ", "テレ レビ ビ"},               /* of half width, its voice mark apart */
      {"テレヒ\xe3\x82\x99", "テレ レビ ビ"}, /* a combining voice mark */
      {"コーヒー", "コー ーヒ ヒー ー"},
      {"人々", "人々 々"},
      {"二〇二六", "二〇 〇二 二六 六"},
      {"한국어 책", "한국 국어 어 책"},
      {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한"}, /* of parts */
      {"ㄅㄆ", "ㄅㄆ ㄆ"},
      {"\xf0\xa0\xae\xb7野家", "\xf0\xa0\xae\xb7野 野家 家"}, /* outside the first plane */
      {"\xf0\xb1\x8d\x90\xee\xa0\x95", "\xf0\xb1\x8d\x90\xee\xa0\x95 \xee\xa0\x95"}, /* private */
      {"\xef\xa4\x80", "豈"},              /* a character that is there twice */
      {"葛\xf3\xa0\x84\x80城", "葛城 城"}, /* a choice of glyph */
      {"电\xe2\x80\x8b梯", "电梯 梯"},     /* a space without width */
      {"\xef\xbb\xbf电梯", "电梯 梯"},
      {"co\xc2\xadop", "coop"}, /* a soft hyphen */
      {"caf\xc3\xa9 cafe\xcc\x81", "caf\xc3\xa9 caf\xc3\xa9"},
      {"e\xe2\x80\x8d\xcc\x81", "\xc3\xa9"}, /* what cannot be seen between the two */
      {"电\xe2\x83\x9d梯", "电梯 梯"},       /* a mark that is no letter's */
      {"Straße STRASSE", "strasse strasse"},
      {"ΣΊΣΥΦΟΣ", "σ\xce\xafσυφοσ"},
      {"\xce\x90", "\xce\x90"}, /* folding takes it to pieces */
      {"Москва", "москва"},
      {"हिन्दी", "हिन्दी"}, /* marks belong to the word */
      {"㎡ ½ ⑫ ﬁn Ⅳ", "m2 1 2 12 fin iv"},
      {"😀电梯😀", "电梯 梯"},
      {"a·b・c", "a b c"},
      {"\"a\" OR b* -c ^d {e} :f", "a or b c d e f"},
      {"12345678901234567890123456789012345678901234567890",
       "1234567890123456789012345678901234567890"},
      {"\xff", NULL},
      {"电\xe6\xa2", NULL},       /* cut off */
      {"\xc0\xaf", NULL},         /* longer than need be */
      {"\xed\xa0\x80", NULL},     /* half of a pair */
      {"\xf4\x90\x80\x80", NULL}, /* behind the last */
      {"\xf8\x88\x80\x80\x80", NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *tokens = tokens_of(cases[i].text);
    if (g_strcmp0(tokens, cases[i].tokens) != 0)
      g_error("%s: \"%s\" instead of \"%s\"", cases[i].text, tokens, cases[i].tokens);
  }
}

static void test_lengths(void) {
  g_autofree char *inner = bigram_fold("电\0梯", 7);
  g_assert_cmpstr(inner, ==, "电 梯");
  g_autofree char *part = bigram_fold("电梯", 3);
  g_assert_cmpstr(part, ==, "电");
  g_assert_null(bigram_fold("电梯", 4));
  g_autoptr(GString) large = g_string_new(NULL);
  while (large->len <= BIGRAM_TEXT_MAX)
    g_string_append(large, "电梯");
  g_autofree char *cut = bigram_fold(large->str, -1);
  g_assert_cmpuint(strlen(cut), ==, BIGRAM_TEXT_MAX / 3 * 3); /* whole characters */
  memset(large->str, 0x80, large->len);
  g_assert_null(bigram_fold(large->str, -1));
  g_assert_null(bigram_fold(large->str, (gssize)large->len));
}

static void test_numbers(void) {
  static const struct {
    const char *text, *number;
  } cases[] = {
      {"2026-0001", "2026-0001"},
      {"２０２６－０００１", "2026-0001"},
      {"2026/0001", "2026-0001"},
      {" 2026 0001 ", "2026-0001"},
      {"政提〔2026〕12号", "2026-12"},
      {"第12号", "12"},
      {"T2026-A07", "t2026-a07"},
      {"提案", NULL},
      {"", NULL},
      {"AB", NULL},
      {"\xff", NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *number = bigram_number(cases[i].text);
    if (g_strcmp0(number, cases[i].number) != 0)
      g_error("%s: \"%s\" instead of \"%s\"", cases[i].text, number, cases[i].number);
  }
}

static void test_queries(void) {
  static const struct {
    const char *text, *match, *numbers; /* match NULL: empty */
  } cases[] = {
      {"电梯", "\"电梯\"", "[]"},
      {"电梯安装", "\"电梯 梯安 安装\"", "[]"},
      {"电梯 安装", "\"电梯\" AND \"安装\"", "[]"},
      {"电梯、安装", "\"电梯\" AND \"安装\"", "[]"},
      {"电梯-安装", "\"电梯\" AND \"安装\"", "[]"},
      {"电梯（安装）", "\"电梯\" AND \"安装\"", "[]"},
      {"电\xe3\x80\x80梯", "\"电\" * AND \"梯\" *", "[]"}, /* a wide blank */
      {"电", "\"电\" *", "[]"},
      {"a", "\"a\" *", "[]"},
      {"ab", "\"ab\"", "[]"},
      {"A b", "\"a\" * AND \"b\" *", "[]"},
      {"1", "\"1\"", "[\"1\"]"},
      {"2026-0001", "\"2026 0001\"", "[\"2026-0001\"]"},
      {"２０２６－０００１", "\"2026 0001\"", "[\"2026-0001\"]"},
      {"提案 2026-0001 号", "\"提案\" AND \"2026 0001\" AND \"号\" *", "[\"2026-0001\"]"},
      {"提案2026-0001号", "\"提案 案 2026 0001 号\" *", "[\"2026-0001\"]"},
      {"政提〔2026〕12号", "\"政提 提 2026 12 号\" *", "[\"2026-12\"]"},
      {"2026年预算", "\"2026 年预 预算\"", "[\"2026\"]"},
      {"2026年", "\"2026 年\" *", "[\"2026\"]"},
      {"预算2026", "\"预算 算 2026\"", "[\"2026\"]"},
      {"预算 2026", "\"预算\" AND \"2026\"", "[]"},
      {"1-2 3-4 1-2", "\"1 2\" AND \"3 4\" AND \"1 2\"", "[\"1-2\",\"3-4\"]"},
      {"用a", "\"用 a\"", "[]"},
      {"wi-fi", "\"wi fi\"", "[]"},
      {"x-y", "\"x y\"", "[]"},
      {"10:30", "\"10 30\"", "[\"10-30\"]"},
      {"12 -13", "\"12\" AND \"13\"", "[]"},
      {"12- 13", "\"12\" AND \"13\"", "[]"},
      {"12,000", "\"12\" AND \"000\"", "[]"},
      {"", NULL, NULL},
      {" -，*\"()^ ", NULL, NULL},
      {"\xe2\x80\x8b", NULL, NULL},
      {"😀", NULL, NULL},
      {"\"电梯\"", "\"电梯\"", "[]"},
      {"\"\"\"", NULL, NULL},
      {"a\"b", "\"a\" * AND \"b\" *", "[]"},
      {"x OR y NOT z", "\"x\" * AND \"or\" AND \"y\" * AND \"not\" AND \"z\" *", "[]"},
      {"title:电梯", "\"title 电梯\"", "[]"},
      {"{title text}: 电*", "\"title\" AND \"text\" AND \"电\" *", "[]"},
      {"NEAR(电梯 安装, 5)", "\"near 电梯\" AND \"安装\" AND \"5\"", "[]"},
      {"'; drop table search_doc; --", "\"drop\" AND \"table\" AND \"search doc\"", "[]"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(BigramQuery) query = {NULL};
    BigramResult result = bigram_query(cases[i].text, -1, &query);
    g_assert_cmpint(result, ==, cases[i].match ? BIGRAM_FINE : BIGRAM_EMPTY);
    if (g_strcmp0(query.match, cases[i].match) != 0 ||
        g_strcmp0(query.numbers, cases[i].numbers) != 0)
      g_error("%s: %s %s instead of %s %s", cases[i].text, query.match, query.numbers,
              cases[i].match, cases[i].numbers);
  }
}

static void test_no_text(void) {
  static const char *const cases[] = {"\xff", "电梯\xe6", "\xed\xa0\x80", "a\xc0\x80"};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    BigramQuery query;
    g_assert_cmpint(bigram_query(cases[i], -1, &query), ==, BIGRAM_NO_TEXT);
    g_assert_null(query.match);
  }
}

static unsigned count_of(const char *text, const char *part) {
  unsigned count = 0;
  for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
    count++;
  return count;
}

/* However much is typed, the query stays small. */
static void test_bounds(void) {
  static const char *const units[] = {"电", "电 ", "a", "a ", "\"", "1-", "电a", "\xef\xb7\xba"};
  for (unsigned i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned n = 0; n < 10000; n++)
      g_string_append(text, units[i]);
    g_auto(BigramQuery) query = {NULL};
    if (bigram_query(text->str, -1, &query) == BIGRAM_EMPTY)
      continue;
    g_assert_cmpuint(strlen(query.match), <, 4096);
    g_assert_cmpuint(count_of(query.match, " ") - 2 * count_of(query.match, " AND ") -
                         count_of(query.match, " *") + 1 + count_of(query.match, " AND "),
                     <=, BIGRAM_QUERY_TOKENS_MAX);
    g_assert_cmpuint(strlen(query.numbers), <, BIGRAM_QUERY_MAX * 3);
  }
  g_autoptr(GString) numbers = g_string_new(NULL);
  for (unsigned n = 0; n < 20; n++)
    g_string_append_printf(numbers, "1-%u ", n);
  g_auto(BigramQuery) many = {NULL};
  g_assert_cmpint(bigram_query(numbers->str, -1, &many), ==, BIGRAM_FINE);
  g_assert_cmpuint(count_of(many.numbers, "1-"), ==, 8);
  g_auto(BigramQuery) nul = {NULL};
  g_assert_cmpint(bigram_query("电梯\0安装", 13, &nul), ==, BIGRAM_FINE);
  g_assert_cmpstr(nul.match, ==, "\"电梯\" AND \"安装\"");
}

/* Any bytes: FTS5 reads what comes out, JSON too, and a text finds itself. */
static void test_random(void) {
  static const char *const units[] = {"\"",
                                      "'",
                                      "*",
                                      "-",
                                      "+",
                                      "^",
                                      ":",
                                      "(",
                                      ")",
                                      "{",
                                      "}",
                                      "AND",
                                      "OR",
                                      "NOT",
                                      "NEAR",
                                      " ",
                                      "\\",
                                      "%",
                                      "_",
                                      ";",
                                      "\n",
                                      "a",
                                      "Z",
                                      "9",
                                      "电",
                                      "梯",
                                      "，",
                                      "〔",
                                      "〕",
                                      "한",
                                      "\xcc\x81",
                                      "é",
                                      "\x01",
                                      "\x7f",
                                      "\xff",
                                      "\xe7\x94",
                                      "\xe2\x80\x8d",
                                      "\xf3\xa0\x84\x80",
                                      "\xef\xb7\xba",
                                      "ー",
                                      "😀",
                                      "ﾞ"};
  g_autoptr(GRand) rand = g_rand_new_with_seed(1949);
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL, *find = NULL;
  g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, "create virtual table t using fts5 (x, tokenize = 'ascii')",
                               NULL, NULL, NULL),
                  ==, SQLITE_OK);
  sqlite3_prepare_v2(db, "insert or replace into t (rowid, x) values (1, ?)", -1, &insert, NULL);
  sqlite3_prepare_v2(db, "select json_array_length(?2) from t where t match ?1", -1, &find, NULL);
  unsigned fine = 0;
  for (unsigned i = 0; i < 20000; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (int n = g_rand_int_range(rand, 0, 12); n > 0; n--)
      g_string_append(text, units[g_rand_int_range(rand, 0, G_N_ELEMENTS(units))]);
    g_auto(BigramQuery) query = {NULL};
    g_autofree char *tokens = tokens_of(text->str);
    BigramResult result = bigram_query(text->str, -1, &query);
    g_assert_true((tokens == NULL) == (result == BIGRAM_NO_TEXT));
    if (result != BIGRAM_FINE) {
      g_assert_true(!tokens || *tokens == 0);
      continue;
    }
    fine++;
    sqlite3_bind_text(insert, 1, tokens, -1, SQLITE_STATIC);
    g_assert_cmpint(sqlite3_step(insert), ==, SQLITE_DONE);
    sqlite3_reset(insert);
    sqlite3_bind_text(find, 1, query.match, -1, SQLITE_STATIC);
    sqlite3_bind_text(find, 2, query.numbers, -1, SQLITE_STATIC);
    if (sqlite3_step(find) != SQLITE_ROW)
      g_error("%s does not find %s: %s", query.match, tokens, sqlite3_errmsg(db));
    sqlite3_reset(find);
  }
  g_assert_cmpuint(fine, >, 2000);
  sqlite3_finalize(insert);
  sqlite3_finalize(find);
  sqlite3_close(db);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/bigram/tokens", test_tokens);
  g_test_add_func("/model/bigram/lengths", test_lengths);
  g_test_add_func("/model/bigram/numbers", test_numbers);
  g_test_add_func("/model/bigram/queries", test_queries);
  g_test_add_func("/model/bigram/no-text", test_no_text);
  g_test_add_func("/model/bigram/bounds", test_bounds);
  g_test_add_func("/model/bigram/random", test_random);
  return g_test_run();
}
