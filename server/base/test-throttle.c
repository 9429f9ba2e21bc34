#include "base/throttle.h"

#include <glib.h>

#define S G_USEC_PER_SEC
#define T (INT64_C(1000) * S)

static unsigned use_all(Throttle *throttle, LimitName name, const char *who, int64_t now_us) {
  unsigned used = 0;
  while (throttle_use(throttle, name, who, now_us))
    used++;
  return used;
}

static void test_window(void) {
  Throttle *throttle = throttle_new();
  const char *who = "192.0.2.1";
  g_assert_true(throttle_left(throttle, LIMIT_LOGIN_FAILURES, who, T));
  for (int i = 0; i < 60; i++) /* one a second: still a minute's */
    g_assert_true(throttle_use(throttle, LIMIT_LOGIN_FAILURES, who, T + i * S));
  g_assert_false(throttle_left(throttle, LIMIT_LOGIN_FAILURES, who, T + 60 * S - 1));
  g_assert_false(throttle_use(throttle, LIMIT_LOGIN_FAILURES, who, T + 60 * S - 1));
  g_assert_true(throttle_left(throttle, LIMIT_LOGIN_FAILURES, who, T + 60 * S));
  g_assert_cmpuint(use_all(throttle, LIMIT_LOGIN_FAILURES, who, T + 60 * S), ==, 60);
  throttle_free(throttle);
}

static void test_apart(void) {
  Throttle *throttle = throttle_new();
  g_assert_cmpuint(use_all(throttle, LIMIT_PASSWORDS, "a", T), ==, 5);
  g_assert_cmpuint(use_all(throttle, LIMIT_PASSWORDS, "b", T), ==, 5);
  g_assert_cmpuint(use_all(throttle, LIMIT_RESETS, "a", T), ==, 30);
  g_assert_false(throttle_left(throttle, LIMIT_PASSWORDS, "a", T + 59 * S));
  g_assert_true(throttle_left(throttle, LIMIT_PASSWORDS, "a", T + 60 * S));
  g_assert_cmpuint(throttle_count(throttle), ==, 3);
  throttle_free(throttle);
}

/* Whoever fills the table with names pushes out names, the oldest first, never the limit itself. */
static void test_bounded(void) {
  Throttle *throttle = throttle_new();
  use_all(throttle, LIMIT_LOGIN_FAILURES, "guilty", T);
  for (unsigned i = 0; i < 70000; i++) {
    char who[16];
    g_snprintf(who, sizeof who, "%u", i);
    throttle_use(throttle, LIMIT_LINKS, who, T);
    if (i % 1000 == 0)
      g_assert_false(throttle_use(throttle, LIMIT_LOGIN_FAILURES, "guilty", T));
  }
  g_assert_cmpuint(throttle_count(throttle), ==, 65536);
  g_assert_false(throttle_left(throttle, LIMIT_LOGIN_FAILURES, "guilty", T));
  throttle_free(throttle);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/throttle/window", test_window);
  g_test_add_func("/throttle/apart", test_apart);
  g_test_add_func("/throttle/bounded", test_bounded);
  return g_test_run();
}
