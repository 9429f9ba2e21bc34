#include "peer/paths.h"

#include <glib.h>

static Path path(uint16_t port) {
  return (Path){.family = AF_INET, .port = port, .ip = {192, 0, 2, 1}};
}

static PathsVerdict check(Paths *paths, uint16_t port, bool decisive, int64_t now_ms) {
  Path dropped, from = path(port);
  return paths_check(paths, &from, decisive, now_ms * 1000, &dropped);
}

static void test_moves(void) {
  Paths paths = {0};
  Path a = path(1);
  g_assert_null(paths_current(&paths));
  g_assert_cmpint(check(&paths, 1, false, 0), ==, PATHS_FIRST);
  g_assert_cmpint(check(&paths, 2, false, 100), ==, PATHS_KEPT); /* 1 is not silent yet */
  g_assert_true(paths_heard(&paths, &a, 350000));
  g_assert_cmpint(check(&paths, 2, false, 600), ==, PATHS_KEPT);
  g_assert_cmpint(check(&paths, 2, false, 650), ==, PATHS_MOVED);
  g_assert_cmpint(paths_current(&paths)->port, ==, 2);
  g_assert_cmpint(check(&paths, 1, true, 660), ==, PATHS_MOVED); /* a nomination decides */
  g_assert_cmpint(paths_current(&paths)->port, ==, 1);
  g_assert_cmpint(check(&paths, 1, true, 661), ==, PATHS_KEPT);
  check(&paths, 2, false, 700); /* somebody else is heard: not the one in use */
  g_assert_cmpint(paths_current_heard(&paths), ==, 661000);
}

static void test_bounded(void) {
  Paths paths = {0};
  check(&paths, 1, false, 0);
  for (uint16_t port = 2; port <= PATHS_MAX; port++)
    g_assert_cmpint(check(&paths, port, false, port), ==, PATHS_KEPT);
  Path dropped, next = path(50), first = path(1), second = path(2);
  g_assert_cmpint(paths_check(&paths, &next, false, 10000, &dropped), ==, PATHS_KEPT);
  g_assert_true(path_equal(&dropped, &second)); /* the current one stays */
  g_assert_true(paths_heard(&paths, &first, 11000));
  g_assert_false(paths_heard(&paths, &second, 11000));
  paths_check(&paths, &next, false, 12000, &dropped);
  g_assert_cmpint(dropped.family, ==, 0);
}

static void test_closed(void) {
  Paths paths = {0};
  Path one = path(1), two = path(2), three = path(3), four = path(4);
  check(&paths, 1, false, 0);
  check(&paths, 2, false, 20);
  check(&paths, 3, false, 10);
  check(&paths, 4, false, 5);
  g_assert_cmpint(paths_closed(&paths, &four), ==, PATHS_UNUSED);
  g_assert_cmpint(paths_closed(&paths, &four), ==, PATHS_UNUSED); /* it is none any more */
  g_assert_cmpint(paths_current(&paths)->port, ==, 1);
  g_assert_cmpint(paths_closed(&paths, &one), ==, PATHS_REPLACED);
  g_assert_cmpint(paths_current(&paths)->port, ==, 2); /* the one heard last */
  check(&paths, 3, true, 30);
  g_assert_cmpint(paths_closed(&paths, &two), ==, PATHS_UNUSED); /* the last takes its place */
  g_assert_cmpint(paths_current(&paths)->port, ==, 3);
  g_assert_cmpint(paths_closed(&paths, &three), ==, PATHS_NONE);
  g_assert_null(paths_current(&paths));
  g_assert_cmpint(paths_current_heard(&paths), ==, 0);
  g_assert_cmpint(check(&paths, 1, false, 40), ==, PATHS_FIRST);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/paths/moves", test_moves);
  g_test_add_func("/peer/paths/bounded", test_bounded);
  g_test_add_func("/peer/paths/closed", test_closed);
  return g_test_run();
}
