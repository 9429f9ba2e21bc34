#include "reorder.h"

static unsigned freed;

static void count_free(void *packet) {
  freed++;
}

static Reorder *reorder;

static void push(uint16_t sequence, int64_t now_us) {
  reorder_push(reorder, sequence, GUINT_TO_POINTER(sequence + 1u), now_us);
}

/* The next packet's number, -1 when there is none. */
static int pop(int64_t now_us, uint64_t *lost) {
  void *packet = reorder_pop(reorder, now_us, false, lost);
  return packet ? (int)GPOINTER_TO_UINT(packet) - 1 : -1;
}

static void begin(void) {
  reorder = g_new(Reorder, 1);
  reorder_init(reorder, count_free);
  freed = 0;
}

static void end(void) {
  reorder_clear(reorder);
  g_free(reorder);
}

static void test_order_over_the_wrap(void) {
  uint64_t lost;
  begin();
  push(65534, 0);
  g_assert_cmpint(pop(0, &lost), ==, 65534);
  push(1, 1), push(0, 2), push(65535, 3);
  g_assert_cmpint(pop(3, &lost), ==, 65535);
  g_assert_cmpint(pop(3, &lost), ==, 0);
  g_assert_cmpint(pop(3, &lost), ==, 1);
  g_assert_cmpint(pop(3, &lost), ==, -1);
  g_assert_cmpuint(reorder->lost + reorder->late + freed, ==, 0);
  end();
}

static void test_hole_is_given_up(void) {
  uint64_t lost;
  begin();
  push(10, 0);
  g_assert_cmpint(pop(0, &lost), ==, 10);
  push(14, 1000), push(13, 5000);
  g_assert_cmpint(pop(REORDER_WINDOW_US, &lost), ==, -1);
  g_assert_cmpint(pop(REORDER_WINDOW_US + 1000, &lost), ==, 13);
  g_assert_cmpuint(lost, ==, 2);
  g_assert_cmpint(pop(REORDER_WINDOW_US + 1000, &lost), ==, 14);
  g_assert_cmpuint(lost, ==, 0);
  push(11, REORDER_WINDOW_US + 2000); /* too late now */
  g_assert_cmpuint(reorder->late, ==, 1);
  g_assert_cmpuint(freed, ==, 1);
  end();
}

static void test_twice(void) {
  uint64_t lost;
  begin();
  push(1, 0);
  g_assert_cmpint(pop(0, &lost), ==, 1);
  push(3, 0), push(3, 0);
  g_assert_cmpuint(reorder->twice, ==, 1);
  g_assert_cmpuint(freed, ==, 1);
  end();
  g_assert_cmpuint(freed, ==, 2);
}

static void test_jumps_begin_anew(void) {
  uint64_t lost;
  begin();
  push(100, 0);
  g_assert_cmpint(pop(0, &lost), ==, 100);
  push(20000, 0); /* ahead */
  g_assert_cmpint(pop(0, &lost), ==, 20000);
  g_assert_cmpuint(lost, ==, 1); /* how many is not known */
  for (unsigned i = 0; i < REORDER_RESTART - 1; i++)
    push((uint16_t)(500 + i), 0); /* behind: late, until it is clear that it goes on from there */
  g_assert_cmpint(pop(0, &lost), ==, -1);
  push(600, 0);
  g_assert_cmpint(pop(0, &lost), ==, 600);
  g_assert_cmpuint(lost, ==, 1);
  push(601, 0);
  g_assert_cmpint(pop(0, &lost), ==, 601);
  g_assert_cmpuint(lost, ==, 0);
  push(300, REORDER_PAUSE_US); /* after a silence at once */
  g_assert_cmpint(pop(REORDER_PAUSE_US, &lost), ==, 300);
  g_assert_cmpuint(lost, ==, 1);
  end();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reorder/wrap", test_order_over_the_wrap);
  g_test_add_func("/reorder/hole", test_hole_is_given_up);
  g_test_add_func("/reorder/twice", test_twice);
  g_test_add_func("/reorder/jumps", test_jumps_begin_anew);
  return g_test_run();
}
