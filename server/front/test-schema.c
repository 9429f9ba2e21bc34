#include "front/schema.h"

#include <glib.h>
#include <string.h>

static const char *const words[] = {"red", "green", NULL};

static bool fits(const MessageField *field, const char *value) {
  g_autofree char *text = g_strdup_printf("{\"t\":\"x\",\"id\":1,\"v\":%s}", value);
  char why[96] = "";
  json_t *message = schema_parse(text, strlen(text));
  if (!message)
    return false;
  bool ok = schema_check(message, field, 1, why, sizeof why);
  g_assert_true(ok || strstr(why, "v: "));
  json_decref(message);
  return ok;
}

static void test_fields(void) {
  const MessageField text = {"v", FIELD_TEXT, 1, 3};
  g_assert_true(fits(&text, "\"abc\""));
  g_assert_true(fits(&text, "\"议事堂\"")); /* characters, not bytes */
  g_assert_false(fits(&text, "\"\""));
  g_assert_false(fits(&text, "\"abcd\""));
  g_assert_false(fits(&text, "\"a\\u0000b\""));
  g_assert_false(fits(&text, "\"\xff\""));
  g_assert_false(fits(&text, "\"\\ud800\""));
  g_assert_false(fits(&text, "7"));
  g_assert_false(fits(&text, "null"));
  const MessageField id = {"v", FIELD_ID, 1, 3};
  g_assert_true(fits(&id, "\"a-1\""));
  g_assert_false(fits(&id, "\"\""));
  g_assert_false(fits(&id, "\"a 1\""));
  g_assert_false(fits(&id, "\"议\""));
  g_assert_false(fits(&id, "\"abcd\""));
  g_assert_false(fits(&id, "7"));
  const MessageField number = {"v", FIELD_INTEGER, -2, 200};
  g_assert_true(fits(&number, "-2"));
  g_assert_true(fits(&number, "200"));
  g_assert_false(fits(&number, "201"));
  g_assert_false(fits(&number, "1.0"));
  g_assert_false(fits(&number, "1e2"));
  g_assert_false(fits(&number, "99999999999999999999"));
  g_assert_false(fits(&number, "\"1\""));
  const MessageField yes = {"v", FIELD_BOOLEAN};
  g_assert_true(fits(&yes, "false"));
  g_assert_false(fits(&yes, "0"));
  const MessageField word = {"v", FIELD_WORD, .words = words};
  g_assert_true(fits(&word, "\"green\""));
  g_assert_false(fits(&word, "\"blue\""));
  g_assert_false(fits(&word, "\"\""));
}

static void test_pids(void) {
  const MessageField pid = {"v", FIELD_PID}, null = {"v", FIELD_PID_OR_NULL};
  const MessageField empty = {"v", FIELD_PID_OR_EMPTY};
  g_assert_true(fits(&pid, "\"0123456789abcdef\""));
  g_assert_false(fits(&pid, "\"0123456789abcde\""));
  g_assert_false(fits(&pid, "\"0123456789ABCDEF\""));
  g_assert_false(fits(&pid, "\"0123456789abcde \""));
  g_assert_false(fits(&pid, "null"));
  g_assert_true(fits(&null, "null"));
  g_assert_true(fits(&null, "\"0123456789abcdef\""));
  g_assert_false(fits(&null, "\"\""));
  g_assert_true(fits(&empty, "\"\""));
  g_assert_false(fits(&empty, "null"));
  g_assert_false(fits(&empty, "\"x\""));
}

static void test_sources(void) {
  const MessageField sources = {"v", FIELD_SOURCES, 0, 2, words};
  g_assert_true(fits(&sources, "{}"));
  g_assert_true(fits(&sources, "{\"0\":\"red\",\"1\":\"green\"}"));
  g_assert_false(fits(&sources, "{\"0\":\"red\",\"1\":\"green\",\"2\":\"red\"}"));
  g_assert_false(fits(&sources, "{\"0\":\"blue\"}"));
  g_assert_false(fits(&sources, "{\"\":\"red\"}"));
  g_assert_false(fits(&sources, "{\"01234567890123456\":\"red\"}"));
  g_assert_false(fits(&sources, "[\"red\"]"));
  g_assert_false(fits(&sources, "{\"0\":[\"red\"]}"));
}

static void test_view(void) {
  const MessageField view = {"v", FIELD_VIEW, 0, 2};
  const char *entry = "{\"pid\":\"0123456789abcdef\",\"w\":640,\"h\":360}";
  g_autofree char *one = g_strdup_printf("[%s]", entry);
  g_autofree char *three = g_strdup_printf("[%s,%s,%s]", entry, entry, entry);
  g_assert_true(fits(&view, "[]"));
  g_assert_true(fits(&view, one));
  g_assert_false(fits(&view, three));
  g_assert_false(fits(&view, "[{\"pid\":\"0123456789abcdef\",\"w\":-1,\"h\":360}]"));
  g_assert_false(fits(&view, "[{\"pid\":\"0123456789abcdef\",\"w\":640,\"h\":99999}]"));
  g_assert_false(fits(&view, "[{\"pid\":\"0123456789abcdef\",\"w\":640}]"));
  g_assert_false(fits(&view, "[{\"pid\":\"0123456789abcdef\",\"w\":6,\"h\":3,\"x\":1}]"));
  g_assert_false(fits(&view, "[\"0123456789abcdef\"]"));
  g_assert_false(fits(&view, "{}"));
}

static void test_members(void) {
  const MessageField fields[] = {{"a", FIELD_BOOLEAN}, {"b", FIELD_BOOLEAN, .optional = true}};
  static const struct {
    const char *text;
    bool ok;
  } cases[] = {
      {"{\"t\":\"x\",\"id\":1,\"a\":true}", true},
      {"{\"t\":\"x\",\"id\":1,\"a\":true,\"b\":false}", true},
      {"{\"t\":\"x\",\"id\":1,\"b\":false}", false},
      {"{\"t\":\"x\",\"id\":1,\"a\":true,\"c\":1}", false},
      {"{\"t\":\"x\",\"id\":1,\"a\":true,\"b\":null}", false},
  };
  char why[96];
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *message = schema_parse(cases[i].text, strlen(cases[i].text));
    g_assert_nonnull(message);
    g_assert_cmpint(schema_check(message, fields, 2, why, sizeof why), ==, cases[i].ok);
    json_decref(message);
  }
}

static void test_parse(void) {
  static const char *const refused[] = {
      "",
      "{",
      "[]",
      "null",
      "7",
      "\"x\"",
      "{\"a\":1,\"a\":2}",
      "{} {}",
      "{,}",
      "{\"a\":1,}",
      "{'a':1}",
      "\xef\xbb\xbf{}",
      "{\"a\":NaN}",
      "{\"a\":[[[[[[[[1]]]]]]]]}",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++)
    g_assert_null(schema_parse(refused[i], strlen(refused[i])));
  g_assert_null(schema_parse("{\"a\":\"b\0c\"}", 11));
  static const char quoted[] = "{\"a\":\"[[[[[[[[[[\\\"[[[[[[\"}";
  json_t *brackets = schema_parse(quoted, strlen(quoted));
  g_assert_nonnull(brackets);
  json_decref(brackets);
  g_autofree char *deep = g_strnfill(100000, '[');
  g_assert_null(schema_parse(deep, 100000));
}

static void test_id(void) {
  static const struct {
    const char *text;
    uint32_t id;
  } cases[] = {
      {"{\"id\":1}", 1},          {"{\"id\":2147483647}", 2147483647},
      {"{\"id\":2147483648}", 0}, {"{\"id\":0}", 0},
      {"{\"id\":-1}", 0},         {"{\"id\":\"1\"}", 0},
      {"{\"id\":1.5}", 0},        {"{}", 0},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *message = schema_parse(cases[i].text, strlen(cases[i].text));
    g_assert_cmpuint(schema_id(message), ==, cases[i].id);
    json_decref(message);
  }
  g_assert_cmpuint(schema_id(NULL), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/schema/fields", test_fields);
  g_test_add_func("/schema/pids", test_pids);
  g_test_add_func("/schema/sources", test_sources);
  g_test_add_func("/schema/view", test_view);
  g_test_add_func("/schema/members", test_members);
  g_test_add_func("/schema/parse", test_parse);
  g_test_add_func("/schema/id", test_id);
  return g_test_run();
}
