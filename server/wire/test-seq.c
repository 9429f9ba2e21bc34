#include "wire/seq.h"

#include <glib.h>

static void test_newer(void) {
  g_assert_true(seq_newer(1, 0));
  g_assert_true(seq_newer(0, 65535));
  g_assert_true(seq_newer(0x7fff, 0));
  g_assert_false(seq_newer(0x8000, 0));
  g_assert_false(seq_newer(5, 5));
  g_assert_true(timestamp_newer(3, 0xfffffff0u));
  g_assert_false(timestamp_newer(0xfffffff0u, 3));
}

static void test_first(void) {
  SeqUnwrap unwrap = {0};
  g_assert_cmpuint(seq_peek(&unwrap, 7), ==, 65543);
  g_assert_cmpuint(unwrap.highest, ==, 0);
  g_assert_cmpuint(seq_unwrap(&unwrap, 0), ==, 65536);
  /* What was sent before the first one seen stays below it, and positive. */
  g_assert_cmpuint(seq_unwrap(&unwrap, 65535), ==, 65535);
  g_assert_cmpuint(seq_unwrap(&unwrap, 0x8000), ==, 0x8000);
  g_assert_cmpuint(unwrap.highest, ==, 65536);
}

/* A random walk with reordering over many laps against the plain 64-bit truth. */
static void test_walk(void) {
  GRand *rand = g_rand_new_with_seed(3);
  SeqUnwrap unwrap = {0};
  uint64_t truth = 65536 + 60000, highest = truth;
  seq_unwrap(&unwrap, (uint16_t)truth);
  for (unsigned i = 0; i < 200000; i++) {
    truth = highest + (uint64_t)g_rand_int_range(rand, 0, 4000) - 2000;
    g_assert_cmpuint(seq_peek(&unwrap, (uint16_t)truth), ==, truth);
    g_assert_cmpuint(unwrap.highest, ==, highest);
    g_assert_cmpuint(seq_unwrap(&unwrap, (uint16_t)truth), ==, truth);
    highest = MAX(highest, truth);
  }
  g_assert_cmpuint(highest, >, 100 * 65536);
  g_rand_free(rand);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/seq/newer", test_newer);
  g_test_add_func("/seq/first", test_first);
  g_test_add_func("/seq/walk", test_walk);
  return g_test_run();
}
