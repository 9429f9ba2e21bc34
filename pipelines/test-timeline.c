#include "timeline.h"

#include <glib.h>
#include <stdlib.h>

static void test_steady(void) {
  Timeline line;
  timeline_init(&line, 48000);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint(timeline_map(&line, 4294900000u + (uint32_t)i * 960, 5000 + i * 20000), ==,
                    5000 + i * 20000);
}

static void test_one_stamp_one_time(void) {
  Timeline line;
  timeline_init(&line, 90000);
  int64_t first = timeline_map(&line, 90000, 1000000);
  g_assert_cmpint(timeline_map(&line, 90000, 1004000), ==, first);
}

static void test_jitter_is_averaged(void) {
  Timeline line;
  timeline_init(&line, 90000);
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  int64_t worst = 0, last = -1;
  for (int i = 0; i < 3000; i++) {
    int64_t true_us = (int64_t)i * 100000 / 3, jitter = g_rand_int_range(rand, -50000, 50000);
    int64_t at = timeline_map(&line, (uint32_t)i * 3000, true_us + jitter);
    g_assert_cmpint(at, >, last);
    last = at;
    if (i > 300)
      worst = MAX(worst, llabs(at - true_us));
  }
  g_assert_cmpint(worst, <, 20000);
}

/* 200 ppm over four hours are 2.9 s of drift. */
static void test_drift_is_followed(void) {
  Timeline line;
  timeline_init(&line, 48000);
  for (int64_t i = 0; i < 4 * 3600 * 50; i++) {
    int64_t true_us = i * 20004;
    int64_t at = timeline_map(&line, (uint32_t)(i * 960), true_us);
    g_assert_cmpint(llabs(at - true_us), <, 1000);
  }
}

static void test_report_moves_it_softly_and_a_jump_at_once(void) {
  Timeline line;
  timeline_init(&line, 48000);
  int64_t at = 0;
  for (int i = 0; i < 100; i++)
    at = timeline_map(&line, (uint32_t)i * 960, i * 20000);
  g_assert_cmpint(at, ==, 99 * 20000);
  for (int i = 100; i < 300; i++) {
    int64_t next = timeline_map(&line, (uint32_t)i * 960, i * 20000 - 40000);
    g_assert_cmpint(next, >, at);
    at = next;
  }
  g_assert_cmpint(llabs(at - (299 * 20000 - 40000)), <, 1000);
  g_assert_cmpint(timeline_map(&line, 300 * 960, 20000000), ==, 20000000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/timeline/steady", test_steady);
  g_test_add_func("/timeline/one-stamp", test_one_stamp_one_time);
  g_test_add_func("/timeline/jitter", test_jitter_is_averaged);
  g_test_add_func("/timeline/drift", test_drift_is_followed);
  g_test_add_func("/timeline/report-and-jump", test_report_moves_it_softly_and_a_jump_at_once);
  return g_test_run();
}
