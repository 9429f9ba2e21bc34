/* What is no object is refused before anything looks at it. */
#include "model/parse.h"

#include <glib.h>
#include <string.h>

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
    g_assert_null(parse_object(refused[i], strlen(refused[i])));
  g_assert_null(parse_object("{\"a\":\"b\0c\"}", 11));
  static const char quoted[] = "{\"a\":\"[[[[[[[[[[\\\"[[[[[[\"}";
  json_t *brackets = parse_object(quoted, strlen(quoted));
  g_assert_nonnull(brackets);
  json_decref(brackets);
  g_autofree char *deep = g_strnfill(100000, '[');
  g_assert_null(parse_object(deep, 100000));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/parse", test_parse);
  return g_test_run();
}
