/* What comes in: each type at its bounds, and everything that is wrong at once. */
#include <string.h>

#include "model/sections.h"
#include "model/tags.h"
#include "model/take.h"

static const Field fields[] = {
    TEXT("title", 1, 5),
    TEXT("login", 1, 8, .of = "a-z0-9._", .flags = OPTIONAL),
    TEXT("note", 0, 10, .flags = LINES),
    TEXT("tags", 1, 24, .flags = TAGS),
    INT("count", 1, 9),
    BOOL("is_open"),
    TIME("at"),
    DATE("on", .flags = OPTIONAL),
    WORD("kind", "member staff"),
    WORDS("roles", "clerk chair guest", 0, 2),
    REF("org", "org"),
    END,
};

static const Field picture[] = {ID("pid"), INT("w", 0, 9, .flags = OR_NULL), END};
static const Field pictures[] = {OBJECT("picture", "Picture", picture), END};
static const Field source[] = {WORD("source", "mic camera"), END};
static const Field members[] = {
    RAW("sdp", 1, 5),
    OBJECT("first", "Picture", picture),
    LIST("want", 0, 2, pictures),
    MAP("sources", 1, 2, "mid", source),
    ID("who", .flags = OR_NULL),
    END,
};

typedef struct {
  const char *shape, *body;
  const char *wrong; /* "member code …" in the order of the body; "" when it is fine */
} Case;

#define PID "\"0123456789abcdef\""

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

static void expect(const Field *of, const Case *c) {
  json_t *body = json_loads(c->body, JSON_DECODE_ANY, NULL);
  Values values = {NULL};
  Problem problem = {0};
  bool fine = take_object(of, c->shape, json_is_null(body) ? NULL : body, &values, &problem);
  g_autofree char *wrong = wrong_of(&problem);
  if (strcmp(wrong, c->wrong) != 0)
    g_error("%s: \"%s\" instead of \"%s\"", c->body, wrong, c->wrong);
  g_assert_true(fine == (*wrong == 0));
  g_assert_cmpint(problem.status, ==, fine ? 0 : 422);
  values_clear(&values);
  problem_clear(&problem);
  json_decref(body);
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
      {"tags", "{\"tags\": \"一二三四五六七八九十一二三四五六七八九十\"}", ""},
      {"tags", "{\"tags\": \"一二三四五六七八九十一二三四五六七八九十一\"}", "tags tag_long"},
      {"tags", "{\"tags\": \"一二三四五六七八九十一二、三四五六七八九十一二三\"}", ""},
      {"tags", "{\"tags\": \"一二三四五六七八九十一二、三四五六七八九十一二三四\"}", "tags long"},
      {"tags", "{\"tags\": \" ，； ,\"}", "tags short"},
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
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(fields, &cases[i]);
}

/* What has parts is checked to its depth, by the same rules. */
static void test_parts(void) {
  static const Case cases[] = {
      {"sdp", "{\"sdp\": \" a\\r\\n \"}", ""},
      {"sdp", "{\"sdp\": \"\"}", "sdp short"},
      {"sdp", "{\"sdp\": \"abcdef\"}", "sdp long"},
      {"sdp", "{\"sdp\": null}", "sdp type"},
      {"who", "{\"who\": null}", ""},
      {"who", "{\"who\": " PID "}", ""},
      {"who", "{\"who\": \"\"}", "who id"},
      {"who", "{}", "who missing"},
      {"first", "{\"first\": {\"pid\": " PID ", \"w\": null}}", ""},
      {"first", "{\"first\": {\"pid\": " PID "}}", "first.w missing"},
      {"first", "{\"first\": {\"pid\": \"x\", \"w\": 10, \"h\": 1}}",
       "first.pid id first.w more first.h unknown"},
      {"first", "{\"first\": []}", "first type"},
      {"first", "{\"first\": null}", "first type"},
      {"want", "{\"want\": []}", ""},
      {"want", "{\"want\": [{\"pid\": " PID ", \"w\": 1}]}", ""},
      {"want", "{\"want\": [7, {\"pid\": " PID ", \"w\": \"1\"}]}", "want.0 type want.1.w type"},
      {"want", "{\"want\": [1, 2, 3]}", "want many"},
      {"want", "{\"want\": {}}", "want type"},
      {"sources", "{\"sources\": {\"0\": \"mic\", \"1\": \"camera\"}}", ""},
      {"sources", "{\"sources\": {\"0123456789abcdef\": \"mic\"}}", ""},
      {"sources", "{\"sources\": {}}", "sources few"},
      {"sources", "{\"sources\": {\"0\": \"mic\", \"1\": \"mic\", \"2\": \"mic\"}}",
       "sources many"},
      {"sources", "{\"sources\": {\"0\": \"screen\"}}", "sources.0 words"},
      {"sources", "{\"sources\": {\"0\": [\"mic\"]}}", "sources.0 type"},
      {"sources", "{\"sources\": {\"\": \"mic\", \"0123456789abcdefg\": \"mic\"}}",
       "sources. unknown sources.0123456789abcdefg unknown"},
      {"sources", "{\"sources\": {\"a b\": \"mic\", \"议\": \"mic\"}}",
       "sources.a b unknown sources.议 unknown"},
      {"sources", "{\"sources\": [\"mic\"]}", "sources type"},
      {"*", "{}", "sdp missing first missing want missing sources missing who missing"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(members, &cases[i]);
}

/* Of a request with any number of unknown members a bounded number is named. */
static void test_many_wrong(void) {
  json_t *body = json_object();
  for (unsigned i = 0; i < 3 * PROBLEM_ENTRIES_MOST; i++) {
    g_autofree char *name = g_strdup_printf("m%u", i);
    json_object_set_new(body, name, json_true());
  }
  Problem problem = {0};
  g_assert_false(take_object(fields, "", body, NULL, &problem));
  g_assert_cmpuint(json_array_size(problem.errors), ==, PROBLEM_ENTRIES_MOST);
  problem_clear(&problem);
  json_decref(body);
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
  body = json_pack("{s:s}", "note", "a\r\nb");
  g_assert_true(take_object(fields, "note", body, &values, &problem));
  g_assert_cmpstr(values_find(&values, "note")->text, ==, "a\nb"); /* one kind of line end */
  values_clear(&values);
  json_decref(body);
  body = json_pack("{s:{s:s}}", "sources", "0", "mic");
  g_assert_true(take_object(members, "sources", body, &values, &problem));
  g_assert_true(values_find(&values, "sources")->json == json_object_get(body, "sources"));
  values_clear(&values);
  g_assert_true(take_object(members, "sources", body, NULL, &problem));
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

/* Free words are kept in one form, however they were typed. */
static void test_tags(void) {
  static const char *const cases[][2] = {
      {"农业", "农业"},
      {" 农业 ,水利；农业;，rural planning、", "农业、水利、rural planning"},
      {"农业、\u3000水利\u3000；水利", "农业、水利"},
      {"\u3000", ""},
      {"", ""}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *joined;
    g_assert_true(tags_join(cases[i][0], &joined));
    g_assert_cmpstr(joined, ==, cases[i][1]);
    g_free(joined);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/take/table", test_table);
  g_test_add_func("/model/take/parts", test_parts);
  g_test_add_func("/model/take/many-wrong", test_many_wrong);
  g_test_add_func("/model/take/values", test_values);
  g_test_add_func("/model/take/text", test_text);
  g_test_add_func("/model/sections", test_sections);
  g_test_add_func("/take/tags", test_tags);
  return g_test_run();
}
