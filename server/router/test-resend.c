#include "router/resend.h"

#include <glib.h>

static void test_times(void) {
  Resends resends = {0};
  g_assert_true(resends_allow(&resends, 10, 0, 1000000));
  g_assert_false(resends_allow(&resends, 10, 0, 1000000 + RESEND_GAP_US - 1));
  g_assert_true(resends_allow(&resends, 11, 0, 1000000)); /* each for itself */
  unsigned again = 0;
  for (int64_t now = 1000000 + RESEND_GAP_US; now < 2000000; now += RESEND_GAP_US)
    again += resends_allow(&resends, 10, 0, now);
  g_assert_cmpuint(again, ==, RESENDS_MAX - 1); /* not for ever */
  resends_clear(&resends);
}

static void test_round_trip(void) {
  Resends resends = {0};
  g_assert_true(resends_allow(&resends, 500, 150000, 1000000));
  g_assert_false(resends_allow(&resends, 500, 150000, 1110000)); /* it is still on its way */
  g_assert_true(resends_allow(&resends, 500, 150000, 1115000));
  resends_clear(&resends);
}

/* A number that falls out of the table is allowed anew; the table never mistakes one for another.
 */
static void test_crowd(void) {
  Resends resends = {0};
  for (unsigned i = 0; i < 1000; i++)
    g_assert_true(resends_allow(&resends, (uint16_t)(65000 + i), 0, 1000000));
  g_assert_true(resends_allow(&resends, 65000, 0, 1000001));
  resends_clear(&resends);
  resends_clear(&resends);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/resend/times", test_times);
  g_test_add_func("/resend/round-trip", test_round_trip);
  g_test_add_func("/resend/crowd", test_crowd);
  return g_test_run();
}
