#include "base/line.h"

#include <stdint.h>

static void push(Line *line, const char *whose, const char *item) {
  g_assert_true(line_push(line, whose, (void *)(uintptr_t)item));
}

/* What comes out, in order. */
static void expect(Line *line, const char *items) {
  g_autoptr(GString) out = g_string_new(NULL);
  const char *item;
  while ((item = line_pop(line)))
    g_string_append(out, item);
  g_assert_cmpstr(out->str, ==, items);
  g_assert_cmpuint(line_length(line), ==, 0);
}

static void test_turns(void) {
  g_autoptr(Line) line = line_new(100, 100);
  push(line, "a", "1");
  push(line, "a", "2");
  push(line, "a", "3");
  push(line, "b", "x");
  push(line, "c", "y");
  push(line, "b", "z");
  expect(line, "1xy2z3");
  push(line, "a", "4");
  expect(line, "4");
  g_assert_null(line_pop(line));
}

static void test_bounds(void) {
  g_autoptr(Line) line = line_new(3, 2);
  push(line, "a", "1");
  push(line, "a", "2");
  g_assert_false(line_push(line, "a", (void *)(uintptr_t) "3"));
  push(line, "b", "x");
  g_assert_false(line_push(line, "c", (void *)(uintptr_t) "y"));
  g_assert_cmpuint(line_length(line), ==, 3);
  expect(line, "1x2");
}

/* What takes several goes lets the others between. */
static void test_goes(void) {
  g_autoptr(Line) line = line_new(100, 100);
  push(line, "a", "1");
  push(line, "a", "2");
  push(line, "b", "x");
  const char *first = line_pop(line);
  line_return(line, "a", (void *)(uintptr_t)first);
  expect(line, "x12");
  push(line, "a", "3");
  line_return(line, "a", line_pop(line));
  expect(line, "3");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/line/turns", test_turns);
  g_test_add_func("/line/bounds", test_bounds);
  g_test_add_func("/line/goes", test_goes);
  return g_test_run();
}
