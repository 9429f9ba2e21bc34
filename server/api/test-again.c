#include "api/again.h"

#include <glib.h>

#define T0 INT64_C(1764489600000)

static void test_again(void) {
  g_assert_true(again_begins("read a", T0));
  g_assert_true(again_begins("read b", T0));
  g_assert_false(again_begins("read a", T0 + 1));
  g_assert_false(again_begins("read a", T0 + AGAIN_MS));
  g_assert_true(again_begins("read a", T0 + AGAIN_MS + 1));
  g_assert_true(again_begins("read a", T0)); /* the clock was set back */
}

/* However many there are, none is left out, and the memory is bounded. */
static void test_many(void) {
  for (unsigned i = 0; i < 20000; i++) {
    g_autofree char *key = g_strdup_printf("many %u", i);
    g_assert_true(again_begins(key, T0 + 2 * AGAIN_MS));
  }
  g_assert_false(again_begins("many 0", T0 + 2 * AGAIN_MS + 5));
  g_assert_true(again_begins("many 19999", T0 + 2 * AGAIN_MS + 5)); /* not remembered */
  g_assert_true(again_begins("later", T0 + 4 * AGAIN_MS));          /* those before it made room */
  g_assert_false(again_begins("later", T0 + 4 * AGAIN_MS + 1));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/again/again", test_again);
  g_test_add_func("/again/many", test_many);
  return g_test_run();
}
