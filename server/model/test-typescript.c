/* TypeScript is broken where the formatter would break it. */
#include <string.h>

#include "model/typescript.h"

static char *written(const char *before, const char *json) {
  GString *out = g_string_new(before);
  json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
  g_assert_nonnull(value);
  typescript_value(out, value, 0);
  json_decref(value);
  return g_string_free(out, FALSE);
}

static void test_short(void) {
  g_autofree char *empty = written("x = ", "{}"), *none = written("", "[]");
  g_autofree char *flat = written("", "{\"a.b\": [1, \"it's\", true], \"c\": {\"d\": null}}");
  g_autofree char *quotes = written("", "[\"'\\\"\\\\\"]");
  g_assert_cmpstr(empty, ==, "x = {}");
  g_assert_cmpstr(none, ==, "[]");
  g_assert_cmpstr(flat, ==, "{ 'a.b': [1, \"it's\", true], c: { d: null } }");
  g_assert_cmpstr(quotes, ==, "['\\'\"\\\\']");
}

/* 109 columns and a comma fit, 110 do not; a Chinese character takes two. */
static void test_width(void) {
  g_autofree char *fits = g_strnfill(105, 'x'), *longer = g_strnfill(106, 'x');
  g_autofree char *one = g_strdup_printf("[\"%s\"]", fits);
  g_autofree char *two = g_strdup_printf("[\"%s\"]", longer);
  g_autofree char *flat = written("", one), *broken = written("", two);
  g_assert_null(strchr(flat, '\n'));
  g_assert_nonnull(strchr(broken, '\n'));
  g_autoptr(GString) wide = g_string_new("[\"x");
  for (unsigned i = 0; i < 52; i++)
    g_string_append(wide, "宽");
  g_string_append(wide, "\"]");
  g_autofree char *chinese = written("", wide->str);
  g_assert_null(strchr(chinese, '\n'));
  g_string_insert(wide, 2, "宽");
  g_autofree char *too_wide = written("", wide->str);
  g_assert_nonnull(strchr(too_wide, '\n'));
}

/* A list of several objects with several members is broken, and all that it is in. */
static void test_lists(void) {
  g_autofree char *list =
      written("x: ", "{\"a\": [{\"b\": 1, \"c\": 2}, {\"b\": 3, \"c\": 4}], \"d\": [{\"e\": 1}]}");
  g_assert_cmpstr(list, ==,
                  "x: {\n  a: [\n    { b: 1, c: 2 },\n    { b: 3, c: 4 },\n  ],\n"
                  "  d: [{ e: 1 }],\n}");
}

static void test_long_text(void) {
  g_autofree char *text = g_strnfill(108, 'x');
  g_autofree char *json = g_strdup_printf("{\"key\": \"%s\"}", text);
  g_autofree char *out = written("", json);
  g_autofree char *expected = g_strdup_printf("{\n  key:\n    '%s',\n}", text);
  g_assert_cmpstr(out, ==, expected);
}

static void test_unions(void) {
  static const char *const few[] = {"a", "b", NULL}, *const none[] = {NULL};
  g_autoptr(GString) out = g_string_new("export type X =");
  typescript_union(out, few, 0);
  g_string_append(out, "\nexport type Y =");
  typescript_union(out, none, 0);
  g_assert_cmpstr(out->str, ==, "export type X = 'a' | 'b'\nexport type Y = never");
  g_autofree char *long_name = g_strnfill(100, 'x');
  const char *const many[] = {long_name, "b", NULL};
  g_string_assign(out, "  y?:");
  typescript_union(out, many, 2);
  g_assert_true(g_str_has_prefix(out->str, "  y?:\n    | 'xxx"));
  g_assert_true(g_str_has_suffix(out->str, "\n    | 'b'"));
}

static void test_names(void) {
  g_autofree char *name = typescript_name("set_roles");
  g_assert_cmpstr(name, ==, "SetRoles");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(GString) out = g_string_new("x = ");
  for (unsigned i = 0; i < 20; i++)
    g_ptr_array_add(names, (void *)"name");
  typescript_names(out, names);
  g_assert_true(g_str_has_prefix(out->str, "x = [\n  name,\n"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/typescript/short", test_short);
  g_test_add_func("/typescript/width", test_width);
  g_test_add_func("/typescript/lists", test_lists);
  g_test_add_func("/typescript/long-text", test_long_text);
  g_test_add_func("/typescript/unions", test_unions);
  g_test_add_func("/typescript/names", test_names);
  return g_test_run();
}
