#include <glib.h>

#include "router/keyframe.h"
#include "router/notice.h"

static void test_throttle(void) {
  KeyframeWish wish = {0};
  g_assert_false(keyframe_due(&wish, 0));
  unsigned asked = 0;
  /* 300 receivers within 100 ms: one request. */
  for (int64_t i = 0; i < 300; i++)
    asked += keyframe_want(&wish, 1000000 + i * 333);
  g_assert_cmpuint(asked, ==, 1);
  g_assert_false(keyframe_due(&wish, 1499999));
  g_assert_true(keyframe_due(&wish, 1500000)); /* none came: again */
  g_assert_false(keyframe_due(&wish, 1520000));
  keyframe_came(&wish);
  g_assert_false(keyframe_due(&wish, 9000000));
  /* One that comes too early after the last waits for its time and is not lost. */
  g_assert_true(keyframe_want(&wish, 10000000));
  keyframe_came(&wish);
  g_assert_false(keyframe_want(&wish, 10100000));
  g_assert_false(keyframe_due(&wish, 10490000));
  g_assert_true(keyframe_due(&wish, 10500000));
}

static void test_notice(void) {
  Notice notice = {0};
  g_assert_cmpint(notice_update(&notice, false, 1000000), ==, NOTICE_NONE);
  for (int64_t now = 2000000; now <= 4000000; now += 100000) /* flickers: nothing is said */
    g_assert_cmpint(notice_update(&notice, (now / 100000) % 2, now), ==, NOTICE_NONE);
  g_assert_cmpint(notice_update(&notice, true, 5000000), ==, NOTICE_NONE);
  g_assert_cmpint(notice_update(&notice, true, 5999999), ==, NOTICE_NONE);
  g_assert_cmpint(notice_update(&notice, true, 6000000), ==, NOTICE_ON);
  g_assert_cmpint(notice_update(&notice, true, 7000000), ==, NOTICE_NONE);
  g_assert_cmpint(notice_update(&notice, false, 8000000), ==, NOTICE_NONE);
  g_assert_cmpint(notice_update(&notice, false, 9000000), ==, NOTICE_OFF);
  g_assert_false(notice_end(&notice));
  notice_update(&notice, true, 10000000);
  g_assert_cmpint(notice_update(&notice, true, 11000000), ==, NOTICE_ON);
  g_assert_true(notice_end(&notice));
  g_assert_false(notice_end(&notice));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keyframe/throttle", test_throttle);
  g_test_add_func("/keyframe/notice", test_notice);
  return g_test_run();
}
