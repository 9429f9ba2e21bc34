#include "reorder.h"

static unsigned freed;

static void count_free(void *packet) {
  freed++;
}

static Reorder *reorder;

static bool push(uint64_t sequence, int64_t now_us) {
  return reorder_push(reorder, sequence, GUINT_TO_POINTER(sequence + 1), now_us);
}

/* The reader's next packet's number, -1 when there is none. */
static int64_t pop_of(ReorderReader reader, int64_t now_us, uint64_t *lost) {
  void *packet = reorder_pop(reorder, reader, now_us, false, lost);
  return packet ? (int64_t)GPOINTER_TO_UINT(packet) - 1 : -1;
}

static int64_t live(int64_t now_us, uint64_t *lost) {
  return pop_of(REORDER_LIVE, now_us, lost);
}

static int64_t file(int64_t now_us, uint64_t *lost) {
  return pop_of(REORDER_FILE, now_us, lost);
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

static void test_order(void) {
  uint64_t lost;
  begin();
  push(65534, 0);
  g_assert_cmpint(live(0, &lost), ==, 65534);
  push(65537, 1), push(65536, 2), push(65535, 3);
  for (int64_t i = 65535; i <= 65537; i++)
    g_assert_cmpint(live(3, &lost), ==, i);
  g_assert_cmpint(live(3, &lost), ==, -1);
  g_assert_cmpuint(freed, ==, 0); /* the file's are still to come */
  for (int64_t i = 65534; i <= 65537; i++) {
    g_assert_cmpint(file(3, &lost), ==, i);
    g_assert_cmpuint(lost, ==, 0);
  }
  g_assert_cmpint(file(3, &lost), ==, -1);
  g_assert_cmpuint(freed, ==, 4);
  g_assert_cmpuint(reorder->late + reorder->twice, ==, 0);
  end();
}

/* The program goes on; what comes within a second still gets into the file. */
static void test_late_repair(void) {
  uint64_t lost;
  begin();
  push(10, 0);
  g_assert_cmpint(live(0, &lost), ==, 10);
  g_assert_cmpint(file(0, &lost), ==, 10);
  push(13, 1000), push(12, 5000);
  g_assert_cmpint(live(REORDER_LIVE_US, &lost), ==, -1);
  g_assert_cmpint(live(REORDER_LIVE_US + 1000, &lost), ==, 12);
  g_assert_cmpuint(lost, ==, 1);
  g_assert_cmpint(live(REORDER_LIVE_US + 1000, &lost), ==, 13);
  g_assert_cmpint(file(1000000, &lost), ==, -1);
  g_assert_true(push(11, 1000000));
  g_assert_cmpint(live(1000000, &lost), ==, -1); /* it has gone on */
  for (int64_t i = 11; i <= 13; i++) {
    g_assert_cmpint(file(1000000, &lost), ==, i);
    g_assert_cmpuint(lost, ==, 0);
  }
  g_assert_cmpuint(reorder->readers[REORDER_LIVE].lost, ==, 1);
  g_assert_cmpuint(reorder->readers[REORDER_FILE].lost, ==, 0);
  end();
}

static void test_hole_is_given_up(void) {
  uint64_t lost;
  begin();
  push(10, 0);
  g_assert_cmpint(file(0, &lost), ==, 10);
  push(14, 1000), push(13, 5000);
  g_assert_cmpint(file(REORDER_FILE_US, &lost), ==, -1);
  g_assert_cmpint(file(REORDER_FILE_US + 1000, &lost), ==, 13);
  g_assert_cmpuint(lost, ==, 2);
  g_assert_cmpint(file(REORDER_FILE_US + 1000, &lost), ==, 14);
  g_assert_cmpuint(lost, ==, 0);
  while (live(REORDER_FILE_US + 1000, &lost) >= 0)
    ;
  g_assert_false(push(11, REORDER_FILE_US + 2000)); /* too late now */
  g_assert_cmpuint(reorder->late, ==, 1);
  end();
}

static void test_twice(void) {
  uint64_t lost;
  begin();
  push(1, 0);
  g_assert_cmpint(live(0, &lost), ==, 1);
  g_assert_true(push(3, 0));
  g_assert_false(push(3, 0));
  g_assert_false(push(1, 0)); /* the file has not read it yet */
  g_assert_cmpuint(reorder->twice, ==, 2);
  g_assert_cmpuint(freed, ==, 2);
  end();
  g_assert_cmpuint(freed, ==, 4);
}

/* The tap dropped for long: nothing that is held is lost, and how much was is told exactly. */
static void test_far_ahead(void) {
  uint64_t lost;
  begin();
  push(100, 0), push(102, 0);
  uint64_t far = UINT64_C(3000000);
  g_assert_true(reorder_fits(reorder, 100 + REORDER_SLOTS - 1));
  g_assert_false(reorder_fits(reorder, far));
  for (ReorderReader reader = REORDER_LIVE; reader < REORDER_READERS; reader++) {
    g_assert_cmpint(GPOINTER_TO_UINT(reorder_pop(reorder, reader, 0, true, &lost)), ==, 101);
    g_assert_cmpint(GPOINTER_TO_UINT(reorder_pop(reorder, reader, 0, true, &lost)), ==, 103);
    g_assert_cmpuint(lost, ==, 1);
    g_assert_null(reorder_pop(reorder, reader, 0, true, &lost));
  }
  g_assert_true(push(far, 1000));
  g_assert_cmpint(live(1000, &lost), ==, (int64_t)far);
  g_assert_cmpuint(lost, ==, far - 103);
  g_assert_cmpint(file(1000, &lost), ==, (int64_t)far);
  g_assert_cmpuint(lost, ==, far - 103);
  g_assert_cmpuint(reorder->readers[REORDER_FILE].lost, ==, far - 103 + 1);
  end();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reorder/order", test_order);
  g_test_add_func("/reorder/late-repair", test_late_repair);
  g_test_add_func("/reorder/hole", test_hole_is_given_up);
  g_test_add_func("/reorder/twice", test_twice);
  g_test_add_func("/reorder/far-ahead", test_far_ahead);
  return g_test_run();
}
