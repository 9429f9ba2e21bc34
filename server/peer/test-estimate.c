/* When the estimate of a way is told again. */
#include "peer/estimate.h"

#include <glib.h>

#define S 1000000

static void test_first(void) {
  Estimate estimate = {0};
  g_assert_true(estimate_tell(&estimate, 600000, 0, 5));
  g_assert_false(estimate_tell(&estimate, 600000, 0, 5 + 60 * S));
}

static void test_pause(void) {
  Estimate estimate = {0};
  g_assert_true(estimate_tell(&estimate, 600000, 900000, S));
  g_assert_false(estimate_tell(&estimate, 100000, 900000, 3 * S - 1));
  g_assert_true(estimate_tell(&estimate, 100000, 900000, 3 * S));
  g_assert_false(estimate_tell(&estimate, 900000, 900000, 5 * S - 1));
}

static void test_tenth(void) {
  Estimate estimate = {0};
  g_assert_true(estimate_tell(&estimate, 1000000, 2000000, S));
  g_assert_false(estimate_tell(&estimate, 1100000, 2000000, 10 * S));
  g_assert_false(estimate_tell(&estimate, 900000, 1800000, 11 * S));
  g_assert_true(estimate_tell(&estimate, 1100001, 2000000, 12 * S));
  g_assert_true(estimate_tell(&estimate, 1100001, 1700000, 20 * S));
  /* What nobody looks at costs nothing; and then something does. */
  g_assert_true(estimate_tell(&estimate, 1100001, 0, 30 * S));
  g_assert_true(estimate_tell(&estimate, 1100001, 1, 40 * S));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/estimate/first", test_first);
  g_test_add_func("/peer/estimate/pause", test_pause);
  g_test_add_func("/peer/estimate/tenth", test_tenth);
  return g_test_run();
}
