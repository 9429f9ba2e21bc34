/* What comes in: each type at its bounds, and everything that is wrong at once. */
#include <string.h>

#include "model/sections.h"
#include "model/take.h"

static const Field fields[] = {
    TEXT("title", 1, 5),
    TEXT("login", 1, 8, .of = "a-z0-9._", .flags = OPTIONAL),
    TEXT("note", 0, 10, .flags = LINES),
    INT("count", 1, 9),
    BOOL("is_open"),
    TIME("at"),
    DATE("on", .flags = OPTIONAL),
    WORD("kind", "member staff"),
    WORDS("roles", "clerk chair guest", 0, 2),
    REF("org", "org"),
    END,
};

typedef struct {
  const char *shape, *body;
  const char *wrong; /* "member code …" in the order of the body; "" when it is fine */
} Case;

static char *wrong_of(const Problem *problem) {
  GString *wrong = g_string_new(NULL);
  for (size_t i = 0; i < json_array_size(problem->errors); i++) {
    const json_t *error = json_array_get(problem->errors, i);
    g_string_append_printf(wrong, "%s%s %s", i ? " " : "",
                           json_string_value(json_object_get(error, "field")),
                           json_string_value(json_object_get(error, "code")));
  }
  return g_string_free(wrong, FALSE);
}

static void test_table(void) {
  static const Case cases[] = {
      {"title", "{\"title\": \"一二三四五\"}", ""},
      {"title", "{\"title\": \"一二三四五六\"}", "title long"},
      {"title", "{\"title\": \"  ab \"}", ""},
      {"title", "{\"title\": \"   \"}", "title short"},
      {"title", "{\"title\": \"\\u200b\"}", "title short"}, /* nothing of it can be seen */
      {"title", "{\"title\": \"a\\nb\"}", "title characters"},
      {"title", "{\"title\": 5}", "title type"},
      {"title", "{\"title\": null}", "title type"},
      {"title", "{}", "title missing"},
      {"title", "null", "title missing"},
      {"title?", "{}", ""},
      {"title?", "{\"titel\": \"a\"}", "titel unknown"},
      {"title?", "{\"title?\": \"a\"}", "title? unknown"},
      {"title?", "{\"\": \"a\"}", " unknown"},
      {"note title?", "{\"note\": \"\"}", ""},
      {"note", "{\"note\": \"a\\n\\tb\"}", ""},
      {"login?", "{\"login\": null}", ""},
      {"login", "{\"login\": null}", "login missing"},
      {"note", "{\"note\": \"\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\"}",
       ""},
      {"login", "{\"login\": \"ab-c\"}", "login characters"},
      {"login", "{\"login\": \"ab.9\"}", ""},
      {"login", "{\"login\": \"Ab\"}", "login characters"},
      {"count", "{\"count\": 0}", "count less"},
      {"count", "{\"count\": 1}", ""},
      {"count", "{\"count\": 9}", ""},
      {"count", "{\"count\": 10}", "count more"},
      {"count", "{\"count\": 1.5}", "count type"},
      {"is_open", "{\"is_open\": false}", ""},
      {"is_open", "{\"is_open\": 0}", "is_open type"},
      {"at", "{\"at\": 1764000000000}", ""},
      {"at", "{\"at\": 1764000000}", "at time"}, /* seconds */
      {"on", "{\"on\": \"2024-02-29\"}", ""},
      {"on", "{\"on\": \"2025-02-29\"}", "on date"},
      {"on", "{\"on\": \"2025-2-28\"}", "on date"},
      {"on", "{\"on\": \"2025-02-281\"}", "on date"},
      {"on", "{\"on\": \"\"}", "on date"},
      {"kind", "{\"kind\": \"staff\"}", ""},
      {"kind", "{\"kind\": \"member staff\"}", "kind words"},
      {"kind", "{\"kind\": \"\"}", "kind words"},
      {"roles", "{\"roles\": []}", ""},
      {"roles", "{\"roles\": [\"clerk\", \"guest\"]}", ""},
      {"roles", "{\"roles\": [\"clerk\", \"clerk\"]}", "roles words"},
      {"roles", "{\"roles\": [\"clerk\", 1]}", "roles words"},
      {"roles", "{\"roles\": [\"clerk\", \"chair\", \"guest\"]}", "roles many"},
      {"roles", "{\"roles\": \"clerk\"}", "roles type"},
      {"org", "{\"org\": \"abcdefgh01234567\"}", ""},
      {"org", "{\"org\": \"abcdefgh0123456\"}", "org id"},
      {"title count kind?", "{\"kind\": \"x\", \"count\": \"1\", \"more\": {}}",
       "kind words count type more unknown title missing"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *body = json_loads(cases[i].body, JSON_DECODE_ANY, NULL);
    Values values = {NULL};
    Problem problem = {0};
    bool fine =
        take_object(fields, cases[i].shape, json_is_null(body) ? NULL : body, &values, &problem);
    g_autofree char *wrong = wrong_of(&problem);
    if (strcmp(wrong, cases[i].wrong) != 0)
      g_error("%s: \"%s\" instead of \"%s\"", cases[i].body, wrong, cases[i].wrong);
    g_assert_true(fine == (*wrong == 0));
    g_assert_cmpint(problem.status, ==, fine ? 0 : 422);
    values_clear(&values);
    problem_clear(&problem);
    json_decref(body);
  }
}

/* Texts come out trimmed and in NFC, lists as JSON. */
static void test_values(void) {
  json_t *body = json_pack("{s:s, s:[s, s], s:b, s:n}", "title", " e\xcc\x81t ", "roles", "chair",
                           "guest", "is_open", 1, "login");
  Values values = {NULL};
  Problem problem = {0};
  g_assert_true(take_object(fields, "title roles is_open login?", body, &values, &problem));
  g_assert_cmpstr(values_find(&values, "title")->text, ==, "\xc3\xa9t");
  g_assert_cmpstr(values_find(&values, "roles")->text, ==, "[\"chair\",\"guest\"]");
  g_assert_cmpint(values_find(&values, "is_open")->number, ==, 1);
  g_assert_true(values_find(&values, "login")->kind == VALUE_NULL);
  g_assert_null(values_find(&values, "count"));
  values_clear(&values);
  json_decref(body);
}

static void test_text(void) {
  static const struct {
    const char *field, *text;
    bool fine;
  } cases[] = {
      {"count", "7", true},      {"count", "7x", false},     {"count", "", false},
      {"is_open", "true", true}, {"is_open", "1", false},    {"kind", "staff", true},
      {"on", "", true},          {"on", "2026-03-06", true}, {"title", "\xff", false},
      {"at", "12", false},       {"roles", "clerk", false},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Values values = {NULL};
    Problem problem = {0};
    bool fine = take_text(field_find(fields, cases[i].field), cases[i].text, &values, &problem);
    g_assert_true(fine == cases[i].fine);
    values_clear(&values);
    problem_clear(&problem);
  }
}

static void test_sections(void) {
  Sections sections = {NULL};
  char *why = NULL;
  g_assert_true(sections_parse(&sections,
                               "-- about\n--: row\nselect 1\nfrom t\n--: scope own\na = @me;\n"
                               "--: run add\ninsert into t values (1);\ndelete from t;\n",
                               &why));
  g_assert_cmpstr(sections_find(&sections, SECTION_ROW, NULL), ==, "select 1\nfrom t");
  g_assert_cmpstr(sections_find(&sections, SECTION_SCOPE, "own"), ==, "a = @me");
  g_assert_cmpstr(sections_find(&sections, SECTION_RUN, "add"), ==,
                  "insert into t values (1);\ndelete from t");
  g_assert_null(sections_find(&sections, SECTION_WHERE, "own"));
  sections_clear(&sections);

  static const char *const wrong[] = {"--: row\n--: scope own\n1\n",
                                      "--: rows\n1\n",
                                      "--: scope\n1\n",
                                      "--: row x\n1\n",
                                      "--: scope a b\n1\n",
                                      "--: get a\n1\n--: get a\n2\n",
                                      "--: get a\n"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    Sections bad = {NULL};
    g_assert_false(sections_parse(&bad, wrong[i], &why));
    g_assert_nonnull(strstr(why, "line "));
    g_clear_pointer(&why, g_free);
    sections_clear(&bad);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/take/table", test_table);
  g_test_add_func("/model/take/values", test_values);
  g_test_add_func("/model/take/text", test_text);
  g_test_add_func("/model/sections", test_sections);
  return g_test_run();
}
