#include "base/limit.h"

#include <glib.h>

static void test_burst_then_rate(void) {
  Limit limit = {0};
  int64_t now = 1000000;
  for (int i = 0; i < 5; i++)
    g_assert_true(limit_take(&limit, 2, 5, now));
  g_assert_false(limit_take(&limit, 2, 5, now));
  g_assert_false(limit_take(&limit, 2, 5, now + 400000));
  g_assert_true(limit_take(&limit, 2, 5, now + 600000));
  g_assert_false(limit_take(&limit, 2, 5, now + 600000));
}

static void test_never_above_burst(void) {
  Limit limit = {0};
  g_assert_true(limit_take(&limit, 100, 2, 1));
  int64_t later = 3600000000;
  g_assert_true(limit_take(&limit, 100, 2, later));
  g_assert_true(limit_take(&limit, 100, 2, later));
  g_assert_false(limit_take(&limit, 100, 2, later));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/limit/burst-then-rate", test_burst_then_rate);
  g_test_add_func("/limit/never-above-burst", test_never_above_burst);
  return g_test_run();
}
